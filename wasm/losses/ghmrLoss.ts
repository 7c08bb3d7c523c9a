import { checkNumber, checkOptions } from '../arguments.js'
import type { Native } from '../native.js'
import { type GhmLoss, type GhmOptions, ghmLoss, ghmOptions } from './ghm.js'

/** Options of `ghmrLoss`. */
export interface GhmrLossOptions extends GhmOptions {
  /** Width of the parabola around 0, finite and > 0, in the unit of the input. Default 0.02. */
  mu?: number
}

export function ghmrLoss(native: Native, given?: GhmrLossOptions): GhmLoss {
  const name = 'ghmrLoss'
  const options = checkOptions(name, given, [...ghmOptions, 'mu'])
  const isPositive = (v: number) => v > 0 && v < Number.POSITIVE_INFINITY
  const mu = checkNumber(`${name}: mu`, options.mu ?? 0.02, isPositive, 'finite and > 0')
  return ghmLoss(native, { name, isRegression: true, mu, classIndices: false, ignoreIndex: undefined }, options)
}
