import type { Reduction } from '../criterion.js'
import type { SigmoidFocalLossOptions } from '../losses/sigmoidFocalLoss.js'

/** Options of torchvision.ops.sigmoid_focal_loss. */
export interface TorchvisionFocalOptions {
  /** Weight of the positive class in [0, 1]; -1: no weighting. Default 0.25. */
  alpha?: number
  /** Focusing parameter, >= 0. Default 2. */
  gamma?: number
  /** Default 'none'. */
  reduction?: Reduction
}

/**
 * torchvision.ops.sigmoid_focal_loss(inputs, targets, alpha=0.25, gamma=2, reduction='none'), for `nn.sigmoidFocalLoss`: the criterion's own form,
 * but for the reduction.
 */
export function sigmoidFocalLoss({ alpha = 0.25, gamma = 2, reduction = 'none' }: TorchvisionFocalOptions = {}): SigmoidFocalLossOptions {
  return { alpha, gamma, reduction }
}
