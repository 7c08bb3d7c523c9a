// The shape every loss has in the package.
import type { LossState } from './module/losses.js'
import type { Native } from './native.js'
import type { Dtype, FloatArray, OutOptions, Tensor, TensorLike } from './tensor.js'

/** How the losses of a call become its result. */
export type Reduction = 'mean' | 'sum' | 'none'
export const reductions: readonly Reduction[] = ['mean', 'sum', 'none']

/** Options of every loss that is a mean over rows or elements. */
export interface ReductionOptions {
  /** 'mean' (default), 'sum' or 'none'. The mean divides by the sum of the weights of the rows that count, or by the number of elements. */
  reduction?: Reduction
  /** Mean of no row at all: NaN as in PyTorch (default), or 0. */
  emptyMean?: 'nan' | 'zero'
}

/** The reduction that a call's options ask for, which decides what a loss comes to. */
export interface Reduced<R extends Reduction> {
  /** 'mean' (default), 'sum' or 'none'. */
  reduction?: R
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
 * Holds wasm memory until disposed of.
 */
export interface Accumulator {
  /**
   * Takes in a batch, whole or not at all.
   *
   * @throws TypeError or RangeError naming the argument and the row.
   */
  update(input: TensorLike, target: TensorLike): this
  /** Takes over what `other` (of a criterion with the same options) has gathered; `other` stays as it is. */
  merge(other: this): this
  /** What the batches so far come to; it can go on afterwards. */
  result(): LossResult
  /** The state, to be sent elsewhere and read by `accumulator(bytes)` of a criterion with the same options. */
  toBytes(): Uint8Array
  /** Gives the wasm memory back; the accumulator cannot be used any more. */
  dispose(): void
  /** As `dispose`, for `using`. */
  [Symbol.dispose](): void
}

/** What a loss comes to: a tensor for reduction 'none', else a number. */
export type LossValue<R extends Reduction> = R extends 'none' ? Tensor : number

/** A loss and its gradient. */
export interface ValueAndGrad<R extends Reduction = Reduction> {
  /** As `forward` gives it. */
  value: LossValue<R>
  /** In the input's shape and precision. */
  grad: Tensor
}

/** A loss with its options, R being its reduction. */
export interface Criterion<R extends Reduction = Reduction> {
  /**
   * The loss in nats: a number, or with reduction 'none' a tensor. Worked in double where the input is a Float64Array, else in float.
   *
   * @throws TypeError or RangeError naming the argument and the row.
   */
  forward(input: TensorLike, target: TensorLike): LossValue<R>
  /**
   * The loss and its gradient with respect to the input, in the input's shape (of the sum of all losses for reduction 'none'). `out` is for the
   * gradient.
   */
  valueAndGrad(input: TensorLike, target: TensorLike, options?: OutOptions): ValueAndGrad<R>
  /**
   * An empty accumulator, or one that goes on from saved bytes.
   *
   * @throws RangeError for bytes that are damaged, or of another version, loss or options.
   */
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
  /** The checked options that change losses or weights. */
  options: object
  /** Checks and reads the arguments. */
  prepare(input: TensorLike, target: TensorLike): PreparedLoss
  /** Throws where the options cannot be worked batch by batch. */
  refuseBatches?(): void
  /** What the mean divides by, from the weight gathered; the weight itself where this is missing. */
  divisor?(weight: number): number
}

/** A loss with its arguments read. */
export interface PreparedLoss {
  dtype: Dtype
  /** Shape of the losses under reduction 'none'. */
  lossShape: number[]
  gradientShape: number[]
  /** What the rows add to the state's weight. */
  weight(): number
  /** Works all blocks. */
  pass(outputs: PassOutputs): void
}
