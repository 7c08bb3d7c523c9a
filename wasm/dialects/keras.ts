import type { SigmoidFocalLossOptions } from '../losses/sigmoidFocalLoss.js'
import type { SoftmaxFocalLossOptions } from '../losses/softmaxFocalLoss.js'

/** keras.config.epsilon(), where it was not set. */
const epsilon = 1e-7

/** Options of both of Keras' focal losses. */
export interface KerasFocalOptions {
  /** Focusing parameter, >= 0. Default 2. */
  gamma?: number
  /** Whether the input holds logits, or probabilities (default). */
  fromLogits?: boolean
  /** In [0, 1]. Default 0. */
  labelSmoothing?: number
  /** keras.config.epsilon(): logs are taken of probabilities held in [epsilon, 1 - epsilon], those of logits too. Default 1e-7. */
  epsilon?: number
}

/** Options of keras.losses.BinaryFocalCrossentropy. */
export interface KerasBinaryFocalOptions extends KerasFocalOptions {
  /** Whether positives are weighted by alpha and negatives by 1 - alpha. Default false. */
  applyClassBalancing?: boolean
  /** Weight of the positive class in [0, 1], where classes are balanced. Default 0.25. */
  alpha?: number
}

/** Options of keras.losses.CategoricalFocalCrossentropy. */
export interface KerasCategoricalFocalOptions extends KerasFocalOptions {
  /** Factor on all losses, or on each class's. Default 0.25. */
  alpha?: number | ArrayLike<number>
}

/**
 * keras.losses.BinaryFocalCrossentropy(apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1), for
 * `nn.sigmoidFocalLoss`. Labels are smoothed towards 0.5; 1 - p_t is of the probability as it is, the cross entropy of the held one. The mean is
 * Keras' reduction 'sum_over_batch_size'. Its other reductions are over means of the last axis, which has C values: its 'sum' is the
 * criterion's divided by C.
 */
export function binaryFocalCrossentropy(options: KerasBinaryFocalOptions = {}): SigmoidFocalLossOptions {
  const { applyClassBalancing = false, alpha = 0.25, gamma = 2, fromLogits = false, labelSmoothing = 0, epsilon: eps = epsilon } = options
  return { alpha: applyClassBalancing ? alpha : -1, gamma, fromLogits, labelSmoothing, eps }
}

/**
 * keras.losses.CategoricalFocalCrossentropy(alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1), for `nn.softmaxFocalLoss`. The
 * target is one-hot in Keras; class indices do as well. Probabilities are divided by their sum and held before everything else. The mean is
 * Keras' reduction 'sum_over_batch_size'.
 */
export function categoricalFocalCrossentropy(options: KerasCategoricalFocalOptions = {}): SoftmaxFocalLossOptions {
  const { alpha = 0.25, gamma = 2, fromLogits = false, labelSmoothing = 0, epsilon: eps = epsilon } = options
  return { alpha, gamma, fromLogits, labelSmoothing, eps, renormalise: !fromLogits }
}
