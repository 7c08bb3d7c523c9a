// Tables of named arrays: NumPy's, safetensors' and torch's. Rows go along the first axis; of (N, T, V) and (N, T) along the first two.
import { DataError } from '../errors.js'
import { widenHalf } from '../half.js'
import { say } from '../message.js'
import { quoted } from './cells.js'
import type { Chunk } from './chunkRows.js'
import type { ColumnSource } from './columnTable.js'
import type { ByteRange, FileSource } from './file.js'
import type { Values } from './values.js'

/** One array of a file, as the core describes it. */
export interface ArrayInfo {
  name: string
  /** As NumPy writes it, without the byte order; bf2 is bfloat16; empty when it is not known. */
  type: string
  isBigEndian: boolean
  isFortranOrder: boolean
  shape: number[]
  begin: number
  end: number
  member: string
}

export interface StoredArray extends ArrayInfo {
  /** Its bytes, from the first one on, in pieces of whole rows. A piece that is done with may be used again: its memory goes to `rooms`. */
  open(rowBytes: number, rooms: ArrayBuffer[]): AsyncGenerator<ByteRange>
}

/** The rows of an array, as many at a time as are at hand. */
class RowStream {
  readonly #rowBytes: number
  readonly #rooms: ArrayBuffer[] = []
  readonly #isOurs: boolean
  readonly #pieces: AsyncGenerator<ByteRange>
  #piece = new Uint8Array(0)

  constructor(file: FileSource, array: StoredArray, rowBytes: number) {
    this.#rowBytes = rowBytes
    this.#isOurs = file.givesAway === true
    this.#pieces = array.open(rowBytes, this.#rooms)
  }

  /** Whole rows at hand; none at the end. What was taken before is done with. */
  async rows(): Promise<number> {
    if (this.#rowBytes === 0) return Number.POSITIVE_INFINITY
    if (this.#piece.length === 0) {
      if (this.#isOurs && this.#piece.buffer.byteLength > 0) this.#rooms[0] = this.#piece.buffer
      const { value } = await this.#pieces.next()
      this.#piece = value?.bytes ?? new Uint8Array(0)
    }
    return Math.floor(this.#piece.length / this.#rowBytes)
  }

  take(rows: number): Uint8Array {
    const end = rows * this.#rowBytes
    const taken = this.#piece.subarray(0, end)
    this.#piece = this.#piece.subarray(end)
    return taken
  }

  async close(): Promise<void> {
    await this.#pieces.return(undefined)
  }
}

const elementBytes = (type: string): number => {
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

function valuesOf(raw: Uint8Array, { type, isBigEndian }: ArrayInfo): Values {
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

const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1)

/** Axes of one element say nothing, except the first one. */
const squeezed = (shape: readonly number[]) => shape.filter((length, axis) => axis === 0 || length !== 1)

interface Rows {
  count: number
  /** Axes that rows go along. */
  axes: number
}

/** Scores of every token: (N, T, V), with labels (N, T) or without. */
function rowsOf(arrays: readonly ArrayInfo[], areTokens: boolean): Rows {
  const shapes = arrays.map(({ shape }) => squeezed(shape)).filter((shape) => shape.length > 0)
  const tokens = shapes.find((shape) => shape.length === 3) ?? (areTokens ? shapes.find((shape) => shape.length === 2) : undefined)
  if (tokens) return { count: sizeOf(tokens.slice(0, 2)), axes: 2 }
  // The scores have most numbers; what has another length is something else.
  const [largest] = [...shapes].sort((a, b) => sizeOf(b) - sizeOf(a))
  return { count: largest?.[0] ?? 0, axes: 1 }
}

const shapeText = ({ shape }: ArrayInfo) => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`

/** The arrays that have the rows, as columns; `areTokens` when rows are known to be the positions of sequences. */
export function arrayColumns(file: FileSource, dialect: string, arrays: readonly StoredArray[], areTokens: boolean): ColumnSource {
  const known = arrays.filter(({ type }) => type !== '')
  const { count, axes } = rowsOf(known, areTokens)
  const fits = ({ shape }: ArrayInfo) => sizeOf(squeezed(shape).slice(0, axes)) === count && shape.length > 0
  const used = known.filter((array) => fits(array) && squeezed(array.shape).length <= axes + 1)
  if (used.length === 0) {
    const shapes = arrays.map((array) => `"${array.name}" ${shapeText(array)}`)
    const problem =
      arrays.length === 0 ? say`it holds no arrays` : say`none of its arrays has rows of scores or labels: ${shapes.join(', ')}`
    throw new DataError(problem, { file: file.name })
  }
  const turned = used.find(({ isFortranOrder, shape }) => isFortranOrder && squeezed(shape).length > 1)
  if (turned) {
    throw new DataError(
      say`the array ${quoted([turned.name])} stands column by column (Fortran order): save it with np.ascontiguousarray`,
      {
        file: file.name,
      },
    )
  }
  const widths = used.map(({ shape }) => (squeezed(shape).length > axes ? sizeOf(shape) / count : undefined))
  const others = arrays.filter((array) => !used.includes(array)).map(({ name }) => name)
  const words = [
    axes === 2 ? `${dialect}, a row for each token` : dialect,
    ...(others.length > 0 ? [`not read, as they have other rows: ${quoted(others)}`] : []),
  ].join(', ')
  return {
    file,
    dialect: words,
    names: used.map(({ name }) => name),
    widths,
    chunks: (columns) => chunksOf(file, used, columns, widths, count),
    areTokens: axes === 2,
  }
}

async function* chunksOf(
  file: FileSource,
  arrays: StoredArray[],
  columns: number[],
  widths: (number | undefined)[],
  count: number,
): AsyncGenerator<Chunk> {
  const streams = columns.map((column) => {
    const rowBytes = elementBytes(arrays[column].type) * (widths[column] ?? 1)
    return new RowStream(file, arrays[column], rowBytes)
  })
  try {
    for (let row = 0; row < count; ) {
      const atHand = await Promise.all(streams.map((stream) => stream.rows()))
      const rows = Math.min(...atHand, count - row)
      if (rows === 0) throw new DataError(say`the array "${arrays[columns[atHand.indexOf(0)]].name}" is cut off`, { file: file.name })
      row += rows
      yield {
        rows,
        columns: streams.map((stream, i) => valuesOf(stream.take(rows), arrays[columns[i]])),
        bytes: Math.round((file.size * row) / count),
      }
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.close()))
  }
}
