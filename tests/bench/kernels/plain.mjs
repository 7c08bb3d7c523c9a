// The two ends of the scale: the plain JavaScript loop, and what only reading the scores takes.
import { loops } from './operations.mjs'

export function openLoop(version) {
  return {
    name: 'JavaScript loop',
    version,
    prepare: (operation, data) => ({ run: () => void loops[operation](data), result: () => loops[operation](data), close: () => {} }),
  }
}

/** wasm: limit.wat, assembled. */
export async function openLimit(wasm) {
  const { instance } = await WebAssembly.instantiate(wasm)
  const { memory, sum } = instance.exports
  const start = memory.buffer.byteLength
  return {
    name: 'sum of the buffer',
    version: '',
    isLimit: true,
    prepare(_, { scores }) {
      const end = start + 128 * Math.ceil(scores.byteLength / 128)
      const missing = end - memory.buffer.byteLength
      if (missing > 0) memory.grow(Math.ceil(missing / 65536))
      const values = new Float32Array(memory.buffer, start, (end - start) / 4)
      values.fill(0)
      values.set(scores)
      return { run: () => void sum(start, end), result: () => sum(start, end), close: () => {} }
    },
  }
}
