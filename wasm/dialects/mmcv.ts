import type { Reduction } from '../criterion.js'
import type { SigmoidFocalLossOptions } from '../losses/sigmoidFocalLoss.js'
import type { SoftmaxFocalLossOptions } from '../losses/softmaxFocalLoss.js'

/** Options of mmcv.ops' focal losses. */
export interface MmcvFocalOptions {
  /** Focusing parameter, >= 0. Default 2. */
  gamma?: number
  /** Weight of the positive class in [0, 1]. Default 0.25. */
  alpha?: number
  /** Default 'mean'. */
  reduction?: Reduction
}

/** Options of mmcv.ops.softmax_focal_loss. */
export interface MmcvSoftmaxFocalOptions extends MmcvFocalOptions {
  /** Factor on each class's losses, [C]. */
  weight?: ArrayLike<number>
}

/**
 * mmcv.ops.sigmoid_focal_loss(input, target, gamma=2.0, alpha=0.25, weight=None, reduction='mean'), for `nn.sigmoidFocalLoss`: input [N, C], target
 * [N] of class indices, C for the background. As torchvision's, but the mean divides by N, not by N C. Its weight by the row's class, which has
 * no value for the background, is not taken.
 */
export function sigmoidFocalLoss({ gamma = 2, alpha = 0.25, reduction = 'mean' }: MmcvFocalOptions = {}): SigmoidFocalLossOptions {
  return { gamma, alpha, reduction, classIndices: true, divisor: 'rows' }
}

/**
 * mmcv.ops.softmax_focal_loss(input, target, gamma=2.0, alpha=0.25, weight=None, reduction='mean'), for `nn.softmaxFocalLoss`: input [N, C], target
 * [N]. alpha is one factor on everything. Rows with target -1 have loss 0, but the mean divides by all N.
 */
export function softmaxFocalLoss({
  gamma = 2,
  alpha = 0.25,
  weight,
  reduction = 'mean',
}: MmcvSoftmaxFocalOptions = {}): SoftmaxFocalLossOptions {
  return { gamma, alpha, weight, reduction, ignoreIndex: -1, divisor: 'all' }
}
