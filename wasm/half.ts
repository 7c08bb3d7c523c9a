// Half-precision floats as other libraries hand them over.
import type { Numbers } from './tensor.js'

/** Whether a tensor's Uint16Array holds half floats, as onnxruntime's tensors say by their type. */
export const isHalf = (tensor: { data: Numbers; type?: string }): tensor is { data: Uint16Array } =>
  tensor.data instanceof Uint16Array && tensor.type === 'float16'

/** What takes the exponent of a half, read as that of a float, from the bias of the one to that of the other. */
const biases = 2 ** (127 - 15)

/**
 * IEEE binary16 to float: sign, 5 bits of exponent with bias 15, 10 of fraction. With these bits in a float's place subnormal halves are
 * subnormal floats, and one exact multiplication makes all of them what they are, but for infinities and NaN.
 */
export function widenHalf(data: Uint16Array): Float32Array {
  const floats = new Float32Array(data.length)
  const words = new Uint32Array(floats.buffer)
  for (let i = 0; i < data.length; i++) {
    const size = data[i] & 0x7fff
    words[i] = size << 13
    const value = size < 0x7c00 ? floats[i] * biases : size === 0x7c00 ? Number.POSITIVE_INFINITY : Number.NaN
    floats[i] = (data[i] & 0x8000) === 0 ? value : -value
  }
  return floats
}
