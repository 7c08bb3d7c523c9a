// The fixtures of tests/fixtures/torch, and how close to them a result must be.
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../fixtures/torch/', import.meta.url)

/** The cases of every file, by the function they are of. */
export const readFixtures = () =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ name: file.slice(0, -'.json'.length), cases: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) }))

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array }

/** A tensor of a fixture: class indices as they are, all else in the case's precision. */
export function tensor({ shape, data, type }, dtype) {
  const values = arrays[type ?? dtype].from(data, Number)
  return shape.length === 1 ? values : { data: values, shape }
}

const relative = { float32: 1e-6, float64: 1e-12 }

/** What rounding takes from a number just below 1, and from the least ones of a precision, at most. */
const rounding = { float32: 2 ** -25, float64: 2 ** -54 }
const underflow = { float32: 2 ** -150, float64: 0 }

/** Their tails are what torch's double has left over from numbers as large as the input: right to one rounding of the largest of those. */
const isLeftover = new Set(['logSoftmax', 'crossEntropyLoss', 'bceWithLogitsLoss'])

const largest = (values) => Math.max(0, ...values.map(Math.abs).filter(Number.isFinite))

/** Targets between 0 and 1, given so or made so by label smoothing. */
const hasSoftTargets = (target, options) =>
  options.labelSmoothing > 0 || (target.type !== 'int32' && target.data.some((t) => Number(t) % 1 !== 0))

/** How far a result may be from torch's: 1e-6 (float32) or 1e-12 (float64) of the expected value, and what torch itself has lost. */
export function tolerance(name, { dtype }, input) {
  const lost = isLeftover.has(name) ? rounding.float64 * Math.max(1, largest(input.data.map(Number))) : 0
  return { relative: relative[dtype], absolute: underflow[dtype] + lost }
}

/**
 * The same for a gradient. At a soft target t it is a difference such as p - t, and in float32 p has been rounded before: one rounding of the
 * tensor's largest gradient is allowed there.
 */
export function gradientTolerance(name, test, { input, target }, gradient) {
  const { relative, absolute } = tolerance(name, test, input)
  const isDifference = test.dtype === 'float32' && hasSoftTargets(target, test.options)
  return { relative, absolute: absolute + (isDifference ? rounding.float32 * largest(gradient) : 0) }
}

/** Gathers what is out of tolerance, and how much of the tolerance was used at most. */
export class Comparison {
  failures = []
  worst = 0

  /** `magnitude`: what the relative tolerance is of, where that is more than the expected value. */
  check(title, actual, expected, { relative, absolute }, magnitude = 0) {
    if (actual.length !== expected.length) this.failures.push(`${title}: ${actual.length} values, not ${expected.length}`)
    for (const [i, text] of expected.entries()) {
      const want = Number(text)
      if (Object.is(actual[i], want) || actual[i] === want) continue
      const limit = relative * Math.max(Math.abs(want), magnitude) + absolute
      const used = Math.abs(actual[i] - want) / limit
      if (used <= 1) this.worst = Math.max(this.worst, used)
      else this.failures.push(`${title} [${i}]: ${actual[i]}, torch has ${want}; off by ${used} times the tolerance`)
    }
  }
}
