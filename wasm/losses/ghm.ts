// The two gradient harmonizing losses: what they share.

import { checkMergeable, liveState, readState, saveState } from '../accumulatorState.js'
import { checkChoice, checkNonNegative, checkNumber, checkOptions, checkSameShape } from '../arguments.js'
import { Broadcast } from '../broadcast.js'
import { type LossValue, type Reduction, reductions, type ValueAndGrad } from '../criterion.js'
import { fingerprint } from '../fingerprint.js'
import type { Slot } from '../heap.js'
import { type Block, blocksOf, rowShape } from '../layout.js'
import type { GhmState } from '../module/losses.js'
import type { Native } from '../native.js'
import {
  copyFloats,
  type Dtype,
  dtypeOf,
  type FloatArray,
  type Input,
  type OutOptions,
  outFloats,
  readTensor,
  sizeOf,
  type TensorLike,
} from '../tensor.js'
import { ignoredElement, type Pair, readIndexedPair, readPair } from './elementwise.js'
import { addressesOf } from './lossArrays.js'

/** Options of `ghmcLoss`, and with `mu` of `ghmrLoss`. */
export interface GhmOptions {
  /** Bins of the gradient norm, 1 to 10,000. Default 10. */
  bins?: number
  /** Share of a bin's moving average kept from call to call, in [0, 1); an empty bin keeps its average. Default 0: no memory. */
  momentum?: number
  /** Factor on the loss, finite and >= 0. Default 1. */
  lossWeight?: number
  /** 'mean' (default) divides by the elements that count; 'sum' does not; 'none' gives each element's weighted loss. */
  reduction?: Reduction
}

/** What has been gathered so far. */
export interface GhmResult {
  /** The loss, in nats; 0 where nothing counts. */
  mean: number
  /** Elements that count. */
  rows: number
  /** Elements per bin of the gradient norm. */
  counts: number[]
}

/**
 * A GHM loss over any number of batches. Each bin holds its count and the exact sum of its losses: the same elements in any batches, merged in
 * any order, give the same bits as one pass. Holds wasm memory until disposed of.
 */
export interface GhmAccumulator {
  /**
   * Takes in a batch, whole or not at all. labelWeight: like input, finite and >= 0; elements with 0 do not count.
   *
   * @throws TypeError or RangeError naming the argument and the element.
   */
  update(input: TensorLike, target: TensorLike, labelWeight?: TensorLike): this
  /** Takes over what `other` (of a loss with the same options) has gathered; `other` stays as it is. */
  merge(other: this): this
  /** The loss over all batches as if they were one, without momentum. */
  result(): GhmResult
  /** The state, to be sent elsewhere and read by `accumulator(bytes)` of a loss with the same options. */
  toBytes(): Uint8Array
  /** Gives the wasm memory back; the accumulator cannot be used any more. */
  dispose(): void
  /** As `dispose`, for `using`. */
  [Symbol.dispose](): void
}

/** A gradient harmonizing loss with its options, and the moving averages of its bins. */
export interface GhmLoss<R extends Reduction = Reduction> {
  /**
   * The loss in nats: a number, or a tensor of the input's shape for reduction 'none'. labelWeight: like input, finite and >= 0; elements with 0
   * do not count. Worked in double where the input is a Float64Array, else in float.
   *
   * @throws TypeError or RangeError naming the argument and the element.
   */
  forward(input: TensorLike, target: TensorLike, labelWeight?: TensorLike): LossValue<R>
  /**
   * The loss, and its gradient with respect to the input in the input's shape, the weights held constant; `out` is for the gradient. One call, one
   * step of momentum.
   */
  valueAndGrad(input: TensorLike, target: TensorLike, labelWeight?: TensorLike, options?: OutOptions): ValueAndGrad<R>
  /** An empty accumulator, or one that goes on from saved bytes. */
  accumulator(bytes?: Uint8Array): GhmAccumulator
  /** The bins' moving averages (momentum): to be saved, and set again. */
  averages: number[]
  /** Forgets the bins' moving averages. */
  reset(): void
}

