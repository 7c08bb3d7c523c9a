import { checkIndex, checkShare } from '../arguments.js'
import { type ClassWeight, checkClassWeight } from '../classWeights.js'
import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion } from '../meanCriterion.js'
import type { Native } from '../native.js'
import { classRowsKernel } from './classRows.js'

export interface CrossEntropyLossOptions extends ReductionOptions {
  /**
   * Factor on each class's losses, [C], each >= 0, or a scheme of `classWeights` for the targets of the call. The mean divides by the sum of the
   * targets' weights.
   */
  weight?: ClassWeight
  /** Targets with this value do not count: loss and gradient 0. Default -100. */
  ignoreIndex?: number
  /** Share e of the loss spread evenly over all classes, in [0, 1]. Default 0. */
  labelSmoothing?: number
}

/**
 * Cross entropy of logits, torch.nn.CrossEntropyLoss: sum_c w_c t_c (-log p_c) with p = softmax(input), in nats.
 *
 * input: [C], [N, C] or [N, C, d1, ...]. target: the same without C, integers in [0, C) or ignoreIndex, t_c = (1 - e) [c = y] + e / C, the mean
 * dividing by the sum of w_y; or class probabilities of the input's shape, t_c mixed likewise, the mean dividing by the number of rows.
 */
export function crossEntropyLoss(native: Native, options: CrossEntropyLossOptions = {}): Criterion {
  const name = 'crossEntropyLoss'
  const kernel = classRowsKernel(native, {
    name,
    kernel: 'classIndex',
    takesProbabilities: true,
    weight: checkClassWeight(`${name}: weight`, options.weight),
    weightName: 'weight',
    dividesByWeight: true,
    ignoreIndex: checkIndex(`${name}: ignoreIndex`, options.ignoreIndex ?? -100),
    labelSmoothing: checkShare(`${name}: labelSmoothing`, options.labelSmoothing ?? 0),
    gamma: 0,
  })
  return meanCriterion(name, kernel, options)
}
