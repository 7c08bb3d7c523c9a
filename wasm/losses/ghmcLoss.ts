import { checkNonNegative, checkNumber, checkSameShape } from '../arguments.js'
import { type Block, blocksOf } from '../layout.js'
import type { GhmClassification } from '../module/simd.js'
import type { Native } from '../native.js'
import { copyFloats, type Input, readTensor, type Tensor, type TensorLike } from '../tensor.js'
import { readPair } from './elementwise.js'

export interface GhmcLossOptions {
  /** Bins of the gradient norm. Default 10. */
  bins?: number
  /** Share of a bin's moving average kept from call to call, in [0, 1); an empty bin keeps its average. Default 0: no memory. */
  momentum?: number
  /** Factor on the loss. Default 1. */
  lossWeight?: number
}

export interface GhmcResult {
  /** The loss, in nats; 0 where nothing counts. */
  mean: number
  /** Elements that count. */
  rows: number
  /** Elements per bin of the gradient norm |sigmoid(x) - t|. */
  counts: number[]
}

export interface GhmcAccumulator {
  /** labelWeight: like input; elements with a value <= 0 do not count. */
  update(input: TensorLike, target: TensorLike, labelWeight?: TensorLike): this
  merge(other: this): this
  /** The loss over all batches as if they were one, without momentum. */
  result(): GhmcResult
  toBytes(): Uint8Array
  dispose(): void
  [Symbol.dispose](): void
}

export interface GhmcLoss {
  forward(input: TensorLike, target: TensorLike, labelWeight?: TensorLike): number
  valueAndGrad(input: TensorLike, target: TensorLike, labelWeight?: TensorLike): { value: number; grad: Tensor }
  accumulator(bytes?: Uint8Array): GhmcAccumulator
  /** Forgets the bins' moving averages. */
  reset(): void
}

const name = 'ghmcLoss'

/** A batch and its bins: two passes where the gradient is wanted, since a weight is known only when all elements are binned. */
class GhmcPass {
  readonly #native: Native
  readonly #input: Input
  readonly #target: Input
  readonly #mask: Input | undefined

