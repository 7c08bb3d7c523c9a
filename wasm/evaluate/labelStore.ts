// The labels of a file of their own, held as compact arrays: five bytes a row for a label, and 16 to 24 for its id.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { idOf, Room } from './memory.js'
import type { IdTable, MainModule } from './module.js'
import type { Problems } from './problems.js'
import { type Batch, maxBatchRows, type Selection, type TableReader, truthWidth } from './table.js'
import { noLabel } from './values.js'

type Typed = Int32Array | Float32Array | Uint8Array

/** Rows of the file, from 0: `each` by itself, those that were looked for and are not there being -1; else they follow one another. */
export interface RowNumbers {
  first: number
  length: number
  each?: Int32Array
}

/** Those from `begin` to before `end`. */
export const partOf = ({ first, each }: RowNumbers, begin: number, end: number): RowNumbers => ({
  first: first + begin,
  length: end - begin,
  each: each?.subarray(begin, end),
})

function allOf({ first, length, each }: RowNumbers): Int32Array {
  if (each) return each
  const numbers = new Int32Array(length)
  for (let i = 0; i < length; i++) numbers[i] = first + i
  return numbers
}

/** Numbers of rows, `width` of each, in an array that grows. */
class Growing<T extends Typed> {
  /** At least as many as were reserved; those never written are 0. */
  values: T
  readonly width: number

  constructor(empty: T, width: number) {
    this.values = empty
    this.width = width
  }

  reserve(rows: number): void {
    const { length } = this.values
    const end = rows * this.width
    if (end <= length) return
    const Values = this.values.constructor as new (length: number) => T
    const larger = new Values(Math.max(2 * length, end, 4096))
    larger.set(this.values)
    this.values = larger
  }

  /** Writes the numbers of one row after the other to these rows. */
  write({ first, each }: RowNumbers, from: T): void {
    const { values, width } = this
    if (!each) {
      values.set(from, first * width)
      return
    }
    for (let row = 0; row < each.length; row++) {
      const to = each[row] * width
      for (let i = 0; i < width; i++) values[to + i] = from[row * width + i]
    }
  }

  /** Copies the numbers of these rows, one after the other. */
  read({ first, length, each }: RowNumbers, to: T): void {
    const { values, width } = this
    if (!each) {
      to.set(values.subarray(first * width, (first + length) * width))
      return
    }
    for (let row = 0; row < length; row++) {
      const from = each[row] * width
      for (let i = 0; i < width; i++) to[row * width + i] = values[from + i]
    }
  }
}

/** What is known of a row: it is there, it was taken, its label or its weight is missing. */
const isThere = 1
const isTaken = 2
const lacksLabel = 4
const lacksWeight = 8

/** What is said of a row that is looked for. */
export type Found = 'taken' | 'absent' | 'again' | 'label' | 'weight'

/** Where the rows of a batch stand among those of the file, from 0. They ascend. */
export function rowNumbers({ rows, place }: Batch): RowNumbers {
  const first = place(0).row - 1
  const isWhole = place(rows - 1).row - first === rows
  return { first, length: rows, each: isWhole ? undefined : Int32Array.from({ length: rows }, (_, row) => place(row).row - 1) }
}

/** Those of the rows in whose numbers something is missing, where `values` has `width` of each. */
function lacking(rows: RowNumbers, values: Int32Array | Float32Array, width: number): number[] {
  // Compares as Object.is does, so that it finds NaN: in most batches nothing, at the speed of memory.
  const missing = values instanceof Int32Array ? noLabel : Number.NaN
  if (!values.includes(missing)) return []
  return [...allOf(rows).filter((_, row) => values.subarray(row * width, (row + 1) * width).includes(missing))]
}

/** What of a labels file is read for each row. */
export type LabelSelection = Pick<Selection, 'truth' | 'weight' | 'id' | 'missing'>

export class LabelStore {
  /** Rows of the file so far, those left out too. */
  rows = 0
  /** Of them those that are not left out, and those of these that nobody has taken. */
  #there = 0
  #waiting = 0
  #isAll = false
  #lacksAny = false
  readonly #native: MainModule
  readonly #table: TableReader
  readonly #selection: LabelSelection
  readonly #problems: Problems
  readonly #batches: AsyncGenerator<Batch>
  readonly #labels?: Growing<Int32Array>
  readonly #targets?: Growing<Float32Array>
  readonly #weights?: Growing<Float32Array>
  readonly #ids?: IdTable
  readonly #room: Room
  /** Address of i32 [maxBatchRows]: rows by whose ids they are added and found. */
  readonly #numbers: number
  readonly #state = new Growing<Uint8Array>(new Uint8Array(0), 1)

  /** What is wrong with rows of the file is noted as they are read. `isGlance`: the first ones will do. */
  constructor(native: MainModule, table: TableReader, selection: LabelSelection, problems: Problems, isGlance: boolean) {
    const { truth, weight, id } = selection
    this.#native = native
    this.#room = new Room(native)
    this.#table = table
    this.#problems = problems
    // A row that is to be left out has its place all the same.
    const missing = selection.missing === 'leaveOut' ? 'isNaN' : selection.missing
    this.#selection = { ...selection, missing }
    this.#batches = table.batches({ ...this.#selection, scores: [], precision: 'float32' }, problems, isGlance)
    if (truth.kind === 'label' || truth.kind === 'oneHot') this.#labels = new Growing(new Int32Array(0), 1)
    else this.#targets = new Growing(new Float32Array(0), truthWidth(truth))
    if (weight !== undefined) this.#weights = new Growing(new Float32Array(0), 1)
    if (id !== undefined) this.#ids = new native.IdTable()
    this.#numbers = this.#ids ? this.#room.take(maxBatchRows) : 0
  }

