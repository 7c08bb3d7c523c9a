// The labels of a file of their own, held as compact arrays: five bytes a row for a label, and twelve to thirty for its id.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { idOf } from './memory.js'
import type { IdTable, MainModule } from './module.js'
import type { Problems } from './problems.js'
import { type Batch, type Selection, type TableReader, truthWidth } from './table.js'
import { noLabel } from './values.js'

type Typed = Int32Array | Float32Array | Uint8Array

/** Of rows of the file, from 0; those that were looked for and are not there are -1. */
export type RowNumbers = Uint32Array | Int32Array

/** Whether the rows follow one another, as those of files that are joined by their order do: then they are copied at once. */
function areRun(indices: RowNumbers): boolean {
  for (let row = 1; row < indices.length; row++) if (indices[row] !== indices[row - 1] + 1) return false
  return indices.length > 0 && indices[0] >= 0
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

  /** Writes the numbers of one row after the other to the rows of these indices. */
  write(indices: Uint32Array, from: T): void {
    const { values, width } = this
    if (areRun(indices)) {
      values.set(from, indices[0] * width)
      return
    }
    for (let row = 0; row < indices.length; row++) {
      const to = indices[row] * width
      for (let i = 0; i < width; i++) values[to + i] = from[row * width + i]
    }
  }

  /** Copies the numbers of the rows of these indices, one after the other. */
  read(indices: RowNumbers, to: T): void {
    const { values, width } = this
    if (areRun(indices)) {
      to.set(values.subarray(indices[0] * width, (indices[0] + indices.length) * width))
      return
    }
    for (let row = 0; row < indices.length; row++) {
      const from = indices[row] * width
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

/** Where the rows of a batch stand among those of the file, from 0. They ascend, most without a gap. */
export function rowNumbers({ rows, place }: Batch): Uint32Array {
  const numbers = new Uint32Array(rows)
  const first = place(0).row - 1
  const hasGaps = place(rows - 1).row - first !== rows
  for (let row = 0; row < rows; row++) numbers[row] = hasGaps ? place(row).row - 1 : first + row
  return numbers
}

/** Those of the rows in whose numbers something is missing, where `values` has `width` of each. */
function lacking(numbers: Uint32Array, values: Int32Array | Float32Array, width: number): Uint32Array {
  // Compares as Object.is does, so that it finds NaN: in most batches nothing, at the speed of memory.
  const missing = values instanceof Int32Array ? noLabel : Number.NaN
  if (!values.includes(missing)) return numbers.subarray(0, 0)
  return numbers.filter((_, row) => values.subarray(row * width, (row + 1) * width).includes(missing))
}

/** What of a labels file is read for each row. */
export type LabelSelection = Pick<Selection, 'truth' | 'weight' | 'id' | 'missing'>

export class LabelStore {
  /** Rows of the file, those left out too. */
  rows = 0
  readonly #native: MainModule
  readonly #labels?: Growing<Int32Array>
  readonly #targets?: Growing<Float32Array>
  readonly #weights?: Growing<Float32Array>
  readonly #ids?: IdTable
  readonly #state = new Growing<Uint8Array>(new Uint8Array(0), 1)

  private constructor(native: MainModule, { truth, weight, id }: LabelSelection) {
    this.#native = native
    if (truth.kind === 'label' || truth.kind === 'oneHot') this.#labels = new Growing(new Int32Array(0), 1)
    else this.#targets = new Growing(new Float32Array(0), truthWidth(truth))
    if (weight !== undefined) this.#weights = new Growing(new Float32Array(0), 1)
    if (id !== undefined) this.#ids = new native.IdTable()
  }

  static async read(native: MainModule, table: TableReader, selection: LabelSelection, problems: Problems): Promise<LabelStore> {
    const store = new LabelStore(native, selection)
    try {
      await store.#readAll(table, selection, problems)
      return store
    } catch (error) {
      store.dispose()
      throw error
    }
  }

  async #readAll(table: TableReader, selection: LabelSelection, problems: Problems): Promise<void> {
    const native = this.#native
    const width = truthWidth(selection.truth)
    // A row that is to be left out has its place all the same.
    const missing = selection.missing === 'leaveOut' ? 'isNaN' : selection.missing
    let taken = 0
    for await (const batch of table.batches({ ...selection, missing, scores: [], precision: 'float32' }, problems)) {
      const { buffer } = native.HEAPU8
      const numbers = rowNumbers(batch)
      const end = numbers[batch.rows - 1] + 1
      for (const each of [this.#state, this.#labels, this.#targets, this.#weights]) each?.reserve(end)
      this.#note(numbers, isThere)
      const labels = new Int32Array(buffer, batch.labels, this.#labels ? batch.rows : 0)
      const targets = new Float32Array(buffer, batch.targets, this.#targets ? batch.rows * width : 0)
      const weights = new Float32Array(buffer, batch.weights, this.#weights ? batch.rows : 0)
      this.#labels?.write(numbers, labels)
      this.#targets?.write(numbers, targets)
      this.#weights?.write(numbers, weights)
      if (missing === 'isNaN') {
        this.#note(lacking(numbers, labels, 1), lacksLabel)
        this.#note(lacking(numbers, targets, width), lacksLabel)
        this.#note(lacking(numbers, weights, 1), lacksWeight)
      }
      taken += batch.rows
      this.#noteRepeated(batch, numbers, table.file.name, problems)
      if (problems.isFull) return
    }
    this.rows = taken
  }

  #note(numbers: Uint32Array, what: number): void {
    const { values } = this.#state
    for (let row = 0; row < numbers.length; row++) values[numbers[row]] |= what
  }

  #noteRepeated(batch: Batch, numbers: Uint32Array, file: string, problems: Problems): void {
    const { ids } = batch
    if (!this.#ids || !ids) return
    for (let row = 0; row < numbers.length; row++) {
      row += this.#addIds({ bytes: ids.bytes, offsets: ids.offsets + 4 * row }, numbers.subarray(row))
      if (row === numbers.length) return
      // A row without a label has none to be mistaken for another.
      if ((this.#state.values[numbers[row]] & lacksLabel) !== 0) continue
      const id = idOf(this.#native, batch, row)
      problems.note(new DataError(say`the id "${id ?? ''}" has stood in a row before`, { file, ...batch.place(row) }))
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

  /** Takes a row: says whether it is there, whether it was taken before, and what is missing in it. */
  take(index: number): Found {
    if (index < 0 || index >= this.rows) return 'absent'
    const { values } = this.#state
    const known = values[index]
    if ((known & isThere) === 0) return 'absent'
    if ((known & isTaken) !== 0) return 'again'
    values[index] |= isTaken
    if ((known & lacksLabel) !== 0) return 'label'
    return (known & lacksWeight) === 0 ? 'taken' : 'weight'
  }

  get hasLabels(): boolean {
    return this.#labels !== undefined
  }

  /** Copies the labels or the targets of rows, whichever there are, one after the other. */
  readTruth(indices: RowNumbers, to: { labels: Int32Array; targets: Float32Array }): void {
    this.#labels?.read(indices, to.labels)
    this.#targets?.read(indices, to.targets)
  }

  readWeights(indices: RowNumbers, to: Float32Array): void {
    this.#weights?.read(indices, to)
  }

  /** Rows that nobody took: how many, and the first few, from 1. */
  left(shown: number): { rows: number; first: number[] } {
    const first: number[] = []
    let rows = 0
    for (let index = 0; index < this.rows; index++) {
      if ((this.#state.values[index] & (isThere | isTaken)) !== isThere) continue
      rows++
      if (first.length < shown) first.push(index + 1)
    }
    return { rows, first }
  }

  dispose(): void {
    this.#ids?.delete()
  }
}
