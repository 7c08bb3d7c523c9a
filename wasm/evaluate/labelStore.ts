// The labels of a file of their own, held as compact arrays: four bytes a row for a label, and twelve to thirty for its id.
import { DataError } from '../errors.js'
import { idOf } from './memory.js'
import type { IdTable, MainModule } from './module.js'
import { type Selection, type TableReader, truthWidth } from './table.js'

type Typed = Int32Array | Float32Array

/** An array that grows. */
class Growing<T extends Typed> {
  #values: T
  readonly #width: number

  constructor(empty: T, width: number) {
    this.#values = empty
    this.#width = width
  }

  /** The row's numbers, which are there afterwards. */
  row(index: number): T {
    const end = (index + 1) * this.#width
    if (end > this.#values.length) {
      const Values = this.#values.constructor as new (length: number) => T
      const larger = new Values(Math.max(2 * this.#values.length, end, 4096))
      larger.set(this.#values)
      this.#values = larger
    }
    return this.#values.subarray(index * this.#width, end) as T
  }
}

/** Which rows are there. */
const absent = 0
const present = 1
const used = 2

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
  readonly #state = new Growing<Int32Array>(new Int32Array(0), 1)

  private constructor(native: MainModule, { truth, weight, id }: LabelSelection) {
    this.#native = native
    if (truth.kind === 'label' || truth.kind === 'oneHot') this.#labels = new Growing(new Int32Array(0), 1)
    else this.#targets = new Growing(new Float32Array(0), truthWidth(truth))
    if (weight !== undefined) this.#weights = new Growing(new Float32Array(0), 1)
    if (id !== undefined) this.#ids = new native.IdTable()
  }

  static async read(native: MainModule, table: TableReader, selection: LabelSelection): Promise<LabelStore> {
    const store = new LabelStore(native, selection)
    try {
      await store.#readAll(table, selection)
      return store
    } catch (error) {
      store.dispose()
      throw error
    }
  }

  async #readAll(table: TableReader, selection: LabelSelection): Promise<void> {
    const native = this.#native
    const width = truthWidth(selection.truth)
    let taken = 0
    for await (const batch of table.batches({ ...selection, scores: [] })) {
      const memory = native.HEAPU8.buffer
      const numbers = new Uint32Array(batch.rows)
      for (let row = 0; row < batch.rows; row++) {
        const index = batch.place(row).row - 1
        numbers[row] = index
        this.#state.row(index)[0] = present
        if (this.#labels) this.#labels.row(index)[0] = new Int32Array(memory, batch.labels + 4 * row, 1)[0]
        this.#targets?.row(index).set(new Float32Array(memory, batch.targets + 4 * width * row, width))
        if (this.#weights) this.#weights.row(index)[0] = new Float32Array(memory, batch.weights + 4 * row, 1)[0]
      }
      taken += batch.rows
      if (!this.#ids || !batch.ids) continue
      const repeated = this.#addIds(batch.ids, numbers)
      if (repeated < batch.rows) {
        throw new DataError(`the id "${idOf(native, batch, repeated)}" has stood in a row before`, {
          file: table.file.name,
          ...batch.place(repeated),
        })
      }
    }
    this.rows = taken + table.leftOut.reduce((sum, { rows }) => sum + rows, 0)
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

  /** Takes a row; what is said in answer is whether it is there, and whether it was taken before. */
  take(index: number): 'taken' | 'absent' | 'again' {
    if (index < 0 || index >= this.rows) return 'absent'
    const state = this.#state.row(index)
    if (state[0] === absent) return 'absent'
    if (state[0] === used) return 'again'
    state[0] = used
    return 'taken'
  }

  label = (index: number): number => this.#labels?.row(index)[0] ?? 0
  targets = (index: number): Float32Array | undefined => this.#targets?.row(index)
  weight = (index: number): number => this.#weights?.row(index)[0] ?? 1

  /** Rows that nobody took: how many, and the first few, from 1. */
  left(shown: number): { rows: number; first: number[] } {
    const first: number[] = []
    let rows = 0
    for (let index = 0; index < this.rows; index++) {
      if (this.#state.row(index)[0] !== present) continue
      rows++
      if (first.length < shown) first.push(index + 1)
    }
    return { rows, first }
  }

  /** Forgets who took what: the predictions are read once more. */
  restart(): void {
    for (let index = 0; index < this.rows; index++) {
      const state = this.#state.row(index)
      if (state[0] === used) state[0] = present
    }
  }

  dispose(): void {
    this.#ids?.delete()
  }
}
