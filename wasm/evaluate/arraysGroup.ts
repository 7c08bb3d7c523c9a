// Some rows of arrays as they are stored, and their values.
import { widenHalf } from '../half.js'
import type { Values } from './columnValues.js'
import { type OpenedFile, readOpened } from './openedFile.js'
import type { FilePiece } from './table.js'

export interface ElementType {
  /** As NumPy writes it, without the byte order; bf2 is bfloat16. */
  type: string
  isBigEndian: boolean
}

/** Where a thread finds bytes by itself. */
export interface PlaceInFile extends FilePiece {
  file: OpenedFile
}

export interface ArraysContent {
  kind: 'arrays'
  /** In the order in which they are wanted: their bytes, or where these are. */
  columns: { of: ElementType; stored: Uint8Array<ArrayBuffer> | PlaceInFile }[]
}

/** Memory that a thread reads one group after the other into, a piece for each column. */
export class Rooms {
  readonly #rooms: ArrayBuffer[] = []

  take(column: number, size: number): Uint8Array<ArrayBuffer> {
    if (!(this.#rooms[column]?.byteLength >= size)) this.#rooms[column] = new ArrayBuffer(size)
    return new Uint8Array(this.#rooms[column], 0, size)
  }
}

/** The values of each column, until the rooms are taken again. */
export function unpackArrays({ columns }: ArraysContent, rooms: Rooms): Values[] {
  return columns.map(({ of, stored }, i) => {
    if (stored instanceof Uint8Array) return valuesOf(stored, of)
    const bytes = rooms.take(i, stored.end - stored.begin)
    readOpened(stored.file, stored, bytes)
    return valuesOf(bytes, of)
  })
}

/** Of an element. */
export const elementBytes = (type: string): number => {
  if (type.startsWith('U')) return 4 * Number(type.slice(1))
  return type.startsWith('S') ? Number(type.slice(1)) : Number(type.at(-1))
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const result = bytes.slice()
  for (let at = 0; at + size <= result.length; at += size) result.subarray(at, at + size).reverse()
  return result
}

function textsOf(bytes: Uint8Array, type: string): string[] {
  const size = elementBytes(type)
  const decode = (part: Uint8Array) => {
    if (type.startsWith('S')) return new TextDecoder().decode(part)
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength)
    return Array.from({ length: size / 4 }, (_, i) => String.fromCodePoint(Math.min(view.getUint32(4 * i, true), 0x10ffff))).join('')
  }
  const ends = /\0+$/
  return Array.from({ length: size === 0 ? 0 : bytes.length / size }, (_, i) =>
    decode(bytes.subarray(i * size, (i + 1) * size)).replace(ends, ''),
  )
}

function bfloats(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length)
  for (let i = 0; i < bits.length; i++) words[i] = bits[i] << 16
  return new Float32Array(words.buffer)
}

const arrayTypes = {
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  b1: Uint8Array,
}

export function valuesOf(raw: Uint8Array, { type, isBigEndian }: ElementType): Values {
  const size = elementBytes(type)
  const isText = /^[SU]/.test(type)
  const bytes = isBigEndian && !type.startsWith('S') ? swapped(raw, isText ? 4 : size) : raw
  if (isText) return textsOf(bytes, type)
  // Views must begin where their elements may.
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice()
  const count = Math.floor(aligned.length / size)
  if (type === 'f2' || type === 'bf2') {
    const bits = new Uint16Array(aligned.buffer, aligned.byteOffset, count)
    return type === 'f2' ? widenHalf(bits) : bfloats(bits)
  }
  const View = arrayTypes[type as keyof typeof arrayTypes]
  return new View(aligned.buffer as ArrayBuffer, aligned.byteOffset, count)
}
