// Functions of a tensor that are no losses.
import { checkNumber } from './arguments.js'
import { blocksOf, layoutAlong } from './layout.js'
import type { ClassLayout } from './module/simd.js'
import type { Native } from './native.js'
import { copyFloats, dtypeOf, type FloatArray, type Input, newFloats, readTensor, type Tensor, type TensorLike } from './tensor.js'

export interface DimOptions {
  /** The axis of the classes; negative ones count from the last. Default -1. */
  dim?: number
}

type AlongFunction = 'softmax' | 'logSoftmax' | 'logSumExp'
type PointwiseFunction = 'sigmoid' | 'logSigmoid' | 'softplus'

function axisOf(name: string, shape: readonly number[], dim = -1): number {
  const rank = shape.length
  const range = `an integer from ${-rank} to ${rank - 1} for an input of shape [${shape}]`
  const checked = checkNumber(`${name}: dim`, dim, (v) => Number.isInteger(v) && v >= -rank && v < rank, range)
  return checked < 0 ? checked + rank : checked
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

/** e^x_c / sum_j e^x_j along an axis, torch.nn.Softmax. The result has the input's shape. */
export function softmax(native: Native, value: TensorLike, { dim }: DimOptions = {}): Tensor {
  const input = readTensor('softmax: input', value)
  return { data: along(native, 'softmax', input, axisOf('softmax', input.shape, dim), true), shape: input.shape }
}

/** x_c - log(sum_j e^x_j) along an axis, torch.nn.LogSoftmax; exact where the probability is near 1. */
export function logSoftmax(native: Native, value: TensorLike, { dim }: DimOptions = {}): Tensor {
  const input = readTensor('logSoftmax: input', value)
  return { data: along(native, 'logSoftmax', input, axisOf('logSoftmax', input.shape, dim), true), shape: input.shape }
}

/** log(sum_j e^x_j) along an axis, torch.logsumexp; the result lacks that axis. -Infinity where all scores are. */
export function logsumexp(native: Native, value: TensorLike, { dim }: DimOptions = {}): Tensor {
  const input = readTensor('logsumexp: input', value)
  const axis = axisOf('logsumexp', input.shape, dim)
  const shape = input.shape.filter((_, i) => i !== axis)
  return { data: along(native, 'logSumExp', input, axis, false), shape }
}

/** 1 / (1 + e^-x), torch.nn.Sigmoid. */
export const sigmoid = (native: Native, value: TensorLike): Tensor => pointwise(native, 'sigmoid', value)

/** -log(1 + e^-x), torch.nn.LogSigmoid. */
export const logSigmoid = (native: Native, value: TensorLike): Tensor => pointwise(native, 'logSigmoid', value)

/** log(1 + e^x), torch.nn.Softplus. */
export const softplus = (native: Native, value: TensorLike): Tensor => pointwise(native, 'softplus', value)
