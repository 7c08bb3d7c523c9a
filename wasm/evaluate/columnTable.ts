// Tables of formats that hold their rows column by column: what a format's reader gives as the values of some rows becomes batches here.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { type Chunk, ChunkRows, columnsOf } from './chunkRows.js'
import type { FileSource } from './file.js'
import type { Group, GroupKind } from './groups.js'
import type { MainModule } from './module.js'
import type { Problems } from './problems.js'
import type { Precision } from './report.js'
import type { Batch, LeftOutRows, RowGroups, Selection, TableHead, TableReader } from './table.js'
import { textOf, type Values } from './values.js'

export interface ColumnSource {
  file: FileSource
  /** For people: 'NumPy arrays'. */
  dialect: string
  names: string[]
  /** Rows are the positions of sequences. */
  areTokens?: boolean
  /** Numbers of a row where every row has as many and the values are side by side; undefined where a value is what a row has. */
  widths: (number | undefined)[]
  /**
   * The values of these columns, from the first row on; `precision` is that of numbers which are written as text. `isGlance`: the first rows will
   * do.
   */
  chunks(columns: number[], precision: Precision, isGlance: boolean): AsyncGenerator<Chunk>
  /** The same as they are packed, where they can be unpacked elsewhere. */
  groups?: { kind: GroupKind; all(columns: number[]): AsyncGenerator<Group> }
}

const headRows = 200
/** A head is for looking at: rows of many numbers need not be so many. */
const headNumbers = 50_000

const rowText = (values: Values, row: number, width: number | undefined): string =>
  textOf(width === undefined ? values[row] : Array.from({ length: width }, (_, i) => values[row * width + i]))

/** The first rows as text. */
export async function readHead(source: ColumnSource): Promise<TableHead> {
  const { names, widths } = source
  const rows: string[][] = []
  const wide = widths.reduce<number>((sum, width) => sum + (width ?? 1), 0)
  const wanted = Math.max(Math.min(headRows, Math.floor(headNumbers / wide)), 2)
  for await (const chunk of source.chunks(
    names.map((_, i) => i),
    'float32',
    true,
  )) {
    for (let row = 0; row < chunk.rows && rows.length < wanted; row++) {
      rows.push(chunk.columns.map((values, i) => rowText(values, row, widths[i])))
    }
    if (rows.length >= wanted) break
  }
  if (rows.length === 0) throw new DataError(say`the file holds no rows`, { file: source.file.name })
  return { names, hasHeader: true, rows, decimalComma: false, areTokens: source.areTokens }
}

export class ColumnTable implements TableReader {
  readonly head: TableHead
  leftOut: LeftOutRows[] = []
  readonly #native: MainModule
  readonly #source: ColumnSource

  constructor(native: MainModule, source: ColumnSource, head: TableHead) {
    this.#native = native
    this.#source = source
    this.head = head
  }

  get file(): FileSource {
    return this.#source.file
  }

  get dialect(): string {
    return this.#source.dialect
  }

  get groups(): RowGroups | undefined {
    const { groups } = this.#source
    return (
      groups && {
        kind: groups.kind,
        all: (selection) => groups.all(columnsOf(selection)),
        finish: ({ leftOut }) => {
          this.leftOut = leftOut
        },
      }
    )
  }

  async *batches(selection: Selection, problems: Problems, isGlance = false): AsyncGenerator<Batch> {
    const rows = new ChunkRows(this.#native, selection, { file: this.file.name, names: this.head.names })
    let before = 0
    try {
      for await (const chunk of this.#source.chunks(columnsOf(selection), selection.precision, isGlance)) {
        yield* rows.batches(chunk, before, problems)
        if (problems.isFull) return
        before += chunk.rows
      }
      this.leftOut = rows.leftOut
    } finally {
      rows.release()
    }
  }
}

export async function openColumns(native: MainModule, source: ColumnSource): Promise<TableReader> {
  return new ColumnTable(native, source, await readHead(source))
}
