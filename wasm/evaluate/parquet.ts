// Parquet, some row groups at a time, by hyparquet.
import type { Chunk } from './chunkRows.js'
import type { ColumnSource } from './columnTable.js'
import { joined, partOf, pieceOf, type Values } from './columnValues.js'
import { type FileSource, readRange } from './file.js'
import { type Group, unpackGroup } from './groups.js'
import { type ParquetContent, type PlacedBytes, unreadable } from './parquetGroup.js'
import { loadReader } from './readers.js'
import type { Precision } from './report.js'

type Metadata = Awaited<ReturnType<Awaited<ReturnType<typeof loadReader.parquet>>['parquetMetadataAsync']>>
type RowGroup = Metadata['row_groups'][number]

/** Rows that are unpacked to look at a file: more than anyone looks at where few are left out. */
const glanceRows = 2000

/** Of row groups that are unpacked together, to before `rows`. */
type Rows = Pick<ParquetContent, 'from' | 'rows'>

/** Smaller row groups are read and unpacked together up to so many bytes: each costs a read, and columns to be found. */
const usualGroup = 1 << 20

/** Ranges so near to each other are read as one. */
const smallGap = 1 << 13

const ownBuffer = (bytes: Uint8Array): ArrayBuffer =>
  (bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer) as ArrayBuffer

const asBuffer = (file: FileSource) => ({
  byteLength: file.size,
  slice: async (start: number, end = file.size) => ownBuffer(await readRange(file, start, end)),
})

/** The children of the root, without what is nested in them. */
function columnNames({ schema: [root, ...elements] }: Metadata): string[] {
  const names: string[] = []
  for (let i = 0; names.length < (root.num_children ?? 0); i++) {
    names.push(elements[i].name)
    let nested = elements[i].num_children ?? 0
    while (nested > 0) nested += (elements[++i].num_children ?? 0) - 1
  }
  return names
}

function behind({ rows, columns, bytes }: Chunk, first: number): Chunk {
  return { rows: rows - first, columns: columns.map((values) => partOf(values, first)), bytes }
}

