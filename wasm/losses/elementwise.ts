// Losses of one input and one target each: binary cross entropy, sigmoid focal loss; and of rows of them: multi-label soft margin.
import { checkSameShape } from '../arguments.js'
import { Broadcast } from '../broadcast.js'
import type { LossKernel, PassOutputs, PreparedLoss } from '../criterion.js'
import type { Slot } from '../heap.js'
import { type Block, blocksOf, classLayout, type Layout, layoutAlong, rowShape } from '../layout.js'
import type { MainModule } from '../module/losses.js'
import type { Native } from '../native.js'
import { copyFloats, type Dtype, dtypeOf, type Input, type Numbers, readTensor, type TensorLike } from '../tensor.js'
import { divisorOf, type ElementDivisor, type Tally, tally } from './counting.js'
import { addressesOf, type LossArrays } from './lossArrays.js'

/** What a kernel is called with; `second` is the address of the second factor, 0 where there is none. */
export interface ElementCall {
  module: MainModule
  dtype: Dtype
  arrays: LossArrays
  second: number
  count: number
  gradientScale: number
}

export interface ElementwiseSettings {
  name: string
  /** The checked options that change losses or weights. */
  options: object
  /** Up to two tensors that broadcast to the input's shape. */
  factors: { name: string; value: TensorLike | undefined }[]
  /** Which arguments must be in [0, 1]. */
  unit?: readonly ('input' | 'target')[]
  /** Whether the target holds class indices, to be spread over the classes. */
  classIndices?: boolean
  /** Targets, or class indices, that do not count. */
  ignoreIndex?: number
  divisor?: ElementDivisor
  call(call: ElementCall): void
}

export function elementwiseKernel(native: Native, settings: ElementwiseSettings): LossKernel {
  const { name, options } = settings
  const factors = settings.factors.map((factor) => (factor.value === undefined ? undefined : readTensor(factor.name, factor.value)))
  return {
    native,
    options: { ...options, factors },
    prepare: (input, target) => {
      const pair = settings.classIndices ? readIndexedPair(name, input, target, settings.ignoreIndex) : readPair(name, input, target)
      return new ElementwiseLoss(native, settings, factors, pair)
    },
    divisor: divisorOf(settings.divisor ?? 'counted'),
  }
}

export interface Pair {
  input: Input
  target: Input
}

export function readPair(name: string, input: TensorLike, target: TensorLike): Pair {
  const pair = { input: readTensor(`${name}: input`, input), target: readTensor(`${name}: target`, target) }
  checkSameShape(`${name}: target`, pair.target.shape, 'input', pair.input.shape)
  return pair
}

/** The target of an element that does not count, where class indices were spread over the classes. */
export const ignoredElement = -1

/** As readPair, of a target that holds class indices: [N] for an input of [N, C], [N, d1, ...] for [N, C, d1, ...]. */
export function readIndexedPair(name: string, input: TensorLike, target: TensorLike, ignoreIndex: number | undefined): Pair {
  const scores = readTensor(`${name}: input`, input)
  const indices = readTensor(`${name}: target`, target)
  const layout = classLayout(`${name}: input`, scores.shape)
  checkSameShape(`${name}: target`, indices.shape, 'input without its class axis', rowShape(scores.shape))
  return { input: scores, target: { data: spread(name, indices, layout, ignoreIndex), shape: scores.shape } }
}

/** 1 at each row's class and 0 elsewhere; only 0 for the index one past the classes, the background; all -1 for an ignored row. */
function spread(name: string, indices: Input, { classes, inner }: Layout, ignoreIndex: number | undefined): Float32Array {
  const result = new Float32Array(indices.data.length * classes)
  for (let row = 0; row < indices.data.length; row++) {
    const index = Number(indices.data[row])
    const first = Math.floor(row / inner) * classes * inner + (row % inner)
    if (index === ignoreIndex) {
      for (let c = 0; c < classes; c++) result[first + c * inner] = ignoredElement
    } else if (!(Number.isInteger(index) && index >= 0 && index <= classes)) {
      const others = ignoreIndex === undefined ? '' : ` or the ignoreIndex ${ignoreIndex}`
      throw new RangeError(`${name}: target[${row}] is ${index}; it must be in [0, ${classes}), ${classes} for no class${others}`)
    } else if (index < classes) {
      result[first + index * inner] = 1
    }
  }
  return result
}

