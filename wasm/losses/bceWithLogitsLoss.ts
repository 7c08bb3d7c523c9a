import { checkOptions } from '../arguments.js'
import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion, reductionOptions } from '../meanCriterion.js'
import type { Native } from '../native.js'
import type { TensorLike } from '../tensor.js'
import { elementwiseKernel } from './elementwise.js'

/** Options of `bceWithLogitsLoss`. */
export interface BceWithLogitsLossOptions extends ReductionOptions {
  /** Factor on each element's loss, finite; broadcasts to the input by numpy's rules. Default 1. */
  weight?: TensorLike
  /** Factor on the positive term, for instance negatives / positives per label; finite, broadcasts to the input. Default 1. */
  posWeight?: TensorLike
}

export function bceWithLogitsLoss(native: Native, given?: BceWithLogitsLossOptions): Criterion {
  const name = 'bceWithLogitsLoss'
  const options = checkOptions(name, given, ['weight', 'posWeight', ...reductionOptions])
  const kernel = elementwiseKernel(native, {
    name,
    options: {},
    factors: [
      { name: `${name}: weight`, value: options.weight },
      { name: `${name}: posWeight`, value: options.posWeight },
    ],
    call: ({ module, dtype, arrays, count, gradientScale, second }) =>
      module[`bceWithLogits${dtype}`](...arrays, count, gradientScale, second),
  })
  return meanCriterion(name, kernel, options)
}
