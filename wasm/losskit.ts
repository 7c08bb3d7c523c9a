// The package's functions, bound to a loaded module.

import type { DimOptions } from './activations.js'
import * as activations from './activations.js'
import type { Criterion } from './criterion.js'
import { type BceLossOptions, bceLoss } from './losses/bceLoss.js'
import { type BceWithLogitsLossOptions, bceWithLogitsLoss } from './losses/bceWithLogitsLoss.js'
import { type CrossEntropyLossOptions, crossEntropyLoss } from './losses/crossEntropyLoss.js'
import type { GhmLoss, GhmOptions } from './losses/ghm.js'
import { ghmcLoss } from './losses/ghmcLoss.js'
import { type GhmrLossOptions, ghmrLoss } from './losses/ghmrLoss.js'
import { type MultiLabelSoftMarginLossOptions, multiLabelSoftMarginLoss } from './losses/multiLabelSoftMarginLoss.js'
import { type NllLossOptions, nllLoss } from './losses/nllLoss.js'
import { type SigmoidFocalLossOptions, sigmoidFocalLoss } from './losses/sigmoidFocalLoss.js'
import { type SoftmaxFocalLossOptions, softmaxFocalLoss } from './losses/softmaxFocalLoss.js'
import type { Native } from './native.js'
import type { Tensor, TensorLike } from './tensor.js'
import type { Variant } from './variant.js'

/** Activations and losses. A Float64Array is worked in double, all else in float; results are copies, never views of wasm memory. */
export interface Losskit {
  /** Which build of the kernels runs. */
  readonly variant: Variant
  softmax(input: TensorLike, options?: DimOptions): Tensor
  logSoftmax(input: TensorLike, options?: DimOptions): Tensor
  logsumexp(input: TensorLike, options?: DimOptions): Tensor
  sigmoid(input: TensorLike): Tensor
  logSigmoid(input: TensorLike): Tensor
  softplus(input: TensorLike): Tensor
  nllLoss(options?: NllLossOptions): Criterion
  crossEntropyLoss(options?: CrossEntropyLossOptions): Criterion
  bceLoss(options?: BceLossOptions): Criterion
  bceWithLogitsLoss(options?: BceWithLogitsLossOptions): Criterion
  multiLabelSoftMarginLoss(options?: MultiLabelSoftMarginLossOptions): Criterion
  sigmoidFocalLoss(options?: SigmoidFocalLossOptions): Criterion
  softmaxFocalLoss(options?: SoftmaxFocalLossOptions): Criterion
  ghmcLoss(options?: GhmOptions): GhmLoss
  ghmrLoss(options?: GhmrLossOptions): GhmLoss
}

export function losskit(native: Native): Losskit {
  return {
    variant: native.variant,
    softmax: (input, options) => activations.softmax(native, input, options),
    logSoftmax: (input, options) => activations.logSoftmax(native, input, options),
    logsumexp: (input, options) => activations.logsumexp(native, input, options),
    sigmoid: (input) => activations.sigmoid(native, input),
    logSigmoid: (input) => activations.logSigmoid(native, input),
    softplus: (input) => activations.softplus(native, input),
    nllLoss: (options) => nllLoss(native, options),
    crossEntropyLoss: (options) => crossEntropyLoss(native, options),
    bceLoss: (options) => bceLoss(native, options),
    bceWithLogitsLoss: (options) => bceWithLogitsLoss(native, options),
    multiLabelSoftMarginLoss: (options) => multiLabelSoftMarginLoss(native, options),
    sigmoidFocalLoss: (options) => sigmoidFocalLoss(native, options),
    softmaxFocalLoss: (options) => softmaxFocalLoss(native, options),
    ghmcLoss: (options) => ghmcLoss(native, options),
    ghmrLoss: (options) => ghmrLoss(native, options),
  }
}
