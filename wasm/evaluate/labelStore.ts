// The labels of a file of their own, held as compact arrays: five bytes a row for a label, and twelve to thirty for its id.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { idOf } from './memory.js'
import type { IdTable, MainModule } from './module.js'
import type { Problems } from './problems.js'
import { type Batch, type Selection, type TableReader, truthWidth } from './table.js'
import { noLabel } from './values.js'

type Typed = Int32Array | Float32Array | Uint8Array

/** Rows of the file, from 0, that follow one another, as those of files that are joined by their order do. */
interface Run {
  first: number
  length: number
}

/** Or each by itself: those that were looked for and are not there are -1. */
export type RowNumbers = Run | Uint32Array | Int32Array

const isRun = (rows: RowNumbers): rows is Run => 'first' in rows

const numberOf = (rows: RowNumbers, i: number): number => (isRun(rows) ? rows.first + i : rows[i])

/** Those from `begin` to before `end`. */
export const partOf = (rows: RowNumbers, begin: number, end: number): RowNumbers =>
  isRun(rows) ? { first: rows.first + begin, length: end - begin } : rows.subarray(begin, end)

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
  write(rows: RowNumbers, from: T): void {
    const { values, width } = this
    if (isRun(rows)) {
      values.set(from, rows.first * width)
      return
    }
    for (let row = 0; row < rows.length; row++) {
      const to = rows[row] * width
      for (let i = 0; i < width; i++) values[to + i] = from[row * width + i]
    }
  }

  /** Copies the numbers of these rows, one after the other. */
  read(rows: RowNumbers, to: T): void {
    const { values, width } = this
    if (isRun(rows)) {
      to.set(values.subarray(rows.first * width, (rows.first + rows.length) * width))
      return
    }
    for (let row = 0; row < rows.length; row++) {
      const from = rows[row] * width
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
  return isWhole ? { first, length: rows } : Uint32Array.from({ length: rows }, (_, row) => place(row).row - 1)
}

/** Those of the rows in whose numbers something is missing, where `values` has `width` of each. */
function lacking(rows: RowNumbers, values: Int32Array | Float32Array, width: number): number[] {
  // Compares as Object.is does, so that it finds NaN: in most batches nothing, at the speed of memory.
  const missing = values instanceof Int32Array ? noLabel : Number.NaN
  if (!values.includes(missing)) return []
  const numbers = Array.from({ length: rows.length }, (_, i) => numberOf(rows, i))
  return numbers.filter((_, row) => values.subarray(row * width, (row + 1) * width).includes(missing))
}

/** What of a labels file is read for each row. */
export type LabelSelection = Pick<Selection, 'truth' | 'weight' | 'id' | 'missing'>

export class LabelStore {
  /** Rows of the file so far, those left out too. */
  rows = 0
  /** Of them those that nobody has taken. */
  #waiting = 0
  readonly #native: MainModule
  readonly #table: TableReader
  readonly #selection: LabelSelection
  readonly #problems: Problems
  readonly #batches: AsyncGenerator<Batch>
  readonly #labels?: Growing<Int32Array>
  readonly #targets?: Growing<Float32Array>
  readonly #weights?: Growing<Float32Array>
  readonly #ids?: IdTable
  readonly #state = new Growing<Uint8Array>(new Uint8Array(0), 1)

  /** What is wrong with rows of the file is noted as they are read. `isGlance`: the first ones will do. */
  constructor(native: MainModule, table: TableReader, selection: LabelSelection, problems: Problems, isGlance: boolean) {
    const { truth, weight, id } = selection
    this.#native = native
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
  }

  /** Reads on until so many rows are there, or all. */
  async readTo(rows: number): Promise<void> {
    while (this.rows < rows && !this.#problems.isFull) {
      const { value } = await this.#batches.next()
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
    this.#waiting += batch.rows
    this.#noteRepeated(batch, rows)
  }

  #note(numbers: readonly number[], what: number): void {
    for (const number of numbers) this.#state.values[number] |= what
  }

  #noteRepeated(batch: Batch, rows: RowNumbers): void {
    const { ids } = batch
    if (!this.#ids || !ids) return
    const numbers = Uint32Array.from({ length: rows.length }, (_, i) => numberOf(rows, i))
    for (let row = 0; row < numbers.length; row++) {
      row += this.#addIds({ bytes: ids.bytes, offsets: ids.offsets + 4 * row }, numbers.subarray(row))
      if (row === numbers.length) return
      // A row without a label has none to be mistaken for another.
      if ((this.#state.values[numbers[row]] & lacksLabel) !== 0) continue
      const id = idOf(this.#native, batch, row)
      const at = { file: this.#table.file.name, ...batch.place(row) }
      this.#problems.note(new DataError(say`the id "${id ?? ''}" has stood in a row before`, at))
    }
  }

  #addIds(ids: { bytes: number; offsets: number }, numbers: Uint32Array): number {
    const native = this.#native
    const address = native._malloc(4 * numbers.length)
    try {
      new Uint32Array(native.HEAPU8.buffer as ArrayBuffer, address, numbers.length).set(numbers)
      return this.#ids?.add(ids.bytes, ids.offsets, address, numbers.length) ?? numbers.length
    } finally {
      native._free(address)
    }
  }

  /** Positions of the rows with these ids; -1 where there is none. */
  find(ids: { bytes: number; offsets: number }, rows: number): Int32Array {
    const native = this.#native
    const address = native._malloc(4 * Math.max(rows, 1))
    try {
      this.#ids?.find(address, ids.bytes, ids.offsets, rows)
      return new Int32Array(native.HEAPU8.buffer as ArrayBuffer, address, rows).slice()
    } finally {
      native._free(address)
    }
  }

  /** Takes rows from `begin` to before `end`, as far as they are there, were not taken before and lack nothing; returns where that ends. */
  takeWhole(rows: RowNumbers, begin: number, end: number): number {
    const { values } = this.#state
    for (let i = begin; i < end; i++) {
      const number = numberOf(rows, i)
      // Behind its end as well as in front of it an array has nothing.
      if (values[number] !== isThere) return i
      values[number] = isThere | isTaken
      this.#waiting--
    }
    return end
  }

  /** Takes a row: says whether it is there, whether it was taken before, and what is missing in it. */
  take(rows: RowNumbers, i: number): Found {
    const { values } = this.#state
    const number = numberOf(rows, i)
    const known = values[number] ?? 0
    if ((known & isThere) === 0) return 'absent'
    if ((known & isTaken) !== 0) return 'again'
    values[number] |= isTaken
    this.#waiting--
    if ((known & lacksLabel) !== 0) return 'label'
    return (known & lacksWeight) === 0 ? 'taken' : 'weight'
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
  }
}
