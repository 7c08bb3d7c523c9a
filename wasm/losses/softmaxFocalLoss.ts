import { checkIndex, checkNonNegative, checkShare } from '../arguments.js'
import { type ClassWeight, checkClassWeight } from '../classWeights.js'
import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion } from '../meanCriterion.js'
import type { Native } from '../native.js'
import { classRowsKernel } from './classRows.js'

export interface SoftmaxFocalLossOptions extends ReductionOptions {
  /** Focusing parameter, >= 0; 0 is cross entropy. Default 2. */
  gamma?: number
  /** Factor on the losses: one for all, one per class, [C], or a scheme of `classWeights`; each >= 0. It does not enter the probability. */
  alpha?: ClassWeight
  /** Targets with this value do not count: loss and gradient 0. Default -100. */
  ignoreIndex?: number
  /** Share e of the target spread evenly over all classes, in [0, 1]. Default 0. */
  labelSmoothing?: number
}

/**
 * Focal loss of logits over classes: sum_c alpha_c t_c (1 - p_c)^gamma (-log p_c) with p = softmax(input), in nats; for a class index y without
 * smoothing alpha_y (1 - p_y)^gamma (-log p_y). The mean divides by the number of rows that count. Lin et al. 2017, "Focal Loss for Dense
 * Object Detection", eq. 5, for more than two classes; Keras' CategoricalFocalCrossentropy(from_logits=True) where alpha is alike.
 *
 * input: [C], [N, C] or [N, C, d1, ...]; target: the same without C, integers in [0, C) or ignoreIndex, t_c = (1 - e) [c = y] + e / C; or class
 * probabilities of the input's shape, mixed likewise.
 */
export function softmaxFocalLoss(native: Native, options: SoftmaxFocalLossOptions = {}): Criterion {
  const name = 'softmaxFocalLoss'
  const kernel = classRowsKernel(native, {
    name,
    kernel: 'classIndex',
    takesProbabilities: true,
    weight: checkClassWeight(`${name}: alpha`, options.alpha),
    weightName: 'alpha',
    dividesByWeight: false,
    ignoreIndex: checkIndex(`${name}: ignoreIndex`, options.ignoreIndex ?? -100),
    labelSmoothing: checkShare(`${name}: labelSmoothing`, options.labelSmoothing ?? 0),
    gamma: checkNonNegative(`${name}: gamma`, options.gamma ?? 2),
  })
  return meanCriterion(name, kernel, options)
}
