// Rows of arrays that are stored as they are, in groups that can be read and evaluated apart from each other.
import type { ArraysContent } from './arraysGroup.js'
import type { ColumnSource } from './columnTable.js'
import { type FileSource, readRange } from './file.js'
import type { Group } from './groups.js'
import { pieceEnds } from './pieces.js'
import { type ArrayColumn, type ArrayRows, cutOff, rowBytesOf } from './storedArrays.js'
import type { FilePiece } from './table.js'

type Stored = ArraysContent['columns'][number]['stored']

/** A column whose bytes stand in the file as they are. */
interface PlainColumn {
  column: ArrayColumn
  place: FilePiece
}

/** The rows' bytes: where they are, if workers can read the file by themselves. */
async function storedOf({ array }: ArrayColumn, { begin, end }: FilePiece): Promise<Stored> {
  const { file } = array
  const { name, size, descriptor } = file
  if (descriptor !== undefined) return { file: { name, size, descriptor }, begin, end }
  const bytes = await readRange(file, begin, end)
  return file.givesAway ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice()
}

async function contentOf(columns: readonly PlainColumn[], from: number, to: number): Promise<ArraysContent> {
  const parts = columns.map(async ({ column, place }) => {
    const { array } = column
    const rowBytes = rowBytesOf(column)
    const part = { begin: place.begin + from * rowBytes, end: place.begin + to * rowBytes }
    if (part.end > place.end) throw cutOff(array)
    const { type, isBigEndian } = array
    return { of: { type, isBigEndian }, stored: await storedOf(column, part) }
  })
  return { kind: 'arrays', columns: await Promise.all(parts) }
}

/** While one is evaluated the next one is on its way. */
async function* groupsOf(file: FileSource, columns: readonly PlainColumn[], count: number, rangeBytes?: number): AsyncGenerator<Group> {
  const rowBytes = columns.reduce((sum, { column }) => sum + rowBytesOf(column), 0)
  const bytesBefore = (row: number) => Math.round((file.size * row) / count)
  const ask = async (before: number, end: number): Promise<Group> => ({
    rows: end - before,
    before,
    bytes: bytesBefore(end),
    content: await contentOf(columns, before, end),
  })
  let pending: Promise<Group> | undefined
  let before = 0
  for (const end of pieceEnds(count, rowBytes, rangeBytes)) {
    const asked = ask(before, end)
    // Whoever stops early never asks for this one.
    asked.catch(() => {})
    if (pending) yield await pending
    pending = asked
    before = end
  }
  if (pending) yield await pending
}

/** Nothing where one of them is packed. */
export function arrayGroups(file: FileSource, { columns, rows }: ArrayRows): ColumnSource['groups'] {
  const plain = columns.flatMap((column) => {
    const { stored } = column.array
    return typeof stored === 'function' ? [] : [{ column, place: stored }]
  })
  if (plain.length < columns.length) return undefined
  return {
    all: (wanted, rangeBytes) =>
      groupsOf(
        file,
        wanted.map((i) => plain[i]),
        rows,
        rangeBytes,
      ),
  }
}