  constructor(native: Native, input: TensorLike, target: TensorLike, labelWeight?: TensorLike) {
    this.#native = native
    const pair = readPair(name, input, target)
    this.#input = pair.input
    this.#target = pair.target
    if (labelWeight === undefined) return
    this.#mask = readTensor(`${name}: labelWeight`, labelWeight)
    checkSameShape(`${name}: labelWeight`, this.#mask.shape, 'input', this.#input.shape)
  }

  bin(state: GhmClassification): void {
    for (const block of this.#blocks()) {
      const { logits, target, mask } = this.#copy(block, 0)
      state.update(logits.address, target.address, mask.address, block.length)
      if (state.hasNan())
        throw new RangeError(`${name}: input or target is NaN in elements ${block.start} to ${block.start + block.length - 1}`)
    }
  }

  gradient(state: GhmClassification, weights: number[], scale: number): Tensor {
    const { heap } = this.#native
    const grad = { data: new Float32Array(this.#input.data.length), shape: this.#input.shape }
    for (const block of this.#blocks()) {
      const { logits, target, mask, gradient } = this.#copy(block, block.length)
      state.gradient(0, gradient.address, logits.address, target.address, mask.address, block.length, weights, scale)
      grad.data.set(heap.floats(gradient), block.start)
    }
    return grad
  }

  #blocks(): Iterable<Block> {
    return blocksOf(this.#input.data.length, 1)
  }

  #copy({ start, length }: Block, gradientLength: number) {
    const { heap } = this.#native
    const [logits, target, mask, gradient] = heap.take(length, length, this.#mask ? length : 0, gradientLength)
    copyFloats(heap.floats(logits), this.#input.data, start)
    copyFloats(heap.floats(target), this.#target.data, start)
    if (this.#mask) copyFloats(heap.floats(mask), this.#mask.data, start)
    return { logits, target, mask, gradient }
  }
}

class Accumulator implements GhmcAccumulator {
  readonly #native: Native
  readonly #bins: number
  readonly #lossWeight: number
  readonly #state: GhmClassification

  constructor(native: Native, bins: number, lossWeight: number, bytes?: Uint8Array) {
    this.#native = native
    this.#bins = bins
    this.#lossWeight = lossWeight
    this.#state = new native.module.GhmClassification(bins)
    if (bytes !== undefined) this.#read(bytes)
  }

  update(input: TensorLike, target: TensorLike, labelWeight?: TensorLike): this {
    const batch = new this.#native.module.GhmClassification(this.#bins)
    try {
      new GhmcPass(this.#native, input, target, labelWeight).bin(batch)
      this.#state.merge(batch)
    } finally {
      batch.delete()
    }
    return this
  }

  merge(other: this): this {
    if (!(other instanceof Accumulator) || other.#bins !== this.#bins) {
      throw new TypeError(`${name}: merge takes an accumulator of this loss with ${this.#bins} bins`)
    }
    this.#state.merge(other.#state)
    return this
  }

  result(): GhmcResult {
    const counts: number[] = this.#state.counts()
    const mean = this.#state.loss(this.#state.weights(counts)) * this.#lossWeight
    return { mean, rows: this.#state.total(), counts }
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
    if (!(bytes instanceof Uint8Array)) throw new TypeError(`${name}: an accumulator's bytes must be a Uint8Array`)
    if (this.#native.heap.withBytes(bytes, (address, size) => this.#state.fromBytes(address, size))) return
    this.dispose()
    throw new RangeError(`${name}: these ${bytes.length} bytes are no saved accumulator of this version with ${this.#bins} bins`)
  }
}

/**
 * Gradient harmonizing loss for classification: binary cross entropy of logits, each element weighted by the inverse of how many share its
 * gradient norm |sigmoid(x) - t|. Li, Liu, Wang 2019, "Gradient Harmonized Single-stage Detector", eq. 4-9, as mmdetection's GHMC: the weights
 * count as constants in the gradient. input, target: any shape, the same; targets in [0, 1].
 */
export function ghmcLoss(native: Native, options: GhmcLossOptions = {}): GhmcLoss {
  const isBins = (v: number) => Number.isInteger(v) && v >= 1 && v <= 1e6
  const bins = checkNumber(`${name}: bins`, options.bins ?? 10, isBins, 'an integer from 1 to 1000000')
  const momentum = checkNumber(`${name}: momentum`, options.momentum ?? 0, (v) => v >= 0 && v < 1, 'in [0, 1)')
  const lossWeight = checkNonNegative(`${name}: lossWeight`, options.lossWeight ?? 1)
  let averages: number[] = new Array(bins).fill(0)

  function densities(counts: number[]): number[] {
    if (momentum === 0) return counts
    averages = averages.map((average, bin) => (counts[bin] > 0 ? momentum * average + (1 - momentum) * counts[bin] : average))
    return averages
  }

  function work<T>(pass: GhmcPass, use: (state: GhmClassification, weights: number[]) => T): T {
    const state = new native.module.GhmClassification(bins)
    try {
      pass.bin(state)
      return use(state, state.weights(densities(state.counts())))
    } finally {
      state.delete()
    }
  }

  const value = (state: GhmClassification, weights: number[]) => state.loss(weights) * lossWeight

  return {
    forward: (input, target, labelWeight) => work(new GhmcPass(native, input, target, labelWeight), value),
    valueAndGrad(input, target, labelWeight) {
      const pass = new GhmcPass(native, input, target, labelWeight)
      return work(pass, (state, weights) => {
        const scale = lossWeight / Math.max(state.total(), 1)
        return { value: value(state, weights), grad: pass.gradient(state, weights, scale) }
      })
    },
    accumulator: (bytes) => new Accumulator(native, bins, lossWeight, bytes),
    reset() {
      averages = averages.fill(0)
    },
  }
}
