// Parquet, row group by row group, by hyparquet.
import type { Chunk } from './chunkRows.js'
import type { ColumnSource } from './columnTable.js'
import { type FileSource, readRange } from './file.js'
import { type Group, unpackGroup } from './groups.js'
import { joined, type ParquetContent, type PlacedBytes, unreadable } from './parquetGroup.js'
import { loadReader } from './readers.js'
import type { Precision } from './report.js'
import type { Values } from './values.js'

type Metadata = Awaited<ReturnType<Awaited<ReturnType<typeof loadReader.parquet>>['parquetMetadataAsync']>>
type RowGroup = Metadata['row_groups'][number]

/** Rows that are unpacked to look at a file: more than anyone looks at where few are left out. */
const glanceRows = 2000

/** Of a row group, to before `rows`. */
type Rows = Pick<ParquetContent, 'from' | 'rows'>

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
  return { rows: rows - first, columns: columns.map((values) => (values as unknown[]).slice(first)), bytes }
}

/** Where the wanted columns of a row group stand. */
function placesOf({ columns }: RowGroup, wanted: readonly string[], size: number): { begin: number; end: number }[] {
  const places = columns.flatMap(({ meta_data: meta }) => {
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

export async function openParquet(file: FileSource): Promise<ColumnSource> {
  const reader = await loadReader.parquet()
  const metadata = await reader.parquetMetadataAsync(asBuffer(file)).catch((error: unknown) => {
    throw unreadable(error, file.name)
  })
  const names = columnNames(metadata)

  const bytesBefore = (rows: number) => Math.round((file.size * rows) / Number(metadata.num_rows))

  async function pack(group: RowGroup, before: number, columns: string[], { from, rows }: Rows): Promise<Group> {
    const ranges: PlacedBytes[] = []
    for (const { begin, end } of placesOf(group, columns, file.size)) {
      // A copy where it is somebody else's: it may go to another thread.
      const bytes = await readRange(file, begin, end)
      ranges.push({ begin, bytes: file.givesAway ? ownBuffer(bytes) : (bytes.slice().buffer as ArrayBuffer) })
    }
    const alone = { ...metadata, key_value_metadata: undefined, row_groups: [group], num_rows: group.num_rows }
    const content = { kind: 'parquet', file: file.name, metadata: alone, columns, from, rows, ranges } as const
    return { rows, before, bytes: bytesBefore(before + rows), content }
  }

  async function* rowGroups(): AsyncGenerator<{ group: RowGroup; before: number }> {
    let before = 0
    for (const group of metadata.row_groups) {
      if (group.num_rows > 0) yield { group, before }
      before += Number(group.num_rows)
    }
  }

  /** What was unpacked of the first row group when it was looked at. */
  let first = new Map<string, Values>()

  /** So many first rows of a group; what is known of them already is not unpacked again. */
  async function unpack(group: RowGroup, before: number, wanted: string[], rows: number): Promise<Chunk> {
    const known = before === 0 ? first : new Map<string, Values>()
    const rowsOf = (name: string) => known.get(name)?.length ?? 0
    const missing = wanted.filter((name) => rowsOf(name) < rows)
    for (const from of new Set(missing.map(rowsOf))) {
      const names = [...new Set(missing)].filter((name) => rowsOf(name) === from)
      const { columns } = await unpackGroup(await pack(group, before, names, { from, rows }), reader)
      names.forEach((name, i) => {
        known.set(name, from === 0 ? columns[i] : joined([known.get(name) ?? [], columns[i]]))
      })
    }
    return { rows, columns: wanted.map((name) => known.get(name) ?? []), bytes: bytesBefore(before + rows) }
  }

  async function* chunks(columns: number[], _: Precision, isGlance: boolean): AsyncGenerator<Chunk> {
    const wanted = columns.map((column) => names[column])
    for await (const { group, before } of rowGroups()) {
      const rows = Number(group.num_rows)
      // The only one is unpacked once for all: to read it twice takes longer.
      const glance = before === 0 && isGlance && rows < metadata.num_rows ? Math.min(glanceRows, rows) : rows
      if (before > 0) first = new Map()
      yield await unpack(group, before, wanted, glance)
      if (glance < rows) yield behind(await unpack(group, before, wanted, rows), glance)
    }
  }

  async function* all(columns: number[]): AsyncGenerator<Group> {
    const wanted = columns.map((column) => names[column])
    for await (const { group, before } of rowGroups()) {
      yield await pack(group, before, wanted, { from: 0, rows: Number(group.num_rows) })
    }
  }

  const groups = metadata.row_groups.length > 1 ? ({ kind: 'parquet', all } as const) : undefined
  return { file, dialect: 'Parquet', names, widths: names.map(() => undefined), chunks, groups }
}