class ElementwiseLoss implements PreparedLoss {
  readonly dtype: Dtype
  readonly lossShape: number[]
  readonly gradientShape: number[]
  readonly #native: Native
  readonly #settings: ElementwiseSettings
  readonly #factors: (Broadcast | undefined)[]
  readonly #pair: Pair
  readonly #ignored: number | undefined

  constructor(native: Native, settings: ElementwiseSettings, factors: (Input | undefined)[], pair: Pair) {
    this.#native = native
    this.#settings = settings
    this.#pair = pair
    this.#ignored = settings.classIndices ? ignoredElement : settings.ignoreIndex
    this.dtype = dtypeOf(pair.input)
    this.lossShape = pair.input.shape
    this.gradientShape = pair.input.shape
    this.#factors = factors.map((factor, i) => factor && new Broadcast(settings.factors[i].name, factor, pair.input.shape))
  }

  weight(): number {
    return this.#tally(this.#pair.target.data, { start: 0, length: this.#pair.input.data.length }).weight
  }

  pass(outputs: PassOutputs): void {
    for (const block of blocksOf(this.#pair.input.data.length, 1)) this.#block(block, outputs)
  }

  #tally(targets: Numbers, { start, length }: Block): Tally {
    const { shape } = this.#pair.input
    const layout = shape.length === 0 ? { outer: 1, classes: 1, inner: 1 } : layoutAlong(shape, shape.length === 1 ? 0 : 1)
    return tally(targets, start, length, this.#ignored, this.#settings.divisor ?? 'counted', layout)
  }

  #block(block: Block, outputs: PassOutputs): void {
    const { start, length } = block
    const { module, heap } = this.#native
    const { dtype } = this
    const values: [Dtype, number] = [dtype, length]
    const [first, second] = this.#factors
    const slots = heap.take({
      input: values,
      target: values,
      loss: values,
      gradient: outputs.gradient && values,
      weight: first && values,
      second: second && values,
    })
    this.#copy('input', slots.input, start)
    this.#copy('target', slots.target, start)
    first?.copy(heap.view(dtype, slots.weight), start)
    second?.copy(heap.view(dtype, slots.second), start)
    const arrays = addressesOf(slots)
    this.#settings.call({ module, dtype, arrays, second: slots.second.address, count: length, gradientScale: outputs.gradientScale })
    if (outputs.state) {
      const { ignored, weight } = this.#tally(this.#pair.target.data, block)
      outputs.state[`addCounted${dtype}`](slots.loss.address, length, ignored, weight)
    }
    // A sum has met each loss already.
    if (outputs.state?.hasNan() ?? true) this.#refuseNan(slots.loss, start)
    outputs.losses?.set(heap.view(dtype, slots.loss), start)
    outputs.gradient?.set(heap.view(dtype, slots.gradient), start)
  }

  #copy(which: 'input' | 'target', slot: Slot, start: number): void {
    const view = this.#native.heap.view(this.dtype, slot)
    copyFloats(view, this.#pair[which].data, start)
    if (!this.#settings.unit?.includes(which)) return
    const { data } = this.#pair.target
    const isBad = (value: number, i: number) =>
      !(value >= 0 && value <= 1) && (this.#ignored === undefined || Number(data[start + i]) !== this.#ignored)
    const suspect = this.#native.module[`firstOutsideUnit${this.dtype}`](slot.address, slot.length)
    const bad = suspect === slot.length ? -1 : view.findIndex(isBad)
    if (bad === -1) return
    const at = start + bad
    throw new RangeError(`${this.#settings.name}: ${which} element ${at} is ${this.#pair[which].data[at]}; it must be in [0, 1]`)
  }

  #refuseNan(loss: Slot, start: number): void {
    const bad = this.#native.module[`firstNan${this.dtype}`](loss.address, loss.length)
    if (bad === loss.length) return
    const { input, target } = this.#pair
    const at = start + bad
    throw new RangeError(`${this.#settings.name}: no loss at element ${at}: input ${input.data[at]}, target ${target.data[at]}`)
  }
}
