import { checkBoolean, checkChoice, checkIndex, checkNonNegative, checkNumber, checkOptions, checkShare } from '../arguments.js'
import type { Criterion, ReductionOptions } from '../criterion.js'
import { meanCriterion, reductionOptions } from '../meanCriterion.js'
import type { Native } from '../native.js'
import type { TensorLike } from '../tensor.js'
import type { ElementDivisor } from './counting.js'
import { type ElementCall, elementwiseKernel, ignoredElement } from './elementwise.js'

/** Options of `sigmoidFocalLoss`. */
export interface SigmoidFocalLossOptions extends ReductionOptions {
  /** Weight of the positive class in [0, 1], 1 - alpha that of the negative one; -1: no weighting. Default 0.25. */
  alpha?: number
  /** Focusing parameter, >= 0; 0 is weighted binary cross entropy. Default 2. */
  gamma?: number
  /** Factor on each element's loss, finite; broadcasts to the input by numpy's rules. Default 1. */
  weight?: TensorLike
  /** Factor on the positive class's alpha, finite; broadcasts to the input. Default 1. */
  posWeight?: TensorLike
  /** Whether the input holds logits (default), or probabilities in [0, 1]. */
  fromLogits?: boolean
  /** Probabilities are held in [eps, 1 - eps] before the logs, with slope 0 beyond: in [0, 0.5). Default 0: as they are. */
  eps?: number
  /** Share s that makes t (1 - s) + s / 2 of a target, in [0, 1]. Default 0. */
  labelSmoothing?: number
  /**
   * What focuses; the same for all where targets are 0 or 1. 'joint' (default): (1 - p_t)^gamma BCE with p_t = p t + (1 - p)(1 - t), of p before
   * `eps`. 'split': each side by its own miss, t (1 - p)^gamma (-log p) + (1 - t) p^gamma (-log(1 - p)). 'loss': (1 - e^-BCE)^gamma BCE.
   */
  form?: 'joint' | 'split' | 'loss'
  /**
   * Whether the target holds class indices in place of one value per element: [N] for an input of [N, C], [N, d1, ...] for [N, C, d1, ...]; each
   * row is 1 at its class and 0 elsewhere, and 0 everywhere for index C, the background. Default false.
   */
  classIndices?: boolean
  /** Elements with this target (or rows with this class index) have loss and gradient 0; an integer. Default: none. */
  ignoreIndex?: number
  /**
   * What the mean divides by: 'counted' (default), the elements that are not ignored; 'all' elements; 'rows', the counted elements of one
   * class; 'positives', the elements with a target above 0, or 1 where there are none; or a number > 0 (mmdetection's avg_factor).
   */
  divisor?: ElementDivisor
}

const forms = ['joint', 'split', 'loss'] as const
const divisors = ['counted', 'all', 'rows', 'positives'] as const

const known = [
  'alpha',
  'gamma',
  'weight',
  'posWeight',
  'fromLogits',
  'eps',
  'labelSmoothing',
  'form',
  'classIndices',
  'ignoreIndex',
  'divisor',
]

/** One of the names, or a positive number. */
export function checkDivisor<T extends string>(name: string, divisor: T | number, names: readonly T[]): T | number {
  if (typeof divisor !== 'number') return checkChoice(name, divisor, names)
  return checkNumber(name, divisor, (v) => v > 0 && v < Number.POSITIVE_INFINITY, 'finite and > 0')
}

export const checkEps = (name: string, eps: unknown): number => checkNumber(name, eps, (v) => v >= 0 && v < 0.5, 'in [0, 0.5)')

function checkFocal(name: string, given: SigmoidFocalLossOptions | undefined) {
  const options = checkOptions(name, given, [...known, ...reductionOptions])
  const isAlpha = (v: number) => v === -1 || (v >= 0 && v <= 1)
  const of = (option: string) => `${name}: ${option}`
  return {
    given: options,
    checked: {
      alpha: checkNumber(of('alpha'), options.alpha ?? 0.25, isAlpha, 'in [0, 1], or -1 for none'),
      gamma: checkNonNegative(of('gamma'), options.gamma ?? 2),
      fromLogits: checkBoolean(of('fromLogits'), options.fromLogits ?? true),
      eps: checkEps(of('eps'), options.eps ?? 0),
      labelSmoothing: checkShare(of('labelSmoothing'), options.labelSmoothing ?? 0),
      form: checkChoice(of('form'), options.form ?? 'joint', forms),
      classIndices: checkBoolean(of('classIndices'), options.classIndices ?? false),
      ignoreIndex: options.ignoreIndex === undefined ? undefined : checkIndex(of('ignoreIndex'), options.ignoreIndex),
      divisor: checkDivisor(of('divisor'), options.divisor ?? 'counted', divisors),
    },
  }
}

export function sigmoidFocalLoss(native: Native, options?: SigmoidFocalLossOptions): Criterion {
  const name = 'sigmoidFocalLoss'
  const { given, checked } = checkFocal(name, options)
  const { alpha, gamma, fromLogits, eps, labelSmoothing, form, classIndices, ignoreIndex, divisor } = checked
  // What torchvision's function has is worked four elements at a time in float, all else by the definition.
  const isPlain = fromLogits && eps === 0 && labelSmoothing === 0 && form === 'joint' && ignoreIndex === undefined
  const plain = ({ module, dtype, arrays, count, gradientScale }: ElementCall) =>
    module[`sigmoidFocal${dtype}`](...arrays, count, gradientScale, alpha, gamma)
  const [positive, negative] = alpha < 0 ? [1, 1] : [alpha, 1 - alpha]
  const formIndex = forms.indexOf(form)
  const ignored = (classIndices ? ignoredElement : ignoreIndex) ?? Number.NaN
  const general = ({ module, dtype, arrays, count, gradientScale, second }: ElementCall) => {
    const call = module[`binaryFocal${dtype}`]
    call(...arrays, count, gradientScale, second, positive, negative, gamma, eps, labelSmoothing, formIndex, !fromLogits, ignored)
  }
  const kernel = elementwiseKernel(native, {
    name,
    options: checked,
    factors: [
      { name: `${name}: weight`, value: given.weight },
      { name: `${name}: posWeight`, value: given.posWeight },
    ],
    unit: fromLogits ? ['target'] : ['input', 'target'],
    classIndices,
    ignoreIndex,
    divisor,
    call: isPlain && given.weight === undefined && given.posWeight === undefined ? plain : general,
  })
  return meanCriterion(name, kernel, given)
}
