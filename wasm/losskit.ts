// The package's functions, bound to a loaded module. Their documentation stands here, where callers see it.

import type { DimOptions } from './activations.js'
import * as activations from './activations.js'
import type { Criterion, Reduced, Reduction } from './criterion.js'
import { type BceLossOptions, bceLoss } from './losses/bceLoss.js'
import { type BceWithLogitsLossOptions, bceWithLogitsLoss } from './losses/bceWithLogitsLoss.js'
import { type CrossEntropyLossOptions, crossEntropyLoss } from './losses/crossEntropyLoss.js'
import type { GhmLoss } from './losses/ghm.js'
import { type GhmcLossOptions, ghmcLoss } from './losses/ghmcLoss.js'
import { type GhmrLossOptions, ghmrLoss } from './losses/ghmrLoss.js'
import { type MultiLabelSoftMarginLossOptions, multiLabelSoftMarginLoss } from './losses/multiLabelSoftMarginLoss.js'
import { type NllLossOptions, nllLoss } from './losses/nllLoss.js'
import { type SigmoidFocalLossOptions, sigmoidFocalLoss } from './losses/sigmoidFocalLoss.js'
import { type SoftmaxFocalLossOptions, softmaxFocalLoss } from './losses/softmaxFocalLoss.js'
import type { Native } from './native.js'
import type { OutOptions, Tensor, TensorLike } from './tensor.js'
import type { Variant } from './variant.js'

/**
 * Activations and losses. A Float64Array is worked in double, all else in float; results are copies, never views of wasm memory, in new arrays or
 * in one that is given. Sums over rows are exact before they are rounded once. Names and semantics are PyTorch's; losses are in nats.
 *
 * Every function throws a TypeError or RangeError that names the argument, and the row or element, where it is misused.
 */
export interface Losskit {
  /** Which build of the kernels runs. */
  readonly variant: Variant

  /**
   * e^x_c / sum_j e^x_j along an axis, torch.nn.Softmax; the shape of the input. In float within 4 ULP of double. A score of -Infinity gets 0;
   * NaN, two +Infinity or only -Infinity make the row NaN.
   */
  softmax(input: TensorLike, options?: DimOptions): Tensor
  /** x_c - log(sum_j e^x_j) along an axis, torch.nn.LogSoftmax; the shape of the input. Exact where the probability is near 1. */
  logSoftmax(input: TensorLike, options?: DimOptions): Tensor
  /** log(sum_j e^x_j) along an axis, torch.logsumexp; the shape of the input without that axis. -Infinity where all scores are. */
  logsumexp(input: TensorLike, options?: DimOptions): Tensor
  /** 1 / (1 + e^-x), torch.nn.Sigmoid; the shape of the input. */
  sigmoid(input: TensorLike, options?: OutOptions): Tensor
  /** -log(1 + e^-x), torch.nn.LogSigmoid; the shape of the input. Finite for every finite x: -100 gives -100. */
  logSigmoid(input: TensorLike, options?: OutOptions): Tensor
  /** log(1 + e^x), torch.nn.Softplus with beta 1 and no threshold; the shape of the input. Finite for every finite x: 100 gives 100. */
  softplus(input: TensorLike, options?: OutOptions): Tensor

