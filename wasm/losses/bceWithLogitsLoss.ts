import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion } from '../meanCriterion.js'
import type { Native } from '../native.js'
import type { TensorLike } from '../tensor.js'
import { elementwiseKernel } from './elementwise.js'

export interface BceWithLogitsLossOptions extends ReductionOptions {
  /** Factor on each element's loss; broadcasts to the input. */
  weight?: TensorLike
  /** Factor on the positive term, for instance negatives / positives per label; broadcasts to the input. */
  posWeight?: TensorLike
}

/**
 * Binary cross entropy of logits, torch.nn.BCEWithLogitsLoss: w (t p softplus(-x) + (1 - t) softplus(x)) with p = posWeight, in nats. The mean
 * divides by the number of elements. input, target: any shape, the same; targets are usually in [0, 1].
 */
export function bceWithLogitsLoss(native: Native, options: BceWithLogitsLossOptions = {}): Criterion {
  const name = 'bceWithLogitsLoss'
  const kernel = elementwiseKernel(native, {
    name,
    factors: [
      { name: `${name}: weight`, value: options.weight },
      { name: `${name}: posWeight`, value: options.posWeight },
    ],
    call: ({ module, dtype, arrays, count, gradientScale, second }) =>
      module[`bceWithLogits${dtype}`](arrays, count, gradientScale, second),
  })
  return meanCriterion(name, kernel, options)
}
