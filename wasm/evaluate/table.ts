// The seam between file formats and the evaluation: whatever a file is, it gives its first rows as text and all rows as batches in wasm
// memory.
import type { FileSource } from './file.js'

export interface TableHead {
  /** One per column; 'column 1', 'column 2', … when the file has no header. */
  names: string[]
  hasHeader: boolean
  /** The first data rows, as text. All have as many cells as there are names, or are at fault. */
  rows: string[][]
  /** Numbers in `rows` are written with a comma. */
  decimalComma: boolean
}

/** What is read of every row. */
export interface Selection {
  /** Column of the label. */
  label: number
  /** Columns of the scores, in the order they are wanted. */
  scores: number[]
  /** Labels that are text, with the numbers they stand for; undefined when labels are whole numbers. */
  labelNames?: ReadonlyMap<string, number>
}

/** Rows in wasm memory, until the next batch is asked for. */
export interface Batch {
  /** Address of f32 [rows, score columns]. */
  scores: number
  /** Address of i32 [rows]. */
  labels: number
  rows: number
  /** Bytes of the file behind this batch and all before it. */
  bytes: number
  /** Data row, and line of the file where the format has lines, of a row of the batch; both from 1. */
  place(row: number): { row: number; line?: number }
}

export interface TableReader {
  readonly file: FileSource
  readonly head: TableHead
  /** For people: 'comma, header, UTF-8'; what was left out while reading is part of it afterwards. */
  readonly dialect: string
  /** All rows of the file, in order. Throws a DataError at the first row that cannot be read, behind the rows before it. */
  batches(selection: Selection): AsyncGenerator<Batch>
}
