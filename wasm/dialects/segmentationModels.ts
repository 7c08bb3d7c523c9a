import type { SigmoidFocalLossOptions } from '../losses/sigmoidFocalLoss.js'
import type { SoftmaxFocalLossOptions } from '../losses/softmaxFocalLoss.js'

/** Options of segmentation_models' focal losses. */
export interface SegmentationModelsFocalOptions {
  /** Factor on all losses. Default 0.25. */
  alpha?: number
  /** Focusing parameter, >= 0. Default 2. */
  gamma?: number
  /** The backend's epsilon(): probabilities are held in [epsilon, 1 - epsilon]. Default 1e-7. */
  epsilon?: number
}

/**
 * segmentation_models.losses.BinaryFocalLoss(alpha=0.25, gamma=2.0) of Keras and TensorFlow, for `nn.sigmoidFocalLoss`: of probabilities, alpha on
 * positives and negatives alike.
 */
export function binaryFocalLoss({ alpha = 0.25, gamma = 2, epsilon = 1e-7 }: SegmentationModelsFocalOptions = {}): SigmoidFocalLossOptions {
  return { alpha: -1, weight: [alpha], gamma, fromLogits: false, eps: epsilon, form: 'split' }
}

/**
 * segmentation_models.losses.CategoricalFocalLoss(alpha=0.25, gamma=2.0) of Keras and TensorFlow, for `nn.softmaxFocalLoss`: of probabilities, not
 * renormalised; classes are on axis 1 here, the last one there. The mean divides by rows times classes.
 */
export function categoricalFocalLoss({
  alpha = 0.25,
  gamma = 2,
  epsilon = 1e-7,
}: SegmentationModelsFocalOptions = {}): SoftmaxFocalLossOptions {
  return { alpha, gamma, fromLogits: false, eps: epsilon, divisor: 'scores' }
}
