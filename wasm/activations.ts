// Functions of a tensor that are no losses.
import { checkNumber, checkOptions } from './arguments.js'
import { blocksOf, layoutAlong } from './layout.js'
import type { ClassLayout } from './module/simd.js'
import type { Native } from './native.js'
import { copyFloats, dtypeOf, type FloatArray, type Input, newFloats, readTensor, type Tensor, type TensorLike } from './tensor.js'

/** Options of the functions along an axis. */
export interface DimOptions {
  /** The axis of the classes: an integer in [-rank, rank); negative ones count from the last. Default -1. */
  dim?: number
}

type AlongFunction = 'softmax' | 'logSoftmax' | 'logSumExp'
type PointwiseFunction = 'sigmoid' | 'logSigmoid' | 'softplus'

function readAlong(name: string, value: TensorLike, options: DimOptions | undefined): { input: Input; axis: number } {
  const { dim = -1 } = checkOptions(name, options, ['dim'])
  const input = readTensor(`${name}: input`, value)
  const rank = input.shape.length
  const range = `an integer from ${-rank} to ${rank - 1} for an input of shape [${input.shape}]`
  const checked = checkNumber(`${name}: dim`, dim, (v) => Number.isInteger(v) && v >= -rank && v < rank, range)
  return { input, axis: checked < 0 ? checked + rank : checked }
}

function along(native: Native, kernel: AlongFunction, input: Input, axis: number, keepsAxis: boolean): FloatArray {
  const { module, heap } = native
  const dtype = dtypeOf(input)
  const layout = layoutAlong(input.shape, axis)
  const valuesPerItem = layout.classes * layout.inner
  const resultPerItem = keepsAxis ? valuesPerItem : layout.inner
  const result = newFloats(dtype, layout.outer * resultPerItem)
  if (layout.classes === 0) return result.fill(Number.NEGATIVE_INFINITY)
  for (const { start, length } of blocksOf(layout.outer, valuesPerItem)) {
    const { scores, out } = heap.take({ scores: [dtype, length * valuesPerItem], out: [dtype, length * resultPerItem] })
    copyFloats(heap.view(dtype, scores), input.data, start * valuesPerItem)
    const block: ClassLayout = { ...layout, outer: length }
    module[`${kernel}${dtype}`](out.address, scores.address, block)
    result.set(heap.view(dtype, out), start * resultPerItem)
  }
  return result
}

function pointwise(native: Native, kernel: PointwiseFunction, value: TensorLike): Tensor {
  const { module, heap } = native
  const input = readTensor(`${kernel}: input`, value)
  const dtype = dtypeOf(input)
  const result = newFloats(dtype, input.data.length)
  for (const { start, length } of blocksOf(input.data.length, 1)) {
    const { x, out } = heap.take({ x: [dtype, length], out: [dtype, length] })
    copyFloats(heap.view(dtype, x), input.data, start)
    module[`${kernel}${dtype}`](out.address, x.address, length)
    result.set(heap.view(dtype, out), start)
  }
  return { data: result, shape: input.shape }
}

export function softmax(native: Native, value: TensorLike, options?: DimOptions): Tensor {
  const { input, axis } = readAlong('softmax', value, options)
  return { data: along(native, 'softmax', input, axis, true), shape: input.shape }
}

export function logSoftmax(native: Native, value: TensorLike, options?: DimOptions): Tensor {
  const { input, axis } = readAlong('logSoftmax', value, options)
  return { data: along(native, 'logSoftmax', input, axis, true), shape: input.shape }
}

export function logsumexp(native: Native, value: TensorLike, options?: DimOptions): Tensor {
  const { input, axis } = readAlong('logsumexp', value, options)
  const shape = input.shape.filter((_, i) => i !== axis)
  return { data: along(native, 'logSumExp', input, axis, false), shape }
}

export const sigmoid = (native: Native, value: TensorLike): Tensor => pointwise(native, 'sigmoid', value)
export const logSigmoid = (native: Native, value: TensorLike): Tensor => pointwise(native, 'logSigmoid', value)
export const softplus = (native: Native, value: TensorLike): Tensor => pointwise(native, 'softplus', value)
