// The two gradient harmonizing losses: what they share.
import { checkChoice, checkNonNegative, checkNumber, checkSameShape } from '../arguments.js'
import { reductions } from '../criterion.js'
import { type Block, blocksOf } from '../layout.js'
import type { GhmState, LossArrays } from '../module/simd.js'
import type { Native } from '../native.js'
import {
  copyFloats,
  type Dtype,
  dtypeOf,
  type FloatArray,
  type Input,
  newFloats,
  readTensor,
  type Tensor,
  type TensorLike,
} from '../tensor.js'
import { type Pair, readPair } from './elementwise.js'

export interface GhmOptions {
  /** Bins of the gradient norm, 1 to 1,000,000. Default 10. */
  bins?: number
  /** Share of a bin's moving average kept from call to call, in [0, 1); an empty bin keeps its average. Default 0: no memory. */
  momentum?: number
  /** Factor on the loss. Default 1. */
  lossWeight?: number
  /** 'mean' (default) divides by the elements that count; 'sum' does not; 'none' gives each element's weighted loss. */
  reduction?: 'mean' | 'sum' | 'none'
}

export interface GhmResult {
  /** The loss, in nats; 0 where nothing counts. */
  mean: number
  /** Elements that count. */
  rows: number
  /** Elements per bin of the gradient norm. */
  counts: number[]
}

export interface GhmAccumulator {
  /** labelWeight: like input; elements with a value <= 0 do not count. */
  update(input: TensorLike, target: TensorLike, labelWeight?: TensorLike): this
  merge(other: this): this
  /** The loss over all batches as if they were one, without momentum. */
  result(): GhmResult
  toBytes(): Uint8Array
  dispose(): void
  [Symbol.dispose](): void
}

export interface GhmLoss {
  /** labelWeight: like input; elements with a value <= 0 do not count. Worked in double where the input is a Float64Array. */
  forward(input: TensorLike, target: TensorLike, labelWeight?: TensorLike): number | Tensor
  valueAndGrad(input: TensorLike, target: TensorLike, labelWeight?: TensorLike): { value: number | Tensor; grad: Tensor }
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
}

/** A batch. Two passes where the gradient is wanted, since a weight is known only when all elements are binned. */
class GhmBatch {
  readonly #native: Native
  readonly #settings: Settings
  readonly #pair: Pair
  readonly #labelWeight: Input | undefined
  readonly #dtype: Dtype