/** What it takes to unpack the wanted columns of a row group: of values that are packed tightly, at least as much as of floats. */
function bytesOf({ columns }: RowGroup, wanted: readonly string[]): number {
  const sizes = columns.map(({ meta_data: meta }) => {
    if (!meta || !wanted.includes(meta.path_in_schema[0])) return 0
    return Math.max(Number(meta.total_compressed_size), 4 * Number(meta.num_values))
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Where the wanted columns of row groups stand. */
function placesOf(groups: readonly RowGroup[], wanted: readonly string[], size: number): { begin: number; end: number }[] {
  const places = groups
    .flatMap(({ columns }) => columns)
    .flatMap(({ meta_data: meta }) => {
      if (!meta || !wanted.includes(meta.path_in_schema[0])) return []
      const begin = Number(meta.dictionary_page_offset || meta.data_page_offset)
      return [{ begin: Math.min(begin, size), end: Math.min(begin + Number(meta.total_compressed_size), size) }]
    })
  const merged: { begin: number; end: number }[] = []
  for (const place of places.sort((a, b) => a.begin - b.begin)) {
    const last = merged.at(-1)
    if (last && place.begin - last.end <= smallGap) last.end = Math.max(last.end, place.end)
    else merged.push({ ...place })
  }
  return merged
}

/** Row groups one behind the other, of so many bytes where they are smaller. */
function together<Place extends { group: RowGroup }>(places: readonly Place[], wanted: string[], groupBytes: number): Place[][] {
  const sets: Place[][] = []
  let size = groupBytes
  for (const place of places) {
    if (size >= groupBytes) {
      sets.push([])
      size = 0
    }
    sets[sets.length - 1].push(place)
    size += bytesOf(place.group, wanted)
  }
  return sets
}

export async function openParquet(file: FileSource): Promise<ColumnSource> {
  const reader = await loadReader.parquet()
  // Where columns are shapes on a map is nothing to this, and looked for without end where the schema is broken.
  const read = reader.parquetMetadataAsync(asBuffer(file), { geoparquet: false })
  const { metadata, names } = await read
    .then((metadata) => ({ metadata, names: columnNames(metadata) }))
    .catch((error: unknown) => {
      throw unreadable(error, file.name)
    })

  const bytesBefore = (rows: number) => Math.round((file.size * rows) / Number(metadata.num_rows))

  async function pack(groups: RowGroup[], before: number, columns: string[], { from, rows }: Rows): Promise<Group> {
    const ranges: PlacedBytes[] = []
    for (const { begin, end } of placesOf(groups, columns, file.size)) {
      // A copy where it is somebody else's: it may go to another thread.
      const bytes = await readRange(file, begin, end)
      ranges.push({ begin, bytes: file.givesAway ? ownBuffer(bytes) : (bytes.slice().buffer as ArrayBuffer) })
    }
    const alone = { ...metadata, key_value_metadata: undefined, row_groups: groups }
    const content = { kind: 'parquet', file: file.name, metadata: alone, columns, from, rows, ranges } as const
    return { rows, before, bytes: bytesBefore(before + rows), content }
  }

  let before = 0
  const places = metadata.row_groups.flatMap((group) => {
    const place = { group, rows: Number(group.num_rows), before }
    before += place.rows
    return place.rows > 0 ? [place] : []
  })

  /** Row groups from this one on; the next ones are on their way while some are used. */
  async function* packed(from: number, wanted: string[], groupBytes = usualGroup): AsyncGenerator<Group> {
    const [first, ...others] = together(places.slice(from), wanted, groupBytes)
    if (!first) return
    const ask = (set: typeof places) => {
      const rows = set.reduce((sum, place) => sum + place.rows, 0)
      const groups = set.map(({ group }) => group)
      const asked = pack(groups, set[0].before, wanted, { from: 0, rows })
      // Whoever stops early never asks for these.
      asked.catch(() => {})
      return asked
    }
    let pending = ask(first)
    for (const next of others) {
      const group = await pending
      pending = ask(next)
      yield group
    }
    yield await pending
  }

  /** What was unpacked of the first row group when it was looked at. */
  let first = new Map<string, Values>()

  /** So many first rows of it; what is known of them already is not unpacked again. */
  async function unpackFirst(wanted: string[], rows: number): Promise<Chunk> {
    const rowsOf = (name: string) => first.get(name)?.length ?? 0
    const missing = wanted.filter((name) => rowsOf(name) < rows)
    for (const from of new Set(missing.map(rowsOf))) {
      const names = [...new Set(missing)].filter((name) => rowsOf(name) === from)
      const { columns } = await unpackGroup(await pack([places[0].group], 0, names, { from, rows }), reader)
      names.forEach((name, i) => {
        first.set(name, from === 0 ? columns[i] : joined([first.get(name) ?? [], columns[i]].map(pieceOf)))
      })
    }
    return { rows, columns: wanted.map((name) => first.get(name) ?? []), bytes: bytesBefore(rows) }
  }

  async function* chunks(columns: number[], _: Precision, isGlance: boolean): AsyncGenerator<Chunk> {
    if (places.length === 0) return
    const wanted = columns.map((column) => names[column])
    const [{ rows }, ...others] = places
    // The only one is unpacked once for all: to read it twice takes longer.
    const glance = isGlance && others.length > 0 ? Math.min(glanceRows, rows) : rows
    yield await unpackFirst(wanted, glance)
    if (glance < rows) yield behind(await unpackFirst(wanted, rows), glance)
    if (others.length === 0) return
    first = new Map()
    for await (const group of packed(1, wanted)) yield await unpackGroup(group, reader)
  }

  const all = (columns: number[], groupBytes?: number) =>
    packed(
      0,
      columns.map((column) => names[column]),
      groupBytes,
    )

  const groups = metadata.row_groups.length > 1 ? ({ reader: 'parquet', all } as const) : undefined
  return { file, dialect: 'Parquet', names, widths: names.map(() => undefined), chunks, groups }
}
