// The shape every loss has in the package.
import type { LossState } from './module/simd.js'
import type { Native } from './native.js'
import type { Dtype, FloatArray, Tensor, TensorLike } from './tensor.js'

export type Reduction = 'mean' | 'sum' | 'none'
export const reductions: readonly Reduction[] = ['mean', 'sum', 'none']

export interface ReductionOptions {
  /** 'mean' (default), 'sum' or 'none'. The mean divides by the sum of the weights of the rows that count, or by the number of elements. */
  reduction?: Reduction
  /** Mean of no row at all: NaN as in PyTorch (default), or 0. */
  emptyMean?: 'nan' | 'zero'
}

/** What has been gathered so far. */
export interface LossResult {
  /** sum / weight, in nats; NaN where nothing counts. */
  mean: number
  /** Exact sum of the (weighted) losses, rounded once. */
  sum: number
  /** What the mean divides by: the sum of the weights of the rows that count. */
  weight: number
  /** Rows (class losses) or elements (binary losses) seen. */
  rows: number
  /** Those of them that were ignored. */
  ignored: number
}

/**
 * A loss over any number of batches. Sums are exact: the same rows in any batches, merged in any order, give the same bits as one pass.
 * Holds wasm memory until disposed.
 */
export interface Accumulator {
  update(input: TensorLike, target: TensorLike): this
  /** Takes over what `other` (of a criterion with the same options) has gathered; `other` stays as it is. */
  merge(other: this): this
  result(): LossResult
  /** The state, to be sent elsewhere and read by `accumulator(bytes)` of a criterion with the same options. */
  toBytes(): Uint8Array
  dispose(): void
  [Symbol.dispose](): void
}

export interface Criterion {
  /** The loss in nats: a number, or with reduction 'none' a tensor. Worked in double where the input is a Float64Array, else in float. */
  forward(input: TensorLike, target: TensorLike): number | Tensor
  /** The loss and its gradient with respect to the input, in the input's shape (of the sum of all losses for reduction 'none'). */
  valueAndGrad(input: TensorLike, target: TensorLike): { value: number | Tensor; grad: Tensor }
  /** An empty accumulator, or one that goes on from saved bytes. */
  accumulator(bytes?: Uint8Array): Accumulator
}

/** Which arrays a pass over the data fills, beside the state it adds to. */
export interface PassOutputs {
  state?: LossState
  losses?: FloatArray
  gradient?: FloatArray
  gradientScale: number
}

/** The one thing a loss must bring along; `meanCriterion` makes the rest of it. */
export interface LossKernel {
  native: Native
  /** Checks and reads the arguments. */
  prepare(input: TensorLike, target: TensorLike): PreparedLoss
  /** Throws where the options cannot be worked batch by batch. */
  refuseBatches?(): void
}

/** A loss with its arguments read. */
export interface PreparedLoss {
  dtype: Dtype
  /** Shape of the losses under reduction 'none'. */
  lossShape: number[]
  gradientShape: number[]
  /** What the mean divides by. */
  weight(): number
  /** Works all blocks. */
  pass(outputs: PassOutputs): void
}