  /**
   * Negative log likelihood of log probabilities, torch.nn.NLLLoss: -w_y x_y, in nats where the input is a logSoftmax.
   *
   * input: [C], [N, C] or [N, C, d1, ...]. target: the same without C, integers in [0, C) or ignoreIndex. The mean divides by the sum of w_y.
   */
  nllLoss<R extends Reduction = 'mean'>(options?: NllLossOptions & Reduced<R>): Criterion<R>
  /**
   * Cross entropy of logits, torch.nn.CrossEntropyLoss: sum_c w_c t_c (-log p_c) with p = softmax(input), in nats.
   *
   * input: [C], [N, C] or [N, C, d1, ...]. target: the same without C, integers in [0, C) or ignoreIndex, t_c = (1 - e) [c = y] + e / C, the mean
   * dividing by the sum of w_y; or class probabilities of the input's shape, each finite and >= 0, t_c mixed likewise, the mean dividing by the
   * number of rows. Float losses of class indices are within 4 ULP of double over all finite logits, both tails included.
   */
  crossEntropyLoss<R extends Reduction = 'mean'>(options?: CrossEntropyLossOptions & Reduced<R>): Criterion<R>
  /**
   * Binary cross entropy of probabilities, torch.nn.BCELoss: -w (t log p + (1 - t) log(1 - p)) in nats, logs no smaller than -100; the gradient
   * w (p - t) / max(p (1 - p), 1e-12), as PyTorch's. The mean divides by the number of elements. input, target: any shape, the same, in [0, 1].
   * Logits are better given to bceWithLogitsLoss: a probability near 1 has lost their digits.
   */
  bceLoss<R extends Reduction = 'mean'>(options?: BceLossOptions & Reduced<R>): Criterion<R>
  /**
   * Binary cross entropy of logits, torch.nn.BCEWithLogitsLoss: w (t p softplus(-x) + (1 - t) softplus(x)) with p = posWeight, in nats. The mean
   * divides by the number of elements. input, target: any shape, the same; targets are usually in [0, 1]. Float losses without weights are
   * within 4 ULP of double.
   */
  bceWithLogitsLoss<R extends Reduction = 'mean'>(options?: BceWithLogitsLossOptions & Reduced<R>): Criterion<R>
  /**
   * Multi-label one-against-all loss, torch.nn.MultiLabelSoftMarginLoss: per row the mean over the classes of
   * w_c (t softplus(-x) + (1 - t) softplus(x)), in nats; then the mean over the rows. input, target: [C] or [N, C] (the last axis holds the
   * classes), the same shape; targets in [0, 1].
   */
  multiLabelSoftMarginLoss<R extends Reduction = 'mean'>(options?: MultiLabelSoftMarginLossOptions & Reduced<R>): Criterion<R>
  /**
   * Focal loss of logits or probabilities, each element for itself: w alpha_t (1 - p_t)^gamma BCE(p, t) with p = sigmoid(x), in nats; alpha_t =
   * alpha t + (1 - alpha)(1 - t), p_t = p t + (1 - p)(1 - t). Lin et al. 2017, "Focal Loss for Dense Object Detection", eq. 5. By default
   * torchvision.ops.sigmoid_focal_loss; `losskit/dialects` has the options of other libraries. The mean divides by the number of elements.
   *
   * input, target: any shape, the same; targets in [0, 1], soft ones too.
   */
  sigmoidFocalLoss<R extends Reduction = 'mean'>(options?: SigmoidFocalLossOptions & Reduced<R>): Criterion<R>
  /**
   * Focal loss over classes: sum_c w_c alpha_c t_c (1 - p_c)^gamma (-log p_c) with p = softmax(input), in nats; for a class index y without
   * smoothing w_y alpha_y (1 - p_y)^gamma (-log p_y). Lin et al. 2017, eq. 5, for more than two classes; `losskit/dialects` has the options of
   * other libraries. The mean divides by the number of rows that count. gamma 0 on probabilities, renormalised and held at 1e-15, is the log
   * loss of Kaggle.
   *
   * input: [C], [N, C] or [N, C, d1, ...]. target: the same without C, integers in [0, C) or ignoreIndex, t_c = (1 - e) [c = y] + e / C; or class
   * probabilities of the input's shape, each finite and >= 0, mixed likewise.
   */
  softmaxFocalLoss<R extends Reduction = 'mean'>(options?: SoftmaxFocalLossOptions & Reduced<R>): Criterion<R>
  /**
   * Gradient harmonizing loss for classification: binary cross entropy of logits in nats, each element weighted by the inverse of how many share
   * its gradient norm g = |sigmoid(x) - t|: tot / (n count(bin of g)) for n bins that hold an element and tot elements that count; the sum
   * divided by tot. Li, Liu, Wang 2019, "Gradient Harmonized Single-stage Detector", eq. 4-9, as mmdetection's GHMC: edges float(i / bins), the
   * weights constant in the gradient, labelWeight a mask.
   *
   * input, target, labelWeight: any shape, the same; targets in [0, 1].
   */
  ghmcLoss<R extends Reduction = 'mean'>(options?: GhmcLossOptions & Reduced<R>): GhmLoss<R>
  /**
   * Gradient harmonizing loss for regression: ASL1 = sqrt(d^2 + mu^2) - mu of d = input - target, each element weighted by the inverse of how many
   * share its gradient norm |d| / sqrt(d^2 + mu^2), as in ghmcLoss. Li, Liu, Wang 2019, eq. 10-11, as mmdetection's GHMR: tot is the sum of
   * labelWeight.
   *
   * input, target, labelWeight: any shape, the same.
   */
  ghmrLoss<R extends Reduction = 'mean'>(options?: GhmrLossOptions & Reduced<R>): GhmLoss<R>
}

export function losskit(native: Native): Losskit {
  const functions = {
    variant: native.variant,
    softmax: (input: TensorLike, options?: DimOptions) => activations.softmax(native, input, options),
    logSoftmax: (input: TensorLike, options?: DimOptions) => activations.logSoftmax(native, input, options),
    logsumexp: (input: TensorLike, options?: DimOptions) => activations.logsumexp(native, input, options),
    sigmoid: (input: TensorLike, options?: OutOptions) => activations.sigmoid(native, input, options),
    logSigmoid: (input: TensorLike, options?: OutOptions) => activations.logSigmoid(native, input, options),
    softplus: (input: TensorLike, options?: OutOptions) => activations.softplus(native, input, options),
    nllLoss: (options?: NllLossOptions) => nllLoss(native, options),
    crossEntropyLoss: (options?: CrossEntropyLossOptions) => crossEntropyLoss(native, options),
    bceLoss: (options?: BceLossOptions) => bceLoss(native, options),
    bceWithLogitsLoss: (options?: BceWithLogitsLossOptions) => bceWithLogitsLoss(native, options),
    multiLabelSoftMarginLoss: (options?: MultiLabelSoftMarginLossOptions) => multiLabelSoftMarginLoss(native, options),
    sigmoidFocalLoss: (options?: SigmoidFocalLossOptions) => sigmoidFocalLoss(native, options),
    softmaxFocalLoss: (options?: SoftmaxFocalLossOptions) => softmaxFocalLoss(native, options),
    ghmcLoss: (options?: GhmcLossOptions) => ghmcLoss(native, options),
    ghmrLoss: (options?: GhmrLossOptions) => ghmrLoss(native, options),
  }
  // What reduction a criterion has is known to its caller's types only.
  return functions as Losskit
}
