import { checkOptions } from '../arguments.js'
import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion, reductionOptions } from '../meanCriterion.js'
import type { Native } from '../native.js'
import type { TensorLike } from '../tensor.js'
import { elementwiseKernel } from './elementwise.js'

/** Options of `bceLoss`. */
export interface BceLossOptions extends ReductionOptions {
  /** Factor on each element's loss, finite; broadcasts to the input by numpy's rules. Default 1. */
  weight?: TensorLike
}

export function bceLoss(native: Native, given?: BceLossOptions): Criterion {
  const name = 'bceLoss'
  const options = checkOptions(name, given, ['weight', ...reductionOptions])
  const kernel = elementwiseKernel(native, {
    name,
    options: {},
    factors: [{ name: `${name}: weight`, value: options.weight }],
    unit: ['input', 'target'],
    call: ({ module, dtype, arrays, count, gradientScale }) => module[`bce${dtype}`](...arrays, count, gradientScale),
  })
  return meanCriterion(name, kernel, options)
}
