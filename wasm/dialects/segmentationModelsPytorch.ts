import type { SigmoidFocalLossOptions } from '../losses/sigmoidFocalLoss.js'

/** Options of segmentation_models_pytorch.losses.FocalLoss. */
export interface SegmentationModelsPytorchFocalOptions {
  /** 'binary' and 'multilabel' have targets of the input's shape, 'multiclass' class indices without the class axis. */
  mode: 'binary' | 'multilabel' | 'multiclass'
  /** Weight of the positive class in [0, 1]; null: no weighting (default). */
  alpha?: number | null
  /** Focusing parameter, >= 0. Default 2. */
  gamma?: number
  /** Targets with this value do not count. Default: none. */
  ignoreIndex?: number
  /** Default 'mean'. */
  reduction?: 'mean' | 'sum'
}

/**
 * segmentation_models_pytorch.losses.FocalLoss(mode, alpha=None, gamma=2.0, ignore_index=None, reduction='mean', normalized=False,
 * reduced_threshold=None), for `nn.sigmoidFocalLoss`: of logits, p_t = e^-BCE. 'multiclass' is one sigmoid loss per class, each averaged over the
 * rows that count, and these added up. normalized and reduced_threshold, other losses in effect, are not taken.
 */
export function focalLoss(options: SegmentationModelsPytorchFocalOptions): SigmoidFocalLossOptions {
  const { mode, alpha = null, gamma = 2, ignoreIndex, reduction = 'mean' } = options
  const isMulticlass = mode === 'multiclass'
  return {
    alpha: alpha ?? -1,
    gamma,
    ignoreIndex,
    reduction,
    form: 'loss',
    classIndices: isMulticlass,
    divisor: isMulticlass ? 'rows' : 'counted',
  }
}
