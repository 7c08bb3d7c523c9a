// What counts in an elementwise loss, and what its mean divides by.
import type { Layout } from '../layout.js'
import type { Numbers } from '../tensor.js'

/**
 * What the mean divides by: 'counted' elements that are not ignored; 'all' elements; 'rows', the counted elements of one class; 'positives',
 * the elements with a target above 0, or 1 where there are none; or a number.
 */
export type ElementDivisor = 'counted' | 'all' | 'rows' | 'positives' | number

export interface Tally {
  ignored: number
  /** What the elements add to the divisor. */
  weight: number
}

/** Tallies the targets [start, start + length); those equal to `ignored` are. A row's first element stands for it. */
export function tally(
  targets: Numbers,
  start: number,
  length: number,
  ignored: number | undefined,
  divisor: ElementDivisor,
  { classes, inner }: Layout,
): Tally {
  if (ignored === undefined && (divisor === 'counted' || divisor === 'all')) return { ignored: 0, weight: length }
  let ignoredCount = 0
  let positives = 0
  let rows = 0
  for (let i = start; i < start + length; i++) {
    const t = Number(targets[i])
    if (t === ignored) {
      ignoredCount++
      continue
    }
    if (t > 0) positives++
    if (Math.floor(i / inner) % classes === 0) rows++
  }
  const counted = length - ignoredCount
  const weights = { counted, all: length, rows, positives }
  return { ignored: ignoredCount, weight: typeof divisor === 'number' ? counted : weights[divisor] }
}

/** The divisor from the tallied weights. */
export function divisorOf(divisor: ElementDivisor): (weight: number) => number {
  if (typeof divisor === 'number') return () => divisor
  return divisor === 'positives' ? (weight) => Math.max(1, weight) : (weight) => weight
}
