import { checkNonNegative, checkNumber } from '../arguments.js'
import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion } from '../meanCriterion.js'
import type { Native } from '../native.js'
import { elementwiseKernel } from './elementwise.js'

export interface SigmoidFocalLossOptions extends ReductionOptions {
  /** Weight of the positive class in [0, 1], 1 - alpha that of the negative one; -1: no weighting. Default 0.25. */
  alpha?: number
  /** Focusing parameter, >= 0. Default 2. */
  gamma?: number
}

/**
 * Focal loss of logits, torchvision.ops.sigmoid_focal_loss: alpha_t (1 - p_t)^gamma BCE(x, t) with p = sigmoid(x), in nats. The mean divides by
 * the number of elements. Lin et al. 2017, "Focal Loss for Dense Object Detection", eq. 5. input, target: any shape, the same; targets in
 * [0, 1], soft ones too.
 */
export function sigmoidFocalLoss(native: Native, options: SigmoidFocalLossOptions = {}): Criterion {
  const name = 'sigmoidFocalLoss'
  const alpha = checkNumber(`${name}: alpha`, options.alpha ?? 0.25, (v) => v === -1 || (v >= 0 && v <= 1), 'in [0, 1], or -1 for none')
  const gamma = checkNonNegative(`${name}: gamma`, options.gamma ?? 2)
  const kernel = elementwiseKernel(native, {
    name,
    factors: [],
    call: ({ module, dtype, arrays, count, gradientScale }) => module[`sigmoidFocal${dtype}`](arrays, count, gradientScale, alpha, gamma),
  })
  return meanCriterion(name, kernel, options)
}
