import { checkNonNegative } from '../arguments.js'

/** A caller's values per class as floats, each finite and >= 0. */
export function classVector(name: string, values: ArrayLike<number> | undefined): Float32Array | undefined {
  if (values === undefined) return undefined
  if (typeof values !== 'object' || values === null || typeof values.length !== 'number') {
    throw new TypeError(`${name} must be an array with one number per class`)
  }
  return Float32Array.from(values, (value, c) => checkNonNegative(`${name}[${c}]`, value))
}
