// Batches as views of wasm memory: valid until the next call into it, which may move the memory.
import type { MainModule } from './module.js'
import type { Batch } from './table.js'

export interface Memory {
  HEAPU8: Uint8Array
}

export const scoresOf = (memory: Memory, { scores, rows }: Batch, columns: number): Float32Array =>
  new Float32Array(memory.HEAPU8.buffer, scores, rows * columns)

export const labelsOf = (memory: Memory, { labels, rows }: Batch): Int32Array => new Int32Array(memory.HEAPU8.buffer, labels, rows)

export const targetsOf = (memory: Memory, { targets, rows }: Batch, classes: number): Float32Array =>
  new Float32Array(memory.HEAPU8.buffer, targets, rows * classes)

/** The name of a row; undefined when the batch has none. */
export function idOf(memory: Memory, { ids, rows }: Batch, row: number): string | undefined {
  if (!ids) return undefined
  const offsets = new Uint32Array(memory.HEAPU8.buffer, ids.offsets, rows + 1)
  return new TextDecoder().decode(memory.HEAPU8.slice(ids.bytes + offsets[row], ids.bytes + offsets[row + 1]))
}

/** Room in wasm memory for one batch. */
export class Room {
  readonly #native: MainModule
  readonly #addresses: number[] = []

  constructor(native: MainModule) {
    this.#native = native
  }

  take(numbers: number, numberBytes = 4): number {
    const size = numberBytes * Math.max(numbers, 1)
    const address = this.#native._malloc(size)
    if (address === 0) throw new RangeError(`out of memory: ${size} bytes of wasm memory are needed for one batch`)
    this.#addresses.push(address)
    return address
  }

  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.#native.HEAPU8.buffer as ArrayBuffer, address, count)
  }

  doubles(address: number, count: number): Float64Array {
    return new Float64Array(this.#native.HEAPU8.buffer as ArrayBuffer, address, count)
  }

  integers(address: number, count: number): Int32Array {
    return new Int32Array(this.#native.HEAPU8.buffer as ArrayBuffer, address, count)
  }

  release(): void {
    for (const address of this.#addresses) this.#native._free(address)
  }
}
