import { checkNumber } from '../arguments.js'
import type { Native } from '../native.js'
import { type GhmLoss, type GhmOptions, ghmLoss } from './ghm.js'

export interface GhmrLossOptions extends GhmOptions {
  /** Width of the parabola around 0, > 0. Default 0.02. */
  mu?: number
}

/**
 * Gradient harmonizing loss for regression: ASL1 = sqrt(d^2 + mu^2) - mu of d = input - target, each element weighted by the inverse of how many
 * share its gradient norm |d| / sqrt(d^2 + mu^2). Li, Liu, Wang 2019, eq. 10-11, as mmdetection's GHMR: the loss divides by the sum of
 * labelWeight. input, target: any shape, the same.
 */
export function ghmrLoss(native: Native, options: GhmrLossOptions = {}): GhmLoss {
  const isPositive = (v: number) => v > 0 && v < Number.POSITIVE_INFINITY
  return ghmLoss(native, 'ghmrLoss', true, checkNumber('ghmrLoss: mu', options.mu ?? 0.02, isPositive, 'finite and > 0'), options)
}