  constructor(native: Native, settings: Settings, input: TensorLike, target: TensorLike, labelWeight?: TensorLike) {
    this.#native = native
    this.#settings = settings
    this.#pair = readPair(settings.name, input, target)
    this.#dtype = dtypeOf(this.#pair.input)
    if (labelWeight === undefined) return
    this.#labelWeight = readTensor(`${settings.name}: labelWeight`, labelWeight)
    checkSameShape(`${settings.name}: labelWeight`, this.#labelWeight.shape, 'input', this.#pair.input.shape)
  }

  bin(state: GhmState): void {
    for (const block of this.#blocks()) {
      state[`update${this.#dtype}`](this.#arrays(block, false).arrays, block.length, this.#settings.mu)
      if (!state.hasNan()) continue
      const last = block.start + block.length - 1
      throw new RangeError(`${this.#settings.name}: input or target is NaN in elements ${block.start} to ${last}`)
    }
  }

  /** Each element's weighted loss and gradient, times `scale`. */
  elements(state: GhmState, weights: number[], scale: number): { losses: Tensor; grad: Tensor } {
    const { heap } = this.#native
    const losses = this.#result()
    const grad = this.#result()
    for (const block of this.#blocks()) {
      const { arrays, loss, gradient } = this.#arrays(block, true)
      state[`gradient${this.#dtype}`](arrays, block.length, this.#settings.mu, weights, scale)
      losses.data.set(heap.view(this.#dtype, loss), block.start)
      grad.data.set(heap.view(this.#dtype, gradient), block.start)
    }
    return { losses, grad }
  }

  #result(): { data: FloatArray; shape: number[] } {
    const { data, shape } = this.#pair.input
    return { data: newFloats(this.#dtype, data.length), shape }
  }

  #blocks(): Iterable<Block> {
    return blocksOf(this.#pair.input.data.length, 1)
  }

  #arrays({ start, length }: Block, wantsResults: boolean) {
    const { heap } = this.#native
    const dtype = this.#dtype
    const values: [Dtype, number] = [dtype, length]
    const results = wantsResults ? values : undefined
    const slots = heap.take({ input: values, target: values, weight: this.#labelWeight && values, loss: results, gradient: results })
    copyFloats(heap.view(dtype, slots.input), this.#pair.input.data, start)
    copyFloats(heap.view(dtype, slots.target), this.#pair.target.data, start)
    if (this.#labelWeight) copyFloats(heap.view(dtype, slots.weight), this.#labelWeight.data, start)
    const arrays: LossArrays = {
      loss: slots.loss.address,
      gradient: slots.gradient.address,
      input: slots.input.address,
      target: slots.target.address,
      weight: slots.weight.address,
    }
    return { arrays, loss: slots.loss, gradient: slots.gradient }
  }
}

class Accumulator implements GhmAccumulator {
  readonly #native: Native
  readonly #settings: Settings
  readonly #state: GhmState

  constructor(native: Native, settings: Settings, bytes?: Uint8Array) {
    this.#native = native
    this.#settings = settings
    this.#state = newState(native, settings)
    if (bytes !== undefined) this.#read(bytes)
  }

  update(input: TensorLike, target: TensorLike, labelWeight?: TensorLike): this {
    const batch = newState(this.#native, this.#settings)
    try {
      new GhmBatch(this.#native, this.#settings, input, target, labelWeight).bin(batch)
      this.#state.merge(batch)
    } finally {
      batch.delete()
    }
    return this
  }

  merge(other: this): this {
    const { name, bins } = this.#settings
    if (!(other instanceof Accumulator) || other.#settings.name !== name || other.#settings.bins !== bins) {
      throw new TypeError(`${name}: merge takes an accumulator of this loss with ${bins} bins`)
    }
    this.#state.merge(other.#state)
    return this
  }

  result(): GhmResult {
    const counts: number[] = this.#state.counts()
    const mean = this.#state.loss(this.#state.weights(counts)) * this.#settings.lossWeight
    return { mean, rows: this.#state.count(), counts }
  }

  toBytes(): Uint8Array {
    return this.#state.toBytes()
  }

  dispose(): void {
    if (!this.#state.isDeleted()) this.#state.delete()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #read(bytes: Uint8Array): void {
    const { name, bins } = this.#settings
    if (!(bytes instanceof Uint8Array)) throw new TypeError(`${name}: an accumulator's bytes must be a Uint8Array`)
    if (this.#native.heap.withBytes(bytes, (address, size) => this.#state.fromBytes(address, size))) return
    this.dispose()
    throw new RangeError(`${name}: these ${bytes.length} bytes are no saved accumulator of this version with ${bins} bins`)
  }
}

const newState = ({ module }: Native, { bins, isRegression }: Settings): GhmState => new module.GhmState(bins, isRegression)

const isBins = (v: number) => Number.isInteger(v) && v >= 1 && v <= 1e6

export function ghmLoss(native: Native, name: string, isRegression: boolean, mu: number, options: GhmOptions): GhmLoss {
  const bins = checkNumber(`${name}: bins`, options.bins ?? 10, isBins, 'an integer from 1 to 1000000')
  const momentum = checkNumber(`${name}: momentum`, options.momentum ?? 0, (v) => v >= 0 && v < 1, 'in [0, 1)')
  const lossWeight = checkNonNegative(`${name}: lossWeight`, options.lossWeight ?? 1)
  const reduction = checkChoice(`${name}: reduction`, options.reduction ?? 'mean', reductions)
  const settings: Settings = { name, isRegression, mu, bins, lossWeight }
  let averages: number[] = new Array(bins).fill(0)

  function densities(counts: number[]): number[] {
    if (momentum === 0) return counts
    averages = averages.map((average, bin) => (counts[bin] > 0 ? momentum * average + (1 - momentum) * counts[bin] : average))
    return averages
  }

  function work<T>(batch: GhmBatch, use: (state: GhmState, weights: number[], scale: number) => T): T {
    const state = newState(native, settings)
    try {
      batch.bin(state)
      const scale = reduction === 'mean' ? lossWeight / state.total() : lossWeight
      return use(state, state.weights(densities(state.counts())), scale)
    } finally {
      state.delete()
    }
  }

  const reduced = (state: GhmState, weights: number[]) => state.loss(weights) * lossWeight * (reduction === 'sum' ? state.total() : 1)

  return {
    forward(input, target, labelWeight) {
      const batch = new GhmBatch(native, settings, input, target, labelWeight)
      return work(batch, (state, weights, scale) =>
        reduction === 'none' ? batch.elements(state, weights, scale).losses : reduced(state, weights),
      )
    },
    valueAndGrad(input, target, labelWeight) {
      const batch = new GhmBatch(native, settings, input, target, labelWeight)
      return work(batch, (state, weights, scale) => {
        const { losses, grad } = batch.elements(state, weights, scale)
        return { value: reduction === 'none' ? losses : reduced(state, weights), grad }
      })
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
