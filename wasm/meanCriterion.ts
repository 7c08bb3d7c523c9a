// Every loss that is a (weighted) mean over rows or elements: forward, gradient and accumulator on top of its kernel.
import { checkMergeable, liveState, readState, saveState } from './accumulatorState.js'
import { checkChoice, checkOptions } from './arguments.js'
import {
  type Accumulator,
  type Criterion,
  type LossKernel,
  type LossResult,
  type PreparedLoss,
  type ReductionOptions,
  reductions,
} from './criterion.js'
import { fingerprint } from './fingerprint.js'
import type { LossState } from './module/losses.js'
import { type FloatArray, newFloats, outFloats, sizeOf, type Tensor, type TensorLike } from './tensor.js'

const emptyMeans = ['nan', 'zero'] as const

/** Names of the options that every such loss has. */
export const reductionOptions = ['reduction', 'emptyMean'] as const

export function meanCriterion(name: string, kernel: LossKernel, options: ReductionOptions): Criterion {
  const reduction = checkChoice(`${name}: reduction`, options.reduction ?? 'mean', reductions)
  const emptyMean = checkChoice(`${name}: emptyMean`, options.emptyMean ?? 'nan', emptyMeans)
  const { LossState: State } = kernel.native.module
  const divisorOf = kernel.divisor ?? ((weight: number) => weight)

  function reduced(state: LossState): number {
    if (reduction === 'sum') return state.sum()
    const divisor = divisorOf(state.weight())
    return divisor === 0 && emptyMean === 'zero' ? 0 : state.sum() / divisor
  }

  /** A mean of nothing has no slope. */
  function gradientScale(loss: PreparedLoss): number {
    if (reduction !== 'mean') return 1
    const divisor = divisorOf(loss.weight())
    return divisor === 0 ? 0 : 1 / divisor
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
    valueAndGrad(input, target, given) {
      const options = checkOptions(name, given, ['out'])
      const loss = kernel.prepare(input, target)
      const grad = { data: outFloats(name, options, loss.dtype, sizeOf(loss.gradientShape)), shape: loss.gradientShape }
      return { value: work(loss, grad.data, gradientScale(loss)), grad }
    },
    accumulator: (bytes) => new MeanAccumulator(name, kernel, bytes),
  }
}

class MeanAccumulator implements Accumulator {
  readonly #name: string
  readonly #kernel: LossKernel
  readonly #settings: number
  readonly #state: LossState

  constructor(name: string, kernel: LossKernel, bytes?: Uint8Array) {
    kernel.refuseBatches?.()
    this.#name = name
    this.#kernel = kernel
    this.#settings = fingerprint(name, kernel.options)
    this.#state = new kernel.native.module.LossState()
    if (bytes !== undefined) readState(name, kernel.native, this.#state, bytes, this.#settings)
  }

  update(input: TensorLike, target: TensorLike): this {
    const state = this.#live()
    // A batch counts whole or not at all: an error in a later block must not leave its first rows behind.
    const batch = new this.#kernel.native.module.LossState()
    try {
      this.#kernel.prepare(input, target).pass({ state: batch, gradientScale: 1 })
      state.merge(batch)
    } finally {
      batch.delete()
    }
    return this
  }

  merge(other: this): this {
    const isSame = other instanceof MeanAccumulator && other.#settings === this.#settings
    checkMergeable(this.#name, isSame, isSame && other.#kernel.native === this.#kernel.native)
    this.#live().merge(other.#live())
    return this
  }

  result(): LossResult {
    const state = this.#live()
    const sum = state.sum()
    const weight = this.#kernel.divisor?.(state.weight()) ?? state.weight()
    return { mean: sum / weight, sum, weight, rows: state.rows(), ignored: state.ignored() }
  }

  toBytes(): Uint8Array {
    return saveState(this.#kernel.native, this.#live(), this.#settings)
  }

  dispose(): void {
    if (!this.#state.isDeleted()) this.#state.delete()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #live(): LossState {
    return liveState(this.#name, this.#state)
  }
}