interface Settings {
  name: string
  isRegression: boolean
  mu: number
  bins: number
  lossWeight: number
  /** Whether the target holds class indices, and which targets do not count. */
  classIndices: boolean
  ignoreIndex: number | undefined
}

/** What `ghmcLoss` and `ghmrLoss` bring along; the rest is shared. */
export type GhmKind = Pick<Settings, 'name' | 'isRegression' | 'mu' | 'classIndices' | 'ignoreIndex'>

/** The label weights as a call has them, in the shape of the input. */
function readLabelWeight({ name, classIndices }: Settings, value: TensorLike, { shape }: Input): Input {
  const label = `${name}: labelWeight`
  const weight = readTensor(label, value)
  for (let i = 0; i < weight.data.length; i++) {
    const value = weight.data[i]
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
      throw new RangeError(`${label} element ${i} is ${value}; it must be finite and >= 0`)
  }
  if (!classIndices || weight.shape.length === shape.length) {
    checkSameShape(label, weight.shape, 'input', shape)
    return weight
  }
  const rows = rowShape(shape)
  checkSameShape(label, weight.shape, 'input without its class axis', rows)
  const spread = { data: weight.data, shape: [...rows.slice(0, 1), 1, ...rows.slice(1)] }
  const data = new Float64Array(sizeOf(shape))
  new Broadcast(label, spread, shape).copy(data, 0)
  return { data, shape }
}

/** 0 for the elements whose target says that they do not count, and for all others their weight, or 1. */
function withoutIgnored(target: Input, ignored: number, weight: Input | undefined): Input {
  const data = new Float64Array(target.data.length)
  for (let i = 0; i < data.length; i++) data[i] = Number(target.data[i]) === ignored ? 0 : Number(weight?.data[i] ?? 1)
  return { data, shape: target.shape }
}

interface FloatTensor {
  data: FloatArray
  shape: number[]
}

/** Places for a number an element, each where it is wanted. */
interface Wanted {
  losses?: FloatTensor
  grad?: FloatTensor
}

/** A batch. Two passes where the gradient is wanted, since a weight is known only when all elements are binned. */
class GhmBatch {
  readonly #native: Native
  readonly #settings: Settings
  readonly #pair: Pair
  readonly #labelWeight: Input | undefined
  readonly #dtype: Dtype
  readonly #ignored: number | undefined

