// Weights for classes of unequal size.
import { checkChoice, checkNonNegative, checkNumber, checkOptions } from './arguments.js'

/** How weights follow from the rows of each class; see `classWeights`. */
export type ClassWeightScheme = 'balanced' | 'effective' | 'complement'
const schemes: readonly ClassWeightScheme[] = ['balanced', 'effective', 'complement']

/** Options of `classWeights`. */
export interface ClassWeightOptions {
  /** Of 'effective': 0 gives equal weights, towards 1 those of inverse frequency. In [0, 1). Default 0.999. */
  beta?: number
}

/** 1 - beta^n without cancellation. */
const effectiveNumber = (beta: number, count: number) => (beta === 0 ? 1 : -Math.expm1(count * Math.log(beta)))

/** A class that never occurs gets 0: no loss of it can be weighted, and no other weight should depend on it. */
function rawWeights(counts: readonly number[], scheme: ClassWeightScheme, beta: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const weigh = {
    balanced: (count: number) => total / (counts.length * count),
    effective: (count: number) => (1 - beta) / effectiveNumber(beta, count),
    complement: (count: number) => (total - count) / total,
  }[scheme]
  return counts.map((count) => (count === 0 ? 0 : weigh(count)))
}

/**
 * Weights of C classes from the number of rows of each.
 *
 * - 'balanced': N / (C n_c), scikit-learn's compute_class_weight.
 * - 'effective': (1 - beta) / (1 - beta^n_c), scaled to sum to C. Cui et al. 2019, "Class-Balanced Loss Based on Effective Number of Samples",
 *   eq. 2.
 * - 'complement': N_other / N, the share of all the other rows.
 *
 * @throws TypeError or RangeError naming the argument.
 */
export function classWeights(counts: ArrayLike<number>, scheme: ClassWeightScheme, options: ClassWeightOptions = {}): Float64Array {
  if (typeof counts !== 'object' || counts === null || typeof counts.length !== 'number') {
    throw new TypeError('classWeights: counts must be an array with the rows of each class')
  }
  checkChoice('classWeights: scheme', scheme, schemes)
  checkOptions('classWeights', options, ['beta'])
  const beta = checkNumber('classWeights: beta', options.beta ?? 0.999, (v) => v >= 0 && v < 1, 'in [0, 1)')
  const checked = Array.from(counts, (count, c) => checkNonNegative(`classWeights: counts[${c}]`, count))
  const weights = rawWeights(checked, scheme, beta)
  if (scheme !== 'effective') return Float64Array.from(weights)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return Float64Array.from(weights, (weight) => (sum === 0 ? 0 : (weight * checked.length) / sum))
}

/** A caller's `weight` option: none, one for all, one per class, or a scheme that looks at the targets of the call. */
export type ClassWeight = number | ArrayLike<number> | ClassWeightScheme

/** Two factors; an alpha of the 'foreground' is 1 - alpha for class 0. */
interface TwoFactors {
  alpha: undefined | number | Float64Array | ClassWeightScheme
  alphaOf: 'all' | 'foreground'
  weight: undefined | Float64Array
}

/** The option as checked; a scheme still waits for the targets, one number for how many classes there are. */
export type CheckedClassWeight = TwoFactors['alpha'] | TwoFactors

/** The scheme that a weight needs the targets for, if it is one. */
export function schemeOf(weight: CheckedClassWeight): ClassWeightScheme | undefined {
  const alpha = isTwoFactors(weight) ? weight.alpha : weight
  return typeof alpha === 'string' ? alpha : undefined
}

const isTwoFactors = (weight: CheckedClassWeight): weight is TwoFactors => typeof weight === 'object' && !(weight instanceof Float64Array)

export function checkClassWeight(name: string, weight: ClassWeight | undefined): TwoFactors['alpha'] {
  if (weight === undefined) return undefined
  if (typeof weight === 'number') return checkNonNegative(name, weight)
  if (typeof weight === 'string') return checkChoice(name, weight, schemes)
  if (typeof weight !== 'object' || weight === null || typeof weight.length !== 'number') {
    throw new TypeError(`${name} must be an array with one number per class, or one of ${schemes.map((s) => `'${s}'`).join(', ')}`)
  }
  return Float64Array.from(weight, (value, c) => checkNonNegative(`${name}[${c}]`, value))
}

/** The weights for so many classes; `counts` is asked for the rows of each when a scheme needs them. */
export function resolveClassWeight(
  name: string,
  weight: CheckedClassWeight,
  classes: number,
  counts: () => number[],
): Float64Array | undefined {
  if (weight === undefined) return undefined
  if (typeof weight === 'number') return new Float64Array(classes).fill(weight)
  if (typeof weight === 'string') return classWeights(counts(), weight)
  if (isTwoFactors(weight)) return resolveTwoFactors(name, weight, classes, counts)
  if (weight.length === classes) return weight
  throw new RangeError(`${name} has ${weight.length} values, but input has ${classes} classes`)
}

function resolveTwoFactors(name: string, { alpha, alphaOf, weight }: TwoFactors, classes: number, counts: () => number[]): Float64Array {
  const result = Float64Array.from(resolveClassWeight(name, alpha, classes, counts) ?? new Float64Array(classes).fill(1))
  if (alphaOf === 'foreground') result[0] = 1 - result[0]
  const factor = resolveClassWeight(name.replace(/alpha$/, 'weight'), weight, classes, counts)
  return factor ? result.map((value, c) => value * factor[c]) : result
}
