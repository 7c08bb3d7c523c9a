import { checkIndex, checkShare } from '../arguments.js'
import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion } from '../meanCriterion.js'
import type { Native } from '../native.js'
import { classIndexKernel } from './classIndex.js'
import { classVector } from './classVector.js'

export interface CrossEntropyLossOptions extends ReductionOptions {
  /** Factor on each class's losses, [C], each >= 0. The mean divides by the sum of the targets' weights. */
  weight?: ArrayLike<number>
  /** Targets with this value do not count: loss and gradient 0. Default -100. */
  ignoreIndex?: number
  /** Share e of the loss spread evenly over all classes, in [0, 1]. Default 0. */
  labelSmoothing?: number
}

/**
 * Cross entropy of logits against class indices, torch.nn.CrossEntropyLoss:
 * (1 - e) w_y (-log p_y) + e / C sum_c w_c (-log p_c) with p = softmax(input), in nats.
 *
 * input: [C], [N, C] or [N, C, d1, ...]; target: the same without C, integers in [0, C) or ignoreIndex.
 */
export function crossEntropyLoss(native: Native, options: CrossEntropyLossOptions = {}): Criterion {
  const name = 'crossEntropyLoss'
  const kernel = classIndexKernel(native, {
    name,
    weight: classVector(`${name}: weight`, options.weight),
    dividesByWeight: true,
    ignoreIndex: checkIndex(`${name}: ignoreIndex`, options.ignoreIndex ?? -100),
    labelSmoothing: checkShare(`${name}: labelSmoothing`, options.labelSmoothing ?? 0),
    gamma: 0,
  })
  return meanCriterion(name, kernel, options)
}
