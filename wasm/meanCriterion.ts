// Every loss that is a (weighted) mean over rows or elements: forward, gradient and accumulator on top of its kernel.
import { checkChoice } from './arguments.js'
import {
  type Accumulator,
  type Criterion,
  type LossKernel,
  type LossResult,
  type PreparedLoss,
  type ReductionOptions,
  reductions,
} from './criterion.js'
import type { LossState } from './module/simd.js'
import { type FloatArray, newFloats, sizeOf, type Tensor, type TensorLike } from './tensor.js'

const emptyMeans = ['nan', 'zero'] as const

export function meanCriterion(name: string, kernel: LossKernel, options: ReductionOptions): Criterion {
  const reduction = checkChoice(`${name}: reduction`, options.reduction ?? 'mean', reductions)
  const emptyMean = checkChoice(`${name}: emptyMean`, options.emptyMean ?? 'nan', emptyMeans)
  const { LossState: State } = kernel.native.module

  function reduced(state: LossState): number {
    if (reduction === 'sum') return state.sum()
    const weight = state.weight()
    return weight === 0 && emptyMean === 'zero' ? 0 : state.sum() / weight
  }

  /** A mean of nothing has no slope. */
  function gradientScale(loss: PreparedLoss): number {
    if (reduction !== 'mean') return 1
    const weight = loss.weight()
    return weight === 0 ? 0 : 1 / weight
  }

  function work(loss: PreparedLoss, gradient: FloatArray | undefined, scale: number): number | Tensor {
    if (reduction === 'none') {
      const losses = newFloats(loss.dtype, sizeOf(loss.lossShape))
      loss.pass({ losses, gradient, gradientScale: scale })
      return { data: losses, shape: loss.lossShape }
    }
    const state = new State()
    try {
      loss.pass({ state, gradient, gradientScale: scale })
      return reduced(state)
    } finally {
      state.delete()
    }
  }

  return {
    forward: (input, target) => work(kernel.prepare(input, target), undefined, 1),
    valueAndGrad(input, target) {
      const loss = kernel.prepare(input, target)
      const grad = { data: newFloats(loss.dtype, sizeOf(loss.gradientShape)), shape: loss.gradientShape }
      return { value: work(loss, grad.data, gradientScale(loss)), grad }
    },
    accumulator: (bytes) => new MeanAccumulator(name, kernel, bytes),
  }
}

class MeanAccumulator implements Accumulator {
  readonly #name: string
  readonly #kernel: LossKernel
  readonly #state: LossState

  constructor(name: string, kernel: LossKernel, bytes?: Uint8Array) {
    kernel.refuseBatches?.()
    this.#name = name
    this.#kernel = kernel
    this.#state = new kernel.native.module.LossState()
    if (bytes !== undefined) this.#read(bytes)
  }

  update(input: TensorLike, target: TensorLike): this {
    // A batch counts whole or not at all: an error in a later block must not leave its first rows behind.
    const batch = new this.#kernel.native.module.LossState()
    try {
      this.#kernel.prepare(input, target).pass({ state: batch, gradientScale: 1 })
      this.#state.merge(batch)
    } finally {
      batch.delete()
    }
    return this
  }

  merge(other: this): this {
    if (!(other instanceof MeanAccumulator)) throw new TypeError(`${this.#name}: merge takes an accumulator of the same loss`)
    this.#state.merge(other.#state)
    return this
  }

  result(): LossResult {
    const sum = this.#state.sum()
    const weight = this.#state.weight()
    return { mean: sum / weight, sum, weight, rows: this.#state.rows(), ignored: this.#state.ignored() }
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
    if (!(bytes instanceof Uint8Array)) throw new TypeError(`${this.#name}: an accumulator's bytes must be a Uint8Array`)
    const ok = this.#kernel.native.heap.withBytes(bytes, (address, size) => this.#state.fromBytes(address, size))
    if (ok) return
    this.dispose()
    throw new RangeError(`${this.#name}: these ${bytes.length} bytes are no saved accumulator of this version and kind of loss`)
  }
}
