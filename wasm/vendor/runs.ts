// Small numbers as Parquet writes them, in runs of equal ones or packed by eight
// (https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE): places in a dictionary, and levels, which say of each value whether it is
// there and whether a list begins with it.
import type { parquetHeader } from 'hyparquet/src/column.js'
import { readVarInt } from 'hyparquet/src/thrift.js'

type Reader = Parameters<typeof parquetHeader>[0]

export const readerOf = (bytes: Uint8Array): Reader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
})

/** Bits of a level, of which `most` is the highest. */
export const bitsOf = (most: number): number => 32 - Math.clz32(most)

/** The runs of so many numbers, one after another. */
class Runs {
  /** Numbers of the run. */
  count = 0
  isPacked = false
  /** Where its bytes begin, and how many they are. */
  begin = 0
  size = 0
  readonly #reader: Reader
  readonly #bits: number
  #left: number

  constructor(bytes: Uint8Array, bits: number, count: number) {
    this.#reader = readerOf(bytes)
    this.#bits = bits
    this.#left = count
  }

  next(): boolean {
    if (this.#left === 0) return false
    const reader = this.#reader
    const head = readVarInt(reader)
    this.isPacked = (head & 1) === 1
    const count = this.isPacked ? 8 * (head >>> 1) : head >>> 1
    this.count = Math.min(count, this.#left)
    this.begin = reader.offset
    // What fills up the last eight may be left out.
    this.size = ((this.isPacked ? this.count : 1) * this.#bits + 7) >> 3
    if (count === 0 || this.begin + this.size > reader.view.byteLength) throw new RangeError('parquet page is cut off')
    reader.offset = this.begin + (((this.isPacked ? count : 1) * this.#bits + 7) >> 3)
    this.#left -= this.count
    return true
  }
}

/** The bytes of eight numbers that are all the same. */
function eightOf(number: number, bits: number): Uint8Array {
  let all = 0
  for (let i = 0; i < 8; i++) all = all * 2 ** bits + number
  return Uint8Array.from({ length: bits }, (_, i) => Math.floor(all / 256 ** i))
}

/** Whether so many levels are all the highest one. */
export function areHighest(levels: Uint8Array, most: number, count: number): boolean {
  const bits = bitsOf(most)
  const eight = eightOf(most, bits)
  for (const runs = new Runs(levels, bits, count); runs.next(); ) {
    if (!runs.isPacked) {
      if (levels[runs.begin] !== most) return false
      continue
    }
    const last = runs.size - 1
    for (let i = 0, of = 0; i < last; i++, of = of + 1 === bits ? 0 : of + 1) if (levels[runs.begin + i] !== eight[of]) return false
    const used = 0xff >> (8 * runs.size - bits * runs.count)
    if (((levels[runs.begin + last] ^ eight[last % bits]) & used) !== 0) return false
  }
  return true
}

/**
 * Where lists begin, by so many levels: of lists of values, whose levels have one bit, their places among the values; of lists of such lists, whose
 * levels have two, the places among these of the first in each, and theirs.
 */
export function beginsIn(levels: Uint8Array, depth: 1 | 2, count: number): Int32Array[] {
  const places = new Int32Array(count)
  const firsts = new Int32Array(depth === 1 ? 0 : count)
  let found = 0
  let outer = 0
  const add = (place: number, level: number) => {
    if (depth === 2 && level === 0) firsts[outer++] = found
    places[found++] = place
  }
  let begin = 0
  for (const runs = new Runs(levels, depth, count); runs.next(); begin += runs.count) {
    const end = begin + runs.count
    if (!runs.isPacked) {
      if (levels[runs.begin] < depth) for (let i = begin; i < end; i++) add(i, levels[runs.begin])
      continue
    }
    for (let i = begin, at = runs.begin; i < end; i += 8 / depth, at++) {
      const byte = levels[at]
      const used = 0xff >> Math.max(8 - depth * (end - i), 0)
      // One bit of each level that is not the highest.
      let lower = (depth === 1 ? ~byte : (~byte >> 1) | byte) & (depth === 1 ? 0xff : 0x55) & used
      for (; lower !== 0; lower &= lower - 1) {
        const bit = 31 - Math.clz32(lower & -lower)
        add(i + bit / depth, (byte >> bit) & (2 ** depth - 1))
      }
    }
  }
  const inner = places.slice(0, found)
  return depth === 1 ? [inner] : [firsts.slice(0, outer), inner]
}

/** Packed numbers, from the byte `begin` on. */
function unpack(bytes: Uint8Array, begin: number, bits: number, out: Uint8Array | Uint32Array): void {
  const { view } = readerOf(bytes)
  const mask = 2 ** bits - 1
  // Four bytes hold all bits of a number wherever it begins in the first one, where it has no more than 25.
  const whole = bits > 25 ? 0 : Math.min(Math.floor((8 * (bytes.length - begin - 3)) / bits), out.length)
  for (let i = 0, bit = 0; i < whole; i++, bit += bits) out[i] = (view.getUint32(begin + (bit >>> 3), true) >>> (bit & 7)) & mask
  for (let i = Math.max(whole, 0); i < out.length; i++) {
    let number = 0
    for (let bit = 0; bit < bits; bit++) {
      const at = i * bits + bit
      number += ((bytes[begin + Math.floor(at / 8)] >> (at % 8)) & 1) * 2 ** bit
    }
    out[i] = number
  }
}

export function readRuns<Out extends Uint8Array | Uint32Array>(bytes: Uint8Array, bits: number, out: Out): Out {
  let begin = 0
  for (const runs = new Runs(bytes, bits, out.length); runs.next(); begin += runs.count) {
    if (runs.isPacked) {
      unpack(bytes, runs.begin, bits, out.subarray(begin, begin + runs.count))
      continue
    }
    const number = bytes.subarray(runs.begin, runs.begin + runs.size).reduceRight((sum, byte) => sum * 256 + byte, 0)
    out.fill(number, begin, begin + runs.count)
  }
  return out
}
