// Tables of formats that hold their rows column by column: what a format's reader gives as the values of some rows becomes batches here.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { type Chunk, ChunkRows, columnsOf, originOf } from './chunkRows.js'
import { type Values, valueAt } from './columnValues.js'
import type { FileSource } from './file.js'
import type { Group } from './groups.js'
import type { MainModule } from './module.js'
import { isIdName, isIndexName, labelRank } from './names.js'
import type { Problems } from './problems.js'
import type { ReaderName } from './readers.js'
import type { Precision } from './report.js'
import type { TokenOptions } from './sequences.js'
import type { ArrayRows } from './storedArrays.js'
import type { Batch, LeftOutRows, RowGroups, Selection, TableHead, TableReader } from './table.js'
import { SequenceColumn } from './tokenColumns.js'
import { findSequences, tokenTable } from './tokenTable.js'
import { textOf } from './values.js'

export interface ColumnSource {
  file: FileSource
  /** For people: 'NumPy arrays'. */
  dialect: string
  names: string[]
  /** Rows are the positions of sequences. */
  areTokens?: boolean
  /** The column in which each token has its place. */
  placeColumn?: number
  /** Numbers of a row where every row has as many and the values are side by side; undefined where a value is what a row has. */
  widths: (number | undefined)[]
  /**
   * The values of these columns, from the first row on; `precision` is that of numbers which are written as text. `isGlance`: the first rows will
   * do.
   */
  chunks(columns: number[], precision: Precision, isGlance: boolean): AsyncGenerator<Chunk>
  /** The same as they are packed, where they can be unpacked elsewhere. */
  groups?: { reader?: ReaderName; all(columns: number[], rangeBytes?: number): AsyncGenerator<Group> }
  /** What it is made of, where that is arrays. */
  arrays?: ArrayRows
  /** The columns from this one on are of this file, which was given for the labels. */
  labels?: { file: FileSource; from: number }
}

const headRows = 200
/** A head is for looking at: rows of many numbers need not be so many. */
const headNumbers = 50_000

function rowText(values: Values, row: number, width: number | undefined, isId: boolean): string {
  if (isId && values instanceof SequenceColumn) return values.nameAt(row)
  return textOf(width === undefined ? valueAt(values, row) : Array.from({ length: width }, (_, i) => valueAt(values, row * width + i)))
}

const glanceAt = (source: ColumnSource): AsyncGenerator<Chunk> =>
  source.chunks(
    source.names.map((_, i) => i),
    'float32',
    true,
  )

/** The first rows as text, of chunks of all columns. `id`: the column that the caller has chosen for the names of the rows. */
export async function readHead(
  source: ColumnSource,
  chunks: AsyncIterable<Chunk> = glanceAt(source),
  id?: string | null,
): Promise<TableHead> {
  const { names, widths, areTokens, placeColumn } = source
  const rows: string[][] = []
  const areIds = names.map((name) => name === id || ((isIdName(name) || isIndexName(name)) && labelRank(name) === undefined))
  const wide = widths.reduce<number>((sum, width) => sum + (width ?? 1), 0)
  const wanted = Math.max(Math.min(headRows, Math.floor(headNumbers / wide)), 2)
  for await (const chunk of chunks) {
    for (let row = 0; row < chunk.rows && rows.length < wanted; row++) {
      rows.push(chunk.columns.map((values, i) => rowText(values, row, widths[i], areIds[i])))
    }
    if (rows.length >= wanted) break
  }
  if (rows.length === 0) throw new DataError(say`the file holds no rows`, { file: source.file.name })
  return { names, hasHeader: true, rows, decimalComma: false, areTokens, placeColumn }
}

export class ColumnTable implements TableReader {
  readonly head: TableHead
  leftOut: LeftOutRows[] = []
  readonly source: ColumnSource
  readonly #native: MainModule

  constructor(native: MainModule, source: ColumnSource, head: TableHead) {
    this.#native = native
    this.source = source
    this.head = head
  }

  get file(): FileSource {
    return this.source.file
  }

  get labelsFile(): FileSource | undefined {
    return this.source.labels?.file
  }

  get dialect(): string {
    return this.source.dialect
  }

  get groups(): RowGroups | undefined {
    const { groups } = this.source
    return (
      groups && {
        reader: groups.reader,
        all: (selection, rangeBytes) => groups.all(columnsOf(selection), rangeBytes),
        finish: ({ leftOut }) => {
          this.leftOut = leftOut
        },
      }
    )
  }

  async *batches(selection: Selection, problems: Problems, isGlance = false): AsyncGenerator<Batch> {
    const rows = new ChunkRows(this.#native, selection, originOf(this))
    let before = 0
    try {
      for await (const chunk of this.source.chunks(columnsOf(selection), selection.precision, isGlance)) {
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

async function* behind(first: Chunk | undefined, others: AsyncGenerator<Chunk>): AsyncGenerator<Chunk> {
  try {
    if (first) yield first
    yield* others
  } finally {
    await others.return(undefined)
  }
}

export async function openColumns(
  native: MainModule,
  source: ColumnSource,
  { areTokens = false, id }: TokenOptions = {},
): Promise<TableReader> {
  const glance = glanceAt(source)
  const { value: first } = await glance.next()
  const chunks = behind(first, glance)
  const sequences = first && findSequences(source.names, first, areTokens)
  if (!sequences) return new ColumnTable(native, source, await readHead(source, chunks))
  const tokens = tokenTable(source, sequences)
  return new ColumnTable(native, tokens, await readHead(tokens, tokens.headOf(chunks), id))
}
