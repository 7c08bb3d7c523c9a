// Checks of options and shapes, all with the name of what is wrong.
import { SettingError } from './errors.js'
import { inEnglish, type Message, say } from './message.js'

/** An options object with known names only, each with a value or left out: what is misspelt or null would be ignored in silence. */
export function checkOptions<T extends object>(name: string, options: T | undefined, known: readonly string[]): Partial<T> {
  if (options === undefined) return {}
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw new TypeError(`${name}: options must be an object`)
  for (const [key, value] of Object.entries(options)) {
    if (!known.includes(key)) throw new TypeError(`${name}: unknown option '${key}'; there are: ${known.join(', ')}`)
    if (value === null) throw new TypeError(`${name}: ${key} is null; leave it out for its default`)
  }
  return options
}

export function checkNumber(name: string, value: unknown, isValid: (value: number) => boolean, range: string | Message): number {
  if (typeof value !== 'number') {
    const words = typeof range === 'string' ? range : inEnglish(range)
    throw new TypeError(`${name} must be a number ${words}, not ${value === null ? 'null' : typeof value}`)
  }
  if (!isValid(value)) throw new SettingError(say`${name} is ${value}; it must be ${range}`)
  return value
}

export const checkIndex = (name: string, value: unknown): number =>
  checkNumber(name, value, (v) => Number.isInteger(v) && Math.abs(v) < 2 ** 31, say`a 32-bit integer`)

export const checkShare = (name: string, value: unknown): number => checkNumber(name, value, (v) => v >= 0 && v <= 1, say`in [0, 1]`)

export const checkNonNegative = (name: string, value: unknown): number =>
  checkNumber(name, value, (v) => v >= 0 && v < Number.POSITIVE_INFINITY, say`finite and >= 0`)

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false, not ${value === null ? 'null' : typeof value}`)
  return value
}

export function checkChoice<T extends string>(name: string, value: T, choices: readonly T[]): T {
  if (!choices.includes(value))
    throw new SettingError(say`${name} is ${JSON.stringify(value)}; it must be one of ${choices.map((c) => `'${c}'`).join(', ')}`)
  return value
}

export function checkSameShape(name: string, shape: readonly number[], other: string, otherShape: readonly number[]): void {
  if (shape.length !== otherShape.length || shape.some((length, i) => length !== otherShape[i])) {
    throw new RangeError(`${name} has shape [${shape}], but ${other} has [${otherShape}]`)
  }
}
