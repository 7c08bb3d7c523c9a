// Rows of arrays that are stored as they are, in groups that can be read and evaluated apart from each other.
import type { ArraysContent } from './arraysGroup.js'
import type { ColumnSource } from './columnTable.js'
import { type FileSource, openReading, type Reading } from './file.js'
import type { Group } from './groups.js'
import { pieceEnds } from './pieces.js'
import { type ArrayColumn, type ArrayRows, cutOff, rowBytesOf, type StoredArray } from './storedArrays.js'
import type { FilePiece } from './table.js'

type Part = ArraysContent['columns'][number]

/** A column whose bytes stand in the file as they are. */
interface PlainColumn {
  column: ArrayColumn
  place: FilePiece
}

/** The parts of a column, each behind the one before: where they are, if workers can read the file by themselves, or their bytes. */
class ColumnParts {
  readonly #array: StoredArray
  readonly #place: FilePiece
  readonly #rowBytes: number
  readonly #reading?: Reading

  constructor({ column, place }: PlainColumn) {
    this.#array = column.array
    this.#place = place
    this.#rowBytes = rowBytesOf(column)
    if (column.array.file.descriptor === undefined) this.#reading = openReading(column.array.file, place.begin)
  }

  /** Of the rows from `from` to before `to`. */
  async part(from: number, to: number): Promise<Part> {
    const { file, type, isBigEndian } = this.#array
    const { name, size, descriptor, givesAway } = file
    const of = { type, isBigEndian }
    const begin = this.#place.begin + from * this.#rowBytes
    const end = this.#place.begin + to * this.#rowBytes
    if (end > this.#place.end) throw cutOff(this.#array)
    if (!this.#reading) return { of, stored: { file: { name, size, descriptor: descriptor as number }, begin, end } }
    const bytes = await this.#reading.read(begin, end)
    return { of, stored: givesAway ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice() }
  }

  close(): void {
    this.#reading?.close()
  }
}

/** While one is evaluated the next one is on its way. */
async function* groupsOf(file: FileSource, columns: readonly PlainColumn[], count: number, rangeBytes?: number): AsyncGenerator<Group> {
  const rowBytes = columns.reduce((sum, { column }) => sum + rowBytesOf(column), 0)
  const parts = columns.map((column) => new ColumnParts(column))
  const ask = async (before: number, end: number): Promise<Group> => ({
    rows: end - before,
    before,
    bytes: Math.round((file.size * end) / count),
    content: { kind: 'arrays', columns: await Promise.all(parts.map((each) => each.part(before, end))) },
  })
  try {
    let pending: Promise<Group> | undefined
    let before = 0
    for (const end of pieceEnds(count, rowBytes, rangeBytes)) {
      const group = await pending
      pending = ask(before, end)
      // Whoever stops early never asks for this one.
      pending.catch(() => {})
      before = end
      if (group) yield group
    }
    if (pending) yield await pending
  } finally {
    for (const each of parts) each.close()
  }
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
