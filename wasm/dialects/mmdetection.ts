import type { Reduction } from '../criterion.js'
import type { GhmOptions } from '../losses/ghm.js'
import type { GhmcLossOptions } from '../losses/ghmcLoss.js'
import type { GhmrLossOptions } from '../losses/ghmrLoss.js'
import type { SigmoidFocalLossOptions } from '../losses/sigmoidFocalLoss.js'
import type { TensorLike } from '../tensor.js'

/** Options of mmdetection's FocalLoss, those of its call included. */
export interface MmdetectionFocalOptions {
  /** Focusing parameter, >= 0. Default 2. */
  gamma?: number
  /** Weight of the positive class in [0, 1]. Default 0.25. */
  alpha?: number
  /** Default 'mean'. */
  reduction?: Reduction
  /** Factor on the loss. Default 1. */
  lossWeight?: number
  /** Factor on each element's loss: of the input's shape, or [N, 1] where mmdetection takes [N]. */
  weight?: TensorLike
  /** What the mean divides by in place of the number of elements, usually the number of positive anchors. */
  avgFactor?: number
  /** Whether targets are class indices [N] with C for the background, as mmdetection's heads have them (default), or [N, C] of 0 and 1. */
  classIndices?: boolean
}

/**
 * mmdet.models.losses.FocalLoss(use_sigmoid=True, gamma=2.0, alpha=0.25, reduction='mean', loss_weight=1.0), for `nn.sigmoidFocalLoss`: torchvision's
 * form (py_sigmoid_focal_loss) with weight_reduce_loss, which multiplies by `weight` and divides the sum by `avg_factor`.
 *
 * @throws RangeError for avgFactor with reduction 'sum', as mmdetection.
 */
export function focalLoss(options: MmdetectionFocalOptions = {}): SigmoidFocalLossOptions {
  const { gamma = 2, alpha = 0.25, reduction = 'mean', lossWeight = 1, weight, avgFactor, classIndices = true } = options
  if (avgFactor !== undefined && reduction === 'sum') throw new RangeError("focalLoss: avgFactor cannot be used with reduction 'sum'")
  return { gamma, alpha, reduction, classIndices, weight: scaled(weight, lossWeight), divisor: avgFactor ?? 'counted' }
}

function scaled(weight: TensorLike | undefined, factor: number): TensorLike | undefined {
  if (weight === undefined) return factor === 1 ? undefined : [factor]
  if (factor === 1) return weight
  throw new RangeError('focalLoss: give lossWeight as a factor of weight where there is a weight')
}

/** Options of mmdetection's GHMC. */
export interface MmdetectionGhmcOptions extends GhmOptions {
  /** Whether targets are class indices [N] with C for the background, or [N, C] of 0 and 1 (default). */
  classIndices?: boolean
}

/**
 * mmdet.models.losses.GHMC(bins=10, momentum=0, use_sigmoid=True, loss_weight=1.0), for `nn.ghmcLoss`: the criterion's own form. Elements with
 * label_weight 0 do not count.
 */
export function ghmc({
  bins = 10,
  momentum = 0,
  lossWeight = 1,
  reduction = 'mean',
  classIndices = false,
}: MmdetectionGhmcOptions = {}): GhmcLossOptions {
  return { bins, momentum, lossWeight, reduction, classIndices }
}

/** mmdet.models.losses.GHMR(mu=0.02, bins=10, momentum=0, loss_weight=1.0), for `nn.ghmrLoss`: the criterion's own form. */
export function ghmr({ mu = 0.02, bins = 10, momentum = 0, lossWeight = 1, reduction = 'mean' }: GhmrLossOptions = {}): GhmrLossOptions {
  return { mu, bins, momentum, lossWeight, reduction }
}