  constructor(native: Native, settings: Settings, input: TensorLike, target: TensorLike, labelWeight?: TensorLike) {
    this.#native = native
    this.#settings = settings
    const { name, classIndices, ignoreIndex } = settings
    this.#pair = classIndices ? readIndexedPair(name, input, target, ignoreIndex) : readPair(name, input, target)
    this.#dtype = dtypeOf(this.#pair.input)
    const weight = labelWeight === undefined ? undefined : readLabelWeight(settings, labelWeight, this.#pair.input)
    this.#ignored = classIndices ? ignoredElement : ignoreIndex
    this.#labelWeight = ignoreIndex === undefined ? weight : withoutIgnored(this.#pair.target, this.#ignored ?? Number.NaN, weight)
  }

  bin(state: GhmState): void {
    for (const block of this.#blocks()) {
      const { arrays, target } = this.#arrays(block)
      if (!this.#settings.isRegression) this.#refuseTargets(target, block)
      state[`update${this.#dtype}`](...arrays, block.length, this.#settings.mu)
      if (state.hasNan()) this.#refuseNan(block)
    }
  }

  /** A gradient norm above 1 belongs to no bin. */
  #refuseTargets(slot: Slot, { start }: Block): void {
    const { module, heap } = this.#native
    if (module[`firstOutsideUnit${this.#dtype}`](slot.address, slot.length) === slot.length) return
    const isBad = (t: number) => !(t >= 0 && t <= 1) && t !== this.#ignored
    const bad = heap.view(this.#dtype, slot).findIndex(isBad)
    if (bad === -1) return
    const value = this.#pair.target.data[start + bad]
    throw new RangeError(`${this.#settings.name}: target element ${start + bad} is ${value}; it must be in [0, 1]`)
  }

  #refuseNan({ start, length }: Block): never {
    const { input, target } = this.#pair
    const counts = (i: number) => this.#labelWeight === undefined || Number(this.#labelWeight.data[i]) > 0
    let at = start
    while (at < start + length - 1 && !(counts(at) && Number.isNaN(Number(input.data[at]) - Number(target.data[at])))) at++
    throw new RangeError(`${this.#settings.name}: no loss at element ${at}: input ${input.data[at]}, target ${target.data[at]}`)
  }

  /** Fills in what is wanted of each element's weighted loss and gradient, times `scale`. */
  fill(wanted: Wanted, state: GhmState, weights: readonly number[], scale: number): void {
    const { heap } = this.#native
    for (const block of this.#blocks()) {
      const { arrays, loss, gradient, bins } = this.#arrays(block, { ...wanted, weights })
      state[`gradient${this.#dtype}`](...arrays, block.length, this.#settings.mu, bins.address, scale)
      wanted.losses?.data.set(heap.view(this.#dtype, loss), block.start)
      wanted.grad?.data.set(heap.view(this.#dtype, gradient), block.start)
    }
  }

  /** A place for a number an element. */
  result(options: OutOptions = {}): FloatTensor {
    const { data, shape } = this.#pair.input
    return { data: outFloats(this.#settings.name, options, this.#dtype, data.length), shape }
  }

  #blocks(): Iterable<Block> {
    return blocksOf(this.#pair.input.data.length, 1)
  }

  /** The arrays of a block, with those of the results that are wanted and the weights of the bins. */
  #arrays({ start, length }: Block, { losses, grad, weights }: Wanted & { weights?: readonly number[] } = {}) {
    const { heap } = this.#native
    const dtype = this.#dtype
    const values: [Dtype, number] = [dtype, length]
    const slots = heap.take({
      input: values,
      target: values,
      weight: this.#labelWeight && values,
      loss: losses && values,
      gradient: grad && values,
      bins: weights && ['F64', weights.length],
    })
    if (weights) heap.view('F64', slots.bins).set(weights)
    copyFloats(heap.view(dtype, slots.input), this.#pair.input.data, start)
    copyFloats(heap.view(dtype, slots.target), this.#pair.target.data, start)
    if (this.#labelWeight) copyFloats(heap.view(dtype, slots.weight), this.#labelWeight.data, start)
    return { ...slots, arrays: addressesOf(slots) }
  }
}

class Accumulator implements GhmAccumulator {
  readonly #native: Native
  readonly #settings: Settings
  readonly #options: number
  readonly #state: GhmState

  constructor(native: Native, settings: Settings, bytes?: Uint8Array) {
    const { name, lossWeight, ...others } = settings
    this.#native = native
    this.#settings = settings
    this.#options = fingerprint(name, others)
    this.#state = newState(native, settings)
    if (bytes !== undefined) readState(name, native, this.#state, bytes, this.#options)
  }

  update(input: TensorLike, target: TensorLike, labelWeight?: TensorLike): this {
    const state = this.#live()
    const batch = newState(this.#native, this.#settings)
    try {
      new GhmBatch(this.#native, this.#settings, input, target, labelWeight).bin(batch)
      state.merge(batch)
    } finally {
      batch.delete()
    }
    return this
  }

  merge(other: this): this {
    const isSame = other instanceof Accumulator && other.#options === this.#options
    checkMergeable(this.#settings.name, isSame, isSame && other.#native === this.#native)
    this.#live().merge(other.#live())
    return this
  }

  result(): GhmResult {
    const state = this.#live()
    const counts = countsOf(this.#native, state, this.#settings)
    const mean = lossOf(this.#native, state, weightsOf(this.#native, state, counts)) * this.#settings.lossWeight
    return { mean, rows: state.count(), counts }
  }

  toBytes(): Uint8Array {
    return saveState(this.#native, this.#live(), this.#options)
  }

  dispose(): void {
    if (!this.#state.isDeleted()) this.#state.delete()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #live(): GhmState {
    return liveState(this.#settings.name, this.#state)
  }
}

const newState = ({ module }: Native, { bins, isRegression }: Settings): GhmState => new module.GhmState(bins, isRegression)

/** Elements of each bin. */
function countsOf({ heap }: Native, state: GhmState, { bins }: Settings): number[] {
  const { counts } = heap.take({ counts: ['F64', bins] })
  state.counts(counts.address)
  return Array.from(heap.view('F64', counts))
}

/** Weight of each bin's elements, from the bins' densities. */
function weightsOf({ heap }: Native, state: GhmState, densities: readonly number[]): number[] {
  const slots = heap.take({ weights: ['F64', densities.length], densities: ['F64', densities.length] })
  heap.view('F64', slots.densities).set(densities)
  state.weights(slots.weights.address, slots.densities.address)
  return Array.from(heap.view('F64', slots.weights))
}

function lossOf({ heap }: Native, state: GhmState, weights: readonly number[]): number {
  const slots = heap.take({ weights: ['F64', weights.length] })
  heap.view('F64', slots.weights).set(weights)
  return state.loss(slots.weights.address)
}

const isBins = (v: number) => Number.isInteger(v) && v >= 1 && v <= 10_000

/** Names of the options that both losses have. */
export const ghmOptions = ['bins', 'momentum', 'lossWeight', 'reduction'] as const

export function ghmLoss(native: Native, kind: GhmKind, options: GhmOptions): GhmLoss {
  const { name } = kind
  const bins = checkNumber(`${name}: bins`, options.bins ?? 10, isBins, 'an integer from 1 to 10000')
  const momentum = checkNumber(`${name}: momentum`, options.momentum ?? 0, (v) => v >= 0 && v < 1, 'in [0, 1)')
  const lossWeight = checkNonNegative(`${name}: lossWeight`, options.lossWeight ?? 1)
  const reduction = checkChoice(`${name}: reduction`, options.reduction ?? 'mean', reductions)
  const settings: Settings = { ...kind, bins, lossWeight }
  let averages: number[] = new Array(bins).fill(0)

  function densities(counts: number[]): number[] {
    if (momentum === 0) return counts
    averages = averages.map((average, bin) => (counts[bin] > 0 ? momentum * average + (1 - momentum) * counts[bin] : average))
    return averages
  }

  /** The loss of a batch; fills in its gradient too where there is a place for it. */
  function value(batch: GhmBatch, { grad }: Pick<Wanted, 'grad'>): LossValue<Reduction> {
    const losses = reduction === 'none' ? batch.result() : undefined
    const state = newState(native, settings)
    try {
      batch.bin(state)
      const weights = weightsOf(native, state, densities(countsOf(native, state, settings)))
      const scale = reduction === 'mean' ? lossWeight / state.total() : lossWeight
      if (losses || grad) batch.fill({ losses, grad }, state, weights, scale)
      return losses ?? lossOf(native, state, weights) * lossWeight * (reduction === 'sum' ? state.total() : 1)
    } finally {
      state.delete()
    }
  }

  return {
    forward(input, target, labelWeight) {
      return value(new GhmBatch(native, settings, input, target, labelWeight), {})
    },
    valueAndGrad(input, target, labelWeight, given) {
      const options = checkOptions(name, given, ['out'])
      const batch = new GhmBatch(native, settings, input, target, labelWeight)
      const grad = batch.result(options)
      return { value: value(batch, { grad }), grad }
    },
    accumulator: (bytes) => new Accumulator(native, settings, bytes),
    get averages() {
      return [...averages]
    },
    set averages(values) {
      if (!Array.isArray(values) || values.length !== bins) throw new RangeError(`${name}: averages must be an array of ${bins} numbers`)
      averages = values.map((value, bin) => checkNonNegative(`${name}: averages[${bin}]`, value))
    },
    reset() {
      averages = new Array(bins).fill(0)
    },
  }
}
