// The seam between file formats and the evaluation: whatever a file is, it gives its first rows as text and all rows as batches in wasm
// memory.
import type { Message } from '../message.js'
import type { FileSource } from './file.js'
import type { Group } from './groups.js'
import type { LineForm } from './lineForm.js'
import type { OwnRange } from './packed.js'
import type { Problems } from './problems.js'
import type { ReaderName } from './readers.js'
import type { Precision } from './report.js'
import type { Counts } from './workers/readTask.js'

export interface TableHead {
  /** One per column; 'column 1', 'column 2', … when the file has no header. */
  names: string[]
  hasHeader: boolean
  /** The first data rows, as text; a list of numbers is '[0.1, 0.9]'. All have as many cells as there are names, or are at fault. */
  rows: string[][]
  /** Numbers in `rows` are written with a comma. */
  decimalComma: boolean
  /** Rows are the positions of sequences, one sequence behind the other. */
  areTokens?: boolean
  /** The column in which each token has its place, where it was added. */
  placeColumn?: number
  /** Rows to show, where they are others than those that columns are judged by. */
  preview?: string[][]
  /** The columns from this one on are of a file that was given for the labels. */
  labelsFrom?: number
}

/** A column of numbers, or of lists of as many numbers as `list` says. */
export interface Field {
  column: number
  list?: number
}

/** Where the truth of a row stands. */
export type Truth =
  /** The class of the row, by its number or, where names are given, by its name. */
  | { kind: 'label'; column: number; names?: ReadonlyMap<string, number> }
  /** A number for each class, one of them 1 and the others 0: its position is the class. */
  | { kind: 'oneHot'; fields: Field[] }
  /** A number from 0 to 1 for each class: several labels a row, or probabilities. */
  | { kind: 'targets'; fields: Field[] }
  /** The names (where given, else the numbers) of the classes of the row, between separators or in a list; none is none. */
  | { kind: 'tags'; column: number; names?: ReadonlyMap<string, number>; classes: number; separator: string }

/** What is read of every row. Plain data, so that it can be sent to a worker. */
export interface Selection {
  /** In the order they are wanted. */
  scores: Field[]
  truth: Truth
  /** Column of the rows' weights. */
  weight?: number
  /** Column of the rows' names. */
  id?: number
  /**
   * What becomes of rows in which a score, label, target or weight is missing: the first one is an error, or they are counted and left out.
   * Or what is missing is NaN, and of labels `noLabel`, for those who must know which rows these are.
   */
  missing: 'error' | 'leaveOut' | 'isNaN'
  /** Of the scores; all else is float32. */
  precision: Precision
}

/** Rows in wasm memory, until the next batch is asked for. Addresses are 0 for what the selection does not ask for. */
export interface Batch {
  /** Address of f32 [rows, width of the scores]. */
  scores: number
  /** Address of f64 [rows, width of the scores], which `scores` are nearest to: where the precision is float64, else 0. */
  doubles: number
  /** Address of i32 [rows]: the classes, where the truth is a label or one-hot. */
  labels: number
  /** Address of f32 [rows, width of the truth], each from 0 to 1: where the truth is targets or tags. */
  targets: number
  /** Address of f32 [rows], each finite and not negative. */
  weights: number
  /** Addresses of the ids' UTF-8, one behind the other, and of u32 [rows + 1]: where each begins and the last one ends. */
  ids?: { bytes: number; offsets: number }
  rows: number
  /** Bytes of the file behind this batch and all before it. */
  bytes: number
  /** Data row, and line of the file where the format has lines, of a row of the batch; both from 1. */
  place(row: number): { row: number; line?: number }
}

/** No batch has more rows: RowBatch of the core knows it too. */
export const maxBatchRows = 4096

/** Rows that were left out because the selection said so. */
export interface LeftOutRows {
  reason: string
  said: Message
  rows: number
  /** The first few data rows, from 1. */
  first: number[]
}

