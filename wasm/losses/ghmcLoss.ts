import type { Native } from '../native.js'
import { type GhmLoss, type GhmOptions, ghmLoss } from './ghm.js'

/**
 * Gradient harmonizing loss for classification: binary cross entropy of logits, each element weighted by the inverse of how many share its
 * gradient norm |sigmoid(x) - t|. Li, Liu, Wang 2019, "Gradient Harmonized Single-stage Detector", eq. 4-9, as mmdetection's GHMC: the weights
 * count as constants in the gradient, labelWeight is a mask. input, target: any shape, the same; targets in [0, 1].
 */
export function ghmcLoss(native: Native, options: GhmOptions = {}): GhmLoss {
  return ghmLoss(native, 'ghmcLoss', false, 0, options)
}
