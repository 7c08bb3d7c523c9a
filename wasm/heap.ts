// The wasm heap as the package uses it: one block, reused by every call, that holds a call's arrays side by side.
import type { MainModule } from './module/simd.js'

const alignment = 16

/** An array in wasm memory. */
export interface Slot {
  address: number
  length: number
}

const bytesPerElement = 4

/**
 * Arrays of one call at a time: `take` them all, then fill and call. Taking may move the heap, so views are made anew at each use and
 * never kept. Nothing is freed between calls; the block only grows to the largest call's need, which is a few hundred kB, because callers
 * work in blocks of rows.
 */
export class Heap {
  readonly module: MainModule
  #address = 0
  #bytes = 0

  constructor(module: MainModule) {
    this.module = module
  }

  /** Addresses for arrays of the given lengths (4-byte elements); a length of 0 gives the null address. */
  take(...lengths: number[]): Slot[] {
    const sizes = lengths.map((length) => Math.ceil((length * bytesPerElement) / alignment) * alignment)
    const total = sizes.reduce((sum, size) => sum + size, 0)
    if (total > this.#bytes) this.#grow(total)
    let address = this.#address
    return lengths.map((length, i) => {
      const slot = { address: length === 0 ? 0 : address, length }
      address += sizes[i]
      return slot
    })
  }

  floats(slot: Slot, length = slot.length): Float32Array {
    return new Float32Array(this.module.HEAPU8.buffer, slot.address, length)
  }

  integers(slot: Slot, length = slot.length): Int32Array {
    return new Int32Array(this.module.HEAPU8.buffer, slot.address, length)
  }

  /** Calls `use` with the address of a copy of the bytes. */
  withBytes<T>(bytes: Uint8Array, use: (address: number, size: number) => T): T {
    const [slot] = this.take(Math.ceil(bytes.length / bytesPerElement) + 1)
    this.module.HEAPU8.set(bytes, slot.address)
    return use(slot.address, bytes.length)
  }

  #grow(bytes: number): void {
    this.module._free(this.#address)
    this.#bytes = 0
    this.#address = this.module._malloc(bytes)
    if (this.#address === 0) throw new RangeError(`out of memory: ${bytes} bytes of wasm memory are needed for one block`)
    this.#bytes = bytes
  }
}
