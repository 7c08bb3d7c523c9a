// What callers hand in as arrays, and what they get back.
import { isHalf, widenHalf } from './half.js'

/** Floating-point numbers, and with them the precision of a result. */
export type FloatArray = Float32Array | Float64Array

/** Numbers in row-major order. */
export interface Tensor {
  /** As many values as the shape holds. */
  data: FloatArray
  /** Length of each axis, the outermost first; [] for one value. */
  shape: number[]
}

/** Typed arrays of class indices, or of other whole numbers. */
export type IntegerArray = Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array
/** Typed arrays of 64-bit integers, as runtimes give labels. */
export type BigIntegerArray = BigInt64Array | BigUint64Array
/** Numbers in any array that has them. */
export type Numbers = FloatArray | IntegerArray | BigIntegerArray | readonly number[]

/** Rows of rows of numbers, all of the same length on a level. */
export interface NestedArray extends ReadonlyArray<number | bigint | NestedArray> {}

/**
 * Scores or targets: `{ data, shape }`, `{ data, dims }` (the tensors of onnxruntime and transformers.js; with `type: 'float16'` a Uint16Array
 * holds half floats), a typed array (one axis; a Float16Array too where the runtime has it) or nested plain arrays.
 */
export type TensorLike = ShapedTensor | DimsTensor | Numbers | NestedArray

/** A tensor as Losskit, transformers.js and others have it. */
export interface ShapedTensor {
  /** Values in row-major order. */
  data: Numbers
  /** Length of each axis, the outermost first. */
  shape: readonly number[]
  /** 'float16' where a Uint16Array holds half floats. */
  type?: string
}

/** A tensor as onnxruntime has it. */
export interface DimsTensor {
  /** Values in row-major order. */
  data: Numbers
  /** Length of each axis, the outermost first. */
  dims: readonly number[]
  /** 'float16' where a Uint16Array holds half floats. */
  type?: string
}

/** A tensor as read: any element type, shape checked against the data. */
export interface Input {
  data: Numbers
  shape: number[]
}

/** The precision a call is worked in: double where the input is a Float64Array, else float. */
export type Dtype = 'F32' | 'F64'

export const dtypeOf = (input: Input): Dtype => (input.data instanceof Float64Array ? 'F64' : 'F32')

export const newFloats = (dtype: Dtype, length: number): FloatArray =>
  dtype === 'F64' ? new Float64Array(length) : new Float32Array(length)

const isNumbers = (value: unknown): value is Numbers => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))

/** Where a result goes. */
export interface OutOptions {
  /**
   * The array to write the result to, and to give back as its data, in place of a new one: a Float64Array where the input is one, else a
   * Float32Array, of the result's length. It may be the input's own, and must not overlap the arguments otherwise. After an error it holds
   * anything. A new array of many megabytes costs more than most kernels: the system clears its memory page by page.
   */
  out?: FloatArray
}

/** The caller's array for a result, or a new one; `name` is the function's. */
export function outFloats(name: string, { out }: OutOptions, dtype: Dtype, length: number): FloatArray {
  if (out === undefined) return newFloats(dtype, length)
  const [kind, precision] = dtype === 'F64' ? [Float64Array, 'double'] : [Float32Array, 'float']
  if (!(out instanceof kind)) throw new TypeError(`${name}: out must be a ${kind.name}, as the input is worked in ${precision}`)
  if (out.length !== length) throw new RangeError(`${name}: out has ${out.length} values, but the result has ${length}`)
  return out
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1)

/** Reads a caller's argument; `name` is the argument's, for the errors. */
export function readTensor(name: string, value: TensorLike): Input {
  if (isNumbers(value)) return Array.isArray(value) ? readNested(name, value) : { data: value as Numbers, shape: [value.length] }
  if (typeof value !== 'object' || value === null || !isNumbers((value as { data?: unknown }).data)) {
    throw new TypeError(`${name} must be { data, shape }, { data, dims }, a typed array or nested arrays of numbers`)
  }
  const tensor = value as { data: Numbers; type?: string }
  const data = isHalf(tensor) ? widenHalf(tensor.data) : tensor.data
  if (Array.isArray(data)) checkNumbers(name, data)
  const shape = 'shape' in value ? value.shape : (value as { dims?: unknown }).dims
  return { data, shape: checkShape(name, data, shape) }
}

function checkNumbers(name: string, data: readonly unknown[]): void {
  for (let i = 0; i < data.length; i++) {
    const type = typeof data[i]
    if (type !== 'number' && type !== 'bigint') throw new TypeError(`${name}: data[${i}] must be a number, not ${describe(data[i])}`)
  }
}

function checkShape(name: string, data: Numbers, shape: unknown): number[] {
  if (!Array.isArray(shape) || shape.some((length) => !Number.isInteger(length) || length < 0)) {
    throw new TypeError(`${name} has no shape: an array of lengths >= 0 is needed, [${shape}] is there`)
  }
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(`${name} has ${data.length} values, but its shape [${shape}] holds ${sizeOf(shape)}`)
  }
  return [...shape]
}

function readNested(name: string, value: NestedArray): Input {
  const shape: number[] = []
  for (let level: unknown = value; Array.isArray(level); level = level[0]) shape.push(level.length)
  const data: number[] = []
  /** Where in each level, so that only errors spell it out. */
  const at: number[] = []
  const path = (depth: number) =>
    name +
    at
      .slice(0, depth)
      .map((i) => `[${i}]`)
      .join('')
  const gather = (part: unknown, depth: number): void => {
    if (!Array.isArray(part) || part.length !== shape[depth]) {
      throw new RangeError(`${path(depth)} must be an array of ${shape[depth]}, as those before it are; it is ${describe(part)}`)
    }
    for (let i = 0; i < part.length; i++) {
      const inner: unknown = part[i]
      at[depth] = i
      if (depth + 1 < shape.length) gather(inner, depth + 1)
      else if (typeof inner === 'number' || typeof inner === 'bigint') data.push(Number(inner))
      else throw new TypeError(`${path(depth + 1)} must be a number, not ${describe(inner)}`)
    }
  }
  gather(value, 0)
  return { data, shape }
}

const describe = (value: unknown): string => (Array.isArray(value) ? `an array of ${value.length}` : String(value))

/** Copies values [start, start + to.length) as floats. */
export function copyFloats(to: FloatArray, from: Numbers, start: number): void {
  if (from instanceof Float32Array || from instanceof Float64Array) {
    to.set(from.subarray(start, start + to.length))
    return
  }
  for (let i = 0; i < to.length; i++) to[i] = Number(from[start + i])
}

/** Copies class indices [start, start + to.length); refuses what is no 32-bit integer. `name` is the argument's. */
export function copyIndices(to: Int32Array, from: Numbers, start: number, name: string): void {
  if (from instanceof Int32Array) {
    to.set(from.subarray(start, start + to.length))
    return
  }
  for (let i = 0; i < to.length; i++) {
    const value = Number(from[start + i])
    to[i] = value
    if (to[i] !== value) throw new RangeError(`${name}[${start + i}] is ${value}, which is no class index`)
  }
}