/** Where a piece of a file begins and ends. */
export interface FilePiece {
  begin: number
  end: number
}

/** The pieces of a file of lines, cut anywhere. */
export interface LinePieces {
  form: LineForm
  /** They have to be unpacked, one after another. */
  arePacked: boolean
  /** Lines in front of the table. */
  before: number
  /** All bytes of the table in order, and where each piece ends in the file. */
  all(): AsyncGenerator<OwnRange>
  /** Where others can read them by themselves: by which descriptor of the file, and where they stand, in order. */
  elsewhere?: { descriptor: number; pieces(): Generator<FilePiece> }
  /** Nobody needs the memory of a piece any more. */
  giveBack(room: ArrayBuffer): void
  /** All has been read, with these counts. */
  finish(counts: Counts): void
}

/** Groups of rows as they stand in a file. */
export interface RowGroups {
  /** What unpacks them, where that is to be loaded. */
  reader?: ReaderName
  /** In order, with what the selection asks for; so many bytes of a file at a time, where that is said and the format leaves it open. */
  all(selection: Selection, rangeBytes?: number): AsyncGenerator<Group>
  /** All have been read, with these counts. */
  finish(counts: Counts): void
}

export interface TableReader {
  readonly file: FileSource
  /** That of the labels, where they are in a file of their own. */
  readonly labelsFile?: FileSource
  readonly head: TableHead
  /** For people: 'comma, header, UTF-8'; what was skipped while reading is part of it afterwards. */
  readonly dialect: string
  /** After `batches` has come to its end. */
  readonly leftOut: LeftOutRows[]
  /** Where its lines can be read apart from each other. */
  readonly lines?: LinePieces
  /** Where its rows stand in groups that can be unpacked apart from each other. */
  readonly groups?: RowGroups
  /**
   * All rows of the file, in order, but for those that cannot be read: these are noted before a row behind them is given. Ends early where it
   * cannot go on, or `problems` are full. `isGlance`: the first rows will do, and little should be unpacked for them.
   */
  batches(selection: Selection, problems: Problems, isGlance?: boolean): AsyncGenerator<Batch>
  /** Gives back what a glance has left for those who read all rows: for when nobody will. */
  release?(): Promise<void>
}

/** Bytes of each number of a batch, but for its doubles. */
const numberBytes = 4

export const widthOf = (fields: readonly Field[]): number => fields.reduce((sum, { list }) => sum + (list ?? 1), 0)

/** Numbers of the truth of a row; 0 when it is one label. */
export function truthWidth(truth: Truth): number {
  if (truth.kind === 'label') return 0
  return truth.kind === 'tags' ? truth.classes : widthOf(truth.fields)
}

/** Rows of a batch from `begin` to before `end`. */
export function rowsOf(batch: Batch, begin: number, end: number, { scores, truth }: Pick<Selection, 'scores' | 'truth'>): Batch {
  const moved = (address: number, numbers: number) => (address === 0 ? 0 : address + numberBytes * numbers * begin)
  return {
    ...batch,
    scores: moved(batch.scores, widthOf(scores)),
    doubles: moved(batch.doubles, 2 * widthOf(scores)),
    labels: moved(batch.labels, 1),
    targets: moved(batch.targets, truthWidth(truth)),
    weights: moved(batch.weights, 1),
    ids: batch.ids && { bytes: batch.ids.bytes, offsets: moved(batch.ids.offsets, 1) },
    rows: end - begin,
    place: (row) => batch.place(begin + row),
  }
}

/** Columns that hold the truth. */
export const truthColumns = (truth: Truth): number[] =>
  truth.kind === 'label' || truth.kind === 'tags' ? [truth.column] : truth.fields.map(({ column }) => column)

/** The column that the number at `position` of a row's fields comes from. */
export function columnAt(fields: readonly Field[], position: number): number {
  let end = 0
  for (const { column, list } of fields) {
    end += list ?? 1
    if (position < end) return column
  }
  throw new RangeError(`there is no field at ${position}`)
}
