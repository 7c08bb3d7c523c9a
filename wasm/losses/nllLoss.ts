import { checkIndex, checkOptions } from '../arguments.js'
import { type ClassWeight, checkClassWeight } from '../classWeights.js'
import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion, reductionOptions } from '../meanCriterion.js'
import type { Native } from '../native.js'
import { classRowsKernel } from './classRows.js'

/** Options of `nllLoss`. */
export interface NllLossOptions extends ReductionOptions {
  /**
   * Factor on each class's losses, [C], each finite and >= 0, or a scheme of `classWeights` for the targets of the call. The mean divides by the
   * sum of the targets' weights. Default: all 1.
   */
  weight?: ClassWeight
  /** Targets with this value do not count: loss and gradient 0. A 32-bit integer. Default -100. */
  ignoreIndex?: number
}

export function nllLoss(native: Native, given?: NllLossOptions): Criterion {
  const name = 'nllLoss'
  const options = checkOptions(name, given, ['weight', 'ignoreIndex', ...reductionOptions])
  const kernel = classRowsKernel(native, {
    name,
    kernel: 'nll',
    takesProbabilities: false,
    weight: checkClassWeight(`${name}: weight`, options.weight),
    weightName: 'weight',
    divisor: 'weights',
    ignoreIndex: checkIndex(`${name}: ignoreIndex`, options.ignoreIndex ?? -100),
    labelSmoothing: 0,
    gamma: 0,
  })
  return meanCriterion(name, kernel, options)
}
