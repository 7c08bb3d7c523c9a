// Half-precision floats as other libraries hand them over.
import type { Numbers } from './tensor.js'

/** Whether a tensor's Uint16Array holds half floats, as onnxruntime's tensors say by their type. */
export const isHalf = (tensor: { data: Numbers; type?: string }): tensor is { data: Uint16Array } =>
  tensor.data instanceof Uint16Array && tensor.type === 'float16'

/** IEEE binary16 to float: sign, 5 bits of exponent with bias 15, 10 of fraction. */
function widen(bits: number): number {
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  const sign = bits & 0x8000 ? -1 : 1
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

export const widenHalf = (data: Uint16Array): Float32Array => Float32Array.from(data, widen)