  /** Reads on until so many rows are there, or all. */
  async readTo(rows: number): Promise<void> {
    while (this.rows < rows && !this.#problems.isFull) {
      const { value } = await this.#batches.next()
      this.#isAll = !value
      if (!value) return
      this.#add(value)
    }
  }

  #add(batch: Batch): void {
    const { buffer } = this.#native.HEAPU8
    const width = truthWidth(this.#selection.truth)
    const rows = rowNumbers(batch)
    const end = batch.place(batch.rows - 1).row
    for (const each of [this.#state, this.#labels, this.#targets, this.#weights]) each?.reserve(end)
    this.#state.write(rows, new Uint8Array(batch.rows).fill(isThere))
    const labels = new Int32Array(buffer, batch.labels, this.#labels ? batch.rows : 0)
    const targets = new Float32Array(buffer, batch.targets, this.#targets ? batch.rows * width : 0)
    const weights = new Float32Array(buffer, batch.weights, this.#weights ? batch.rows : 0)
    this.#labels?.write(rows, labels)
    this.#targets?.write(rows, targets)
    this.#weights?.write(rows, weights)
    if (this.#selection.missing === 'isNaN') {
      this.#note(lacking(rows, labels, 1), lacksLabel)
      this.#note(lacking(rows, targets, width), lacksLabel)
      this.#note(lacking(rows, weights, 1), lacksWeight)
    }
    this.rows = end
    this.#there += batch.rows
    this.#waiting += batch.rows
    this.#noteRepeated(batch, rows)
  }

  #note(numbers: readonly number[], what: number): void {
    for (const number of numbers) this.#state.values[number] |= what
    this.#lacksAny ||= numbers.length > 0
  }

  #noteRepeated(batch: Batch, rows: RowNumbers): void {
    const { ids } = batch
    if (!this.#ids || !ids) return
    const numbers = allOf(rows)
    this.#room.integers(this.#numbers, numbers.length).set(numbers)
    for (let row = 0; row < numbers.length; row++) {
      row += this.#ids.add(ids.bytes, ids.offsets + 4 * row, this.#numbers + 4 * row, numbers.length - row)
      if (row === numbers.length) return
      // A row without a label has none to be mistaken for another.
      if ((this.#state.values[numbers[row]] & lacksLabel) !== 0) continue
      const id = idOf(this.#native, batch, row)
      const at = { file: this.#table.file.name, ...batch.place(row) }
      this.#problems.note(new DataError(say`the id "${id ?? ''}" has stood in a row before`, at))
    }
  }

  /** Positions of the rows with these ids; -1 where there is none. */
  find(ids: { bytes: number; offsets: number }, rows: number): RowNumbers {
    this.#ids?.find(this.#numbers, ids.bytes, ids.offsets, rows)
    return { first: 0, length: rows, each: this.#room.integers(this.#numbers, rows).slice() }
  }

  /** Takes rows from `begin` to before `end`, as far as they are there, were not taken before and lack nothing; returns where that ends. */
  takeWhole({ first, each }: RowNumbers, begin: number, end: number): number {
    const { values } = this.#state
    let i = begin
    for (; i < end; i++) {
      const number = each ? each[i] : first + i
      // Behind its end as well as in front of it an array has nothing.
      if (values[number] !== isThere) break
      values[number] = isThere | isTaken
    }
    this.#waiting -= i - begin
    return i
  }

  /** Takes a row: says whether it is there, whether it was taken before, and what is missing in it. */
  take({ first, each }: RowNumbers, i: number): Found {
    const { values } = this.#state
    const number = each ? each[i] : first + i
    const known = values[number] ?? 0
    if ((known & isThere) === 0) return 'absent'
    if ((known & isTaken) !== 0) return 'again'
    values[number] |= isTaken
    this.#waiting--
    if ((known & lacksLabel) !== 0) return 'label'
    return (known & lacksWeight) === 0 ? 'taken' : 'weight'
  }

  /** As if nobody had taken a row. */
  giveBack(): void {
    const { values } = this.#state
    for (let number = 0; number < this.rows; number++) values[number] &= ~isTaken
    this.#waiting = this.#there
  }

  /** All rows of the file are there, and nothing is missing in them. */
  get isWhole(): boolean {
    return this.#isAll && !this.#lacksAny
  }

  get hasLabels(): boolean {
    return this.#labels !== undefined
  }

  /** Copies the labels or the targets of rows, whichever there are, one after the other. */
  readTruth(rows: RowNumbers, to: { labels: Int32Array; targets: Float32Array }): void {
    this.#labels?.read(rows, to.labels)
    this.#targets?.read(rows, to.targets)
  }

  readWeights(rows: RowNumbers, to: Float32Array): void {
    this.#weights?.read(rows, to)
  }

  /** Rows that nobody took: how many, and the first few, from 1. */
  left(shown: number): { rows: number; first: number[] } {
    const rows = this.#waiting
    const first: number[] = []
    for (let number = 0; first.length < Math.min(rows, shown); number++) {
      if ((this.#state.values[number] & (isThere | isTaken)) === isThere) first.push(number + 1)
    }
    return { rows, first }
  }

  async dispose(): Promise<void> {
    await this.#batches.return(undefined)
    this.#ids?.delete()
    this.#room.release()
  }
}
