import { checkIndex, checkNonNegative } from '../arguments.js'
import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion } from '../meanCriterion.js'
import type { Native } from '../native.js'
import { classIndexKernel } from './classIndex.js'
import { classVector } from './classVector.js'

export interface SoftmaxFocalLossOptions extends ReductionOptions {
  /** Focusing parameter, >= 0; 0 is cross entropy. Default 2. */
  gamma?: number
  /** Factor on each class's losses, [C], each >= 0; it does not enter the probability. */
  alpha?: ArrayLike<number>
  /** Targets with this value do not count: loss and gradient 0. Default -100. */
  ignoreIndex?: number
}

/**
 * Focal loss of logits against class indices: alpha_y (1 - p_y)^gamma (-log p_y) with p = softmax(input), in nats. The mean divides by the
 * number of rows that count. Lin et al. 2017, "Focal Loss for Dense Object Detection", eq. 5, for more than two classes.
 *
 * input: [C], [N, C] or [N, C, d1, ...]; target: the same without C, integers in [0, C) or ignoreIndex.
 */
export function softmaxFocalLoss(native: Native, options: SoftmaxFocalLossOptions = {}): Criterion {
  const name = 'softmaxFocalLoss'
  const kernel = classIndexKernel(native, {
    name,
    weight: classVector(`${name}: alpha`, options.alpha),
    dividesByWeight: false,
    ignoreIndex: checkIndex(`${name}: ignoreIndex`, options.ignoreIndex ?? -100),
    labelSmoothing: 0,
    gamma: checkNonNegative(`${name}: gamma`, options.gamma ?? 2),
  })
  return meanCriterion(name, kernel, options)
}
