// Terms of rows, as the core makes them: seven arrays one behind the other.
import type { MainModule, RowTerms } from './module.js'

const arrays = 7
/** Those that are summed, where they are in double too. */
const doubleArrays = 5

/** Groups are classes, or 2 * label + 1 where a label is set and 2 * label where not; -1 is ignored. */
export class TermsView {
  readonly group: Int32Array
  readonly predicted: Int32Array
  readonly loss: Float32Array
  /** Gradient norm. */
  readonly miss: Float32Array
  readonly confidence: Float32Array
  /** `loss` and `miss` in double, where they were worked so. */
  readonly doubles?: { loss: Float64Array; miss: Float64Array }

  constructor(buffer: ArrayBufferLike, address: number, size: number, doubles?: Float64Array) {
    const at = (array: number) => address + array * size * Float32Array.BYTES_PER_ELEMENT
    this.group = new Int32Array(buffer, at(0), size)
    this.predicted = new Int32Array(buffer, at(1), size)
    this.loss = new Float32Array(buffer, at(2), size)
    this.miss = new Float32Array(buffer, at(3), size)
    this.confidence = new Float32Array(buffer, at(4), size)
    if (doubles) this.doubles = { loss: doubles.subarray(0, size), miss: doubles.subarray(size, 2 * size) }
  }
}

/** Terms outside of wasm memory, of rows with an ignored class too. */
export interface KeptTerms {
  block: Float32Array<ArrayBuffer>
  doubles?: Float64Array<ArrayBuffer>
  size: number
  /** Rows or elements with a divided truth. */
  soft: number
  /** The label that was ignored when the terms were made; rows with it have terms where it is a class. */
  ignoreIndex: number
}

export const viewOf = ({ block, doubles, size }: KeptTerms): TermsView => new TermsView(block.buffer, 0, size, doubles)

/** Of wasm memory, until the next call into it. */
export const currentTerms = (native: MainModule, terms: RowTerms): TermsView =>
  new TermsView(native.HEAPU8.buffer, terms.block(), terms.size())

export function keepTerms(native: MainModule, terms: RowTerms, ignoreIndex: number): KeptTerms {
  const size = terms.size()
  const block = new Float32Array(native.HEAPU8.buffer, terms.block(), arrays * size).slice()
  return { block, doubles: keepDoubles(native, terms), size, soft: terms.soft(), ignoreIndex }
}

function keepDoubles(native: MainModule, terms: RowTerms): KeptTerms['doubles'] {
  const address = terms.doubleBlock()
  return address === 0 ? undefined : new Float64Array(native.HEAPU8.buffer, address, doubleArrays * terms.size()).slice()
}

export function restoreTerms(native: MainModule, terms: RowTerms, { block, doubles, size, soft }: KeptTerms): void {
  terms.restore(size, soft, doubles !== undefined)
  new Float32Array(native.HEAPU8.buffer, terms.block(), block.length).set(block)
  if (doubles) new Float64Array(native.HEAPU8.buffer, terms.doubleBlock(), doubles.length).set(doubles)
}

/** Of the arrays those that losses are made of: group, loss, gradient norm, and the mean over the classes, which is of several ones only. */
const lossArrays = [0, 2, 3]
const smoothArray = 6

/** What losses are made of, and nothing else. */
export function restoreLosses(native: MainModule, terms: RowTerms, kept: KeptTerms, isMultiClass: boolean): void {
  const { block, doubles, size, soft } = kept
  if (doubles) {
    restoreTerms(native, terms, kept)
    return
  }
  terms.restore(size, soft, false)
  const to = new Float32Array(native.HEAPU8.buffer, terms.block(), block.length)
  for (const array of isMultiClass ? [...lossArrays, smoothArray] : lossArrays) {
    to.set(block.subarray(array * size, (array + 1) * size), array * size)
  }
}

/** Names of the labels of a row that are set in groups of terms. */
const setLabels = (groups: Int32Array, row: number, names: readonly string[]): string =>
  names.filter((_, label) => (groups[row * names.length + label] & 1) === 1).join('|')

/** What a row of several labels has and what is predicted. */
export const labelTexts = ({ group, predicted }: TermsView, row: number, names: readonly string[]) => ({
  label: setLabels(group, row, names),
  predicted: setLabels(predicted, row, names),
})
