import { checkIndex } from '../arguments.js'
import { type ClassWeight, checkClassWeight } from '../classWeights.js'
import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion } from '../meanCriterion.js'
import type { Native } from '../native.js'
import { classRowsKernel } from './classRows.js'

export interface NllLossOptions extends ReductionOptions {
  /**
   * Factor on each class's losses, [C], each >= 0, or a scheme of `classWeights` for the targets of the call. The mean divides by the sum of the
   * targets' weights.
   */
  weight?: ClassWeight
  /** Targets with this value do not count: loss and gradient 0. Default -100. */
  ignoreIndex?: number
}

/**
 * Negative log likelihood of log probabilities, torch.nn.NLLLoss: -w_y x_y, in nats where the input is a logSoftmax.
 *
 * input: [C], [N, C] or [N, C, d1, ...]; target: the same without C, integers in [0, C) or ignoreIndex.
 */
export function nllLoss(native: Native, options: NllLossOptions = {}): Criterion {
  const name = 'nllLoss'
  const kernel = classRowsKernel(native, {
    name,
    kernel: 'nll',
    takesProbabilities: false,
    weight: checkClassWeight(`${name}: weight`, options.weight),
    weightName: 'weight',
    dividesByWeight: true,
    ignoreIndex: checkIndex(`${name}: ignoreIndex`, options.ignoreIndex ?? -100),
    labelSmoothing: 0,
    gamma: 0,
  })
  return meanCriterion(name, kernel, options)
}
