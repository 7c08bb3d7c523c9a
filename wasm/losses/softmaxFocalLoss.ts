import { checkBoolean, checkChoice, checkIndex, checkNonNegative, checkOptions, checkShare } from '../arguments.js'
import { type CheckedClassWeight, type ClassWeight, checkClassWeight } from '../classWeights.js'
import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion, reductionOptions } from '../meanCriterion.js'
import type { Native } from '../native.js'
import { classRowsKernel } from './classRows.js'
import { checkDivisor, checkEps } from './sigmoidFocalLoss.js'

/** Options of `softmaxFocalLoss`. */
export interface SoftmaxFocalLossOptions extends ReductionOptions {
  /** Focusing parameter, >= 0; 0 is cross entropy. Default 2. */
  gamma?: number
  /**
   * Factor on the losses: one for all, one per class, [C], or a scheme of `classWeights`; each finite and >= 0. It does not enter the
   * probability. Default 1.
   */
  alpha?: ClassWeight
  /** Which classes one alpha is for: 'all' (default), or 'foreground': all but class 0, which gets 1 - alpha. */
  alphaOf?: 'all' | 'foreground'
  /** Another factor on each class's losses, [C], each finite and >= 0. Default: all 1. */
  weight?: ArrayLike<number>
  /** Targets with this value do not count: loss and gradient 0. A 32-bit integer. Default -100. */
  ignoreIndex?: number
  /** Share e of the target spread evenly over all classes, in [0, 1]. Default 0. */
  labelSmoothing?: number
  /** Whether the input holds logits (default), or probabilities in [0, 1]. */
  fromLogits?: boolean
  /** Of probabilities: whether each row is divided by its sum. Default false. */
  renormalise?: boolean
  /** Probabilities are held in [eps, 1 - eps], with slope 0 beyond: in [0, 0.5). Default 0: as they are. */
  eps?: number
  /**
   * What the mean divides by: 'counted' (default), the rows that are not ignored; 'all' rows; 'scores', all rows times the classes; or a
   * number > 0.
   */
  divisor?: 'counted' | 'all' | 'scores' | number
}

const name = 'softmaxFocalLoss'
const alphaChoices = ['all', 'foreground'] as const
const divisors = ['counted', 'all', 'scores'] as const
const known = ['gamma', 'alpha', 'alphaOf', 'weight', 'ignoreIndex', 'labelSmoothing', 'fromLogits', 'renormalise', 'eps', 'divisor']

function checkAlpha({ alpha, alphaOf = 'all', weight }: SoftmaxFocalLossOptions): CheckedClassWeight {
  const checked = checkClassWeight(`${name}: alpha`, alpha)
  checkChoice(`${name}: alphaOf`, alphaOf, alphaChoices)
  if (alphaOf === 'foreground' && !(typeof checked === 'number' && checked <= 1)) {
    throw new RangeError(`${name}: alphaOf 'foreground' needs one alpha in [0, 1]`)
  }
  if (weight === undefined && alphaOf === 'all') return checked
  const factor = checkClassWeight(`${name}: weight`, weight)
  if (typeof factor === 'number' || typeof factor === 'string')
    throw new TypeError(`${name}: weight must be an array with one number per class`)
  return { alpha: checked, alphaOf, weight: factor }
}

export function softmaxFocalLoss(native: Native, given?: SoftmaxFocalLossOptions): Criterion {
  const options = checkOptions(name, given, [...known, ...reductionOptions])
  const of = (option: string) => `${name}: ${option}`
  const fromLogits = checkBoolean(of('fromLogits'), options.fromLogits ?? true)
  const renormalise = checkBoolean(of('renormalise'), options.renormalise ?? false)
  if (fromLogits && renormalise) throw new RangeError(`${name}: renormalise is of probabilities, fromLogits: false`)
  const eps = checkEps(of('eps'), options.eps ?? 0)
  const kernel = classRowsKernel(native, {
    name,
    kernel: fromLogits && eps === 0 ? 'classIndex' : 'categoricalFocal',
    takesProbabilities: true,
    weight: checkAlpha(options),
    weightName: 'alpha',
    divisor: checkDivisor(of('divisor'), options.divisor ?? 'counted', divisors),
    ignoreIndex: checkIndex(of('ignoreIndex'), options.ignoreIndex ?? -100),
    labelSmoothing: checkShare(of('labelSmoothing'), options.labelSmoothing ?? 0),
    gamma: checkNonNegative(of('gamma'), options.gamma ?? 2),
    probabilities: { isProbability: !fromLogits, renormalises: renormalise, epsilon: eps },
  })
  return meanCriterion(name, kernel, options)
}
