// Functions of a tensor that are no losses.
import { checkNumber, checkOptions } from './arguments.js'
import { blocksOf, layoutAlong } from './layout.js'
import type { Native } from './native.js'
import {
  copyFloats,
  dtypeOf,
  type FloatArray,
  type Input,
  type OutOptions,
  outFloats,
  readTensor,
  type Tensor,
  type TensorLike,
} from './tensor.js'

/** Options of the functions along an axis. */
export interface DimOptions extends OutOptions {
  /** The axis of the classes: an integer in [-rank, rank); negative ones count from the last. Default -1. */
  dim?: number
}

type AlongFunction = 'softmax' | 'logSoftmax' | 'logsumexp'
const alongKernels = { softmax: 'softmax', logSoftmax: 'logSoftmax', logsumexp: 'logSumExp' } as const
type PointwiseFunction = 'sigmoid' | 'logSigmoid' | 'softplus'

interface AlongCall {
  input: Input
  axis: number
  out: OutOptions
}

function readAlong(name: string, value: TensorLike, options: DimOptions | undefined): AlongCall {
  const { dim = -1, ...out } = checkOptions(name, options, ['dim', 'out'])
  const input = readTensor(`${name}: input`, value)
  const rank = input.shape.length
  const range = `an integer from ${-rank} to ${rank - 1} for an input of shape [${input.shape}]`
  const checked = checkNumber(`${name}: dim`, dim, (v) => Number.isInteger(v) && v >= -rank && v < rank, range)
  return { input, axis: checked < 0 ? checked + rank : checked, out }
}

function along(native: Native, name: AlongFunction, { input, axis, out: options }: AlongCall, keepsAxis: boolean): FloatArray {
  const { module, heap } = native
  const dtype = dtypeOf(input)
  const layout = layoutAlong(input.shape, axis)
  const valuesPerItem = layout.classes * layout.inner
  const resultPerItem = keepsAxis ? valuesPerItem : layout.inner
  const result = outFloats(name, options, dtype, layout.outer * resultPerItem)
  if (layout.classes === 0) return result.fill(Number.NEGATIVE_INFINITY)
  for (const { start, length } of blocksOf(layout.outer, valuesPerItem)) {
    const { scores, out } = heap.take({ scores: [dtype, length * valuesPerItem], out: [dtype, length * resultPerItem] })
    copyFloats(heap.view(dtype, scores), input.data, start * valuesPerItem)
    module[`${alongKernels[name]}${dtype}`](out.address, scores.address, length, layout.classes, layout.inner)
    result.set(heap.view(dtype, out), start * resultPerItem)
  }
  return result
}

function pointwise(native: Native, kernel: PointwiseFunction, value: TensorLike, options?: OutOptions): Tensor {
  const { module, heap } = native
  const checked = checkOptions(kernel, options, ['out'])
  const input = readTensor(`${kernel}: input`, value)
  const dtype = dtypeOf(input)
  const result = outFloats(kernel, checked, dtype, input.data.length)
  for (const { start, length } of blocksOf(input.data.length, 1)) {
    const { x, out } = heap.take({ x: [dtype, length], out: [dtype, length] })
    copyFloats(heap.view(dtype, x), input.data, start)
    module[`${kernel}${dtype}`](out.address, x.address, length)
    result.set(heap.view(dtype, out), start)
  }
  return { data: result, shape: input.shape }
}

export function softmax(native: Native, value: TensorLike, options?: DimOptions): Tensor {
  const call = readAlong('softmax', value, options)
  return { data: along(native, 'softmax', call, true), shape: call.input.shape }
}

export function logSoftmax(native: Native, value: TensorLike, options?: DimOptions): Tensor {
  const call = readAlong('logSoftmax', value, options)
  return { data: along(native, 'logSoftmax', call, true), shape: call.input.shape }
}

export function logsumexp(native: Native, value: TensorLike, options?: DimOptions): Tensor {
  const call = readAlong('logsumexp', value, options)
  const shape = call.input.shape.filter((_, i) => i !== call.axis)
  return { data: along(native, 'logsumexp', call, false), shape }
}

export const sigmoid = (native: Native, value: TensorLike, options?: OutOptions): Tensor => pointwise(native, 'sigmoid', value, options)
export const logSigmoid = (native: Native, value: TensorLike, options?: OutOptions): Tensor =>
  pointwise(native, 'logSigmoid', value, options)
export const softplus = (native: Native, value: TensorLike, options?: OutOptions): Tensor => pointwise(native, 'softplus', value, options)
