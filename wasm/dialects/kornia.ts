import type { Reduction } from '../criterion.js'
import type { SigmoidFocalLossOptions } from '../losses/sigmoidFocalLoss.js'
import type { SoftmaxFocalLossOptions } from '../losses/softmaxFocalLoss.js'
import type { TensorLike } from '../tensor.js'

/** Options of kornia.losses.focal_loss. */
export interface KorniaFocalOptions {
  /** Weight of the classes but the first, which gets 1 - alpha; in [0, 1]; null: no weighting. It has no default in kornia. */
  alpha: number | null
  /** Focusing parameter, >= 0. Default 2. */
  gamma?: number
  /** Default 'none'. */
  reduction?: Reduction
  /** Factor on each class's losses, [C]. */
  weight?: ArrayLike<number>
  /** Targets with this value have loss 0. Default -100. */
  ignoreIndex?: number
}

/** Options of kornia.losses.binary_focal_loss_with_logits. */
export interface KorniaBinaryFocalOptions {
  /** Weight of the positive class in [0, 1]; null: no weighting. Default 0.25. */
  alpha?: number | null
  /** Focusing parameter, >= 0. Default 2. */
  gamma?: number
  /** Default 'none'. */
  reduction?: Reduction
  /** Factor on the positive term: kornia's [C] for an input of [N, C]; { data, shape: [C, 1, ...] } for [N, C, d1, ...]. */
  posWeight?: TensorLike
  /** Factor on the losses, shaped as posWeight. */
  weight?: TensorLike
  /** Elements with this target have loss 0. Default -100. */
  ignoreIndex?: number
}

/**
 * kornia.losses.focal_loss(pred, target, alpha, gamma=2.0, reduction='none', weight=None, ignore_index=-100), for `nn.softmaxFocalLoss`: input
 * [N, C, ...], target [N, ...]. kornia's losses have the input's shape, with 0 at all classes but the target's: its 'mean' divides by rows
 * times classes, the ignored ones too, and the criterion's 'none' gives the sum over the classes.
 */
export function focalLoss({
  alpha,
  gamma = 2,
  reduction = 'none',
  weight,
  ignoreIndex = -100,
}: KorniaFocalOptions): SoftmaxFocalLossOptions {
  const alphas = alpha === null ? {} : ({ alpha, alphaOf: 'foreground' } as const)
  return { ...alphas, gamma, reduction, weight, ignoreIndex, divisor: 'scores' }
}

/**
 * kornia.losses.binary_focal_loss_with_logits(pred, target, alpha=0.25, gamma=2.0, reduction='none', pos_weight=None, weight=None,
 * ignore_index=-100), for `nn.sigmoidFocalLoss`: each side of a soft target focuses by its own miss; the mean divides by all elements, the ignored
 * ones too.
 */
export function binaryFocalLossWithLogits(options: KorniaBinaryFocalOptions = {}): SigmoidFocalLossOptions {
  const { alpha = 0.25, gamma = 2, reduction = 'none', posWeight, weight, ignoreIndex = -100 } = options
  return { alpha: alpha ?? -1, gamma, reduction, posWeight, weight, ignoreIndex, form: 'split', divisor: 'all' }
}
