import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion } from '../meanCriterion.js'
import type { Native } from '../native.js'
import type { TensorLike } from '../tensor.js'
import { elementwiseKernel } from './elementwise.js'

export interface BceLossOptions extends ReductionOptions {
  /** Factor on each element's loss; broadcasts to the input. */
  weight?: TensorLike
}

/**
 * Binary cross entropy of probabilities, torch.nn.BCELoss: -w (t log p + (1 - t) log(1 - p)) in nats, logs no smaller than -100; the gradient
 * (p - t) / max(p (1 - p), 1e-12), as PyTorch's. The mean divides by the number of elements. input, target: any shape, the same, in [0, 1].
 * Logits are better given to bceWithLogitsLoss: a probability near 1 has lost their digits.
 */
export function bceLoss(native: Native, options: BceLossOptions = {}): Criterion {
  const name = 'bceLoss'
  const kernel = elementwiseKernel(native, {
    name,
    factors: [{ name: `${name}: weight`, value: options.weight }],
    isUnit: true,
    call: ({ module, dtype, arrays, count, gradientScale }) => module[`bce${dtype}`](arrays, count, gradientScale),
  })
  return meanCriterion(name, kernel, options)
}
