import { checkBoolean, checkIndex, checkOptions } from '../arguments.js'
import type { Native } from '../native.js'
import { type GhmLoss, type GhmOptions, ghmLoss, ghmOptions } from './ghm.js'

/** Options of `ghmcLoss`. */
export interface GhmcLossOptions extends GhmOptions {
  /**
   * Whether the target holds class indices in place of one value per element: [N] for an input of [N, C]; each row is 1 at its class and 0
   * elsewhere, and 0 everywhere for index C, the background. labelWeight may then be [N] too. Default false.
   */
  classIndices?: boolean
  /** Elements with this target (or rows with this class index) do not count; an integer. Default: none. */
  ignoreIndex?: number
}

export function ghmcLoss(native: Native, given?: GhmcLossOptions): GhmLoss {
  const name = 'ghmcLoss'
  const options = checkOptions(name, given, [...ghmOptions, 'classIndices', 'ignoreIndex'])
  const classIndices = checkBoolean(`${name}: classIndices`, options.classIndices ?? false)
  const ignoreIndex = options.ignoreIndex === undefined ? undefined : checkIndex(`${name}: ignoreIndex`, options.ignoreIndex)
  return ghmLoss(native, { name, isRegression: false, mu: 0, classIndices, ignoreIndex }, options)
}
