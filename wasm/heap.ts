// The wasm heap as the package uses it: one block, reused by every call, that holds a call's arrays side by side.
import type { MainModule } from './module/losses.js'
import type { Dtype } from './tensor.js'

const alignment = 16

/** An array in wasm memory; address 0 where there is none. */
export interface Slot {
  address: number
  length: number
}

export type SlotType = Dtype | 'I32'

const arrays = { F32: Float32Array, F64: Float64Array, I32: Int32Array }

/**
 * Arrays of one call at a time: `take` them all, then fill and call. Taking may move the heap, so views are made anew at each use and never
 * kept. Nothing is freed between calls; the block only grows to the largest call's need, which is a few MB, because callers work in
 * blocks of rows.
 */
export class Heap {
  readonly #module: MainModule
  #address = 0
  #bytes = 0

  constructor(module: MainModule) {
    this.#module = module
  }

  /** A slot for each wanted array: its element type and length, or undefined where it is not wanted. */
  take<Name extends string>(wanted: Record<Name, [SlotType, number] | undefined>): Record<Name, Slot> {
    const names = Object.keys(wanted) as Name[]
    const sizeOf = (name: Name) => {
      const [type, length] = wanted[name] ?? ['F32', 0]
      return Math.ceil((length * arrays[type].BYTES_PER_ELEMENT) / alignment) * alignment
    }
    const total = names.reduce((sum, name) => sum + sizeOf(name), 0)
    if (total > this.#bytes) this.#grow(total)
    const slots = {} as Record<Name, Slot>
    let address = this.#address
    for (const name of names) {
      const length = wanted[name]?.[1] ?? 0
      slots[name] = { address: wanted[name] ? address : 0, length }
      address += sizeOf(name)
    }
    return slots
  }

  view(type: 'I32', slot: Slot): Int32Array
  view(type: Dtype, slot: Slot): Float32Array | Float64Array
  view(type: SlotType, slot: Slot): Int32Array | Float32Array | Float64Array {
    return new arrays[type](this.#module.HEAPU8.buffer as ArrayBuffer, slot.address, slot.length)
  }

  /** Calls `use` with the address of a copy of the bytes. */
  withBytes<T>(bytes: Uint8Array, use: (address: number, size: number) => T): T {
    const { copy } = this.take({ copy: ['I32', Math.ceil(bytes.length / 4) + 1] })
    this.#module.HEAPU8.set(bytes, copy.address)
    return use(copy.address, bytes.length)
  }

  /** Calls `fill` with an address for so many bytes, and returns a copy of what it has put there. */
  bytesFrom(size: number, fill: (address: number) => void): Uint8Array {
    const { bytes } = this.take({ bytes: ['I32', Math.ceil(size / 4)] })
    fill(bytes.address)
    return this.#module.HEAPU8.slice(bytes.address, bytes.address + size)
  }

  #grow(bytes: number): void {
    this.#module._free(this.#address)
    this.#bytes = 0
    this.#address = this.#module._malloc(bytes)
    if (this.#address === 0) throw new RangeError(`out of memory: ${bytes} bytes of wasm memory are needed for one block`)
    this.#bytes = bytes
  }
}
