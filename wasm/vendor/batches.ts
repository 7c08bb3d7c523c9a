// Columns of Arrow as values side by side: those of lists, and of lists of lists, without an array for each, and fractions of which some are missing as numbers.
import { type Batch, Column, Precision, Type } from '@uwdata/flechette'
import type { Piece } from '../evaluate/columnValues.js'
import { firstOf, lengthOf } from './pieces.js'

type AnyBatch = Batch<unknown>

const listTypes: readonly number[] = [Type.List, Type.LargeList, Type.FixedSizeList]

const tooShort = () => new RangeError('a record batch has fewer values than it says')

/** Where each list begins among so many elements, and where the last one ends. */
function boundsOf({ type, length, offsets }: AnyBatch, elements: number): Int32Array {
  const { typeId, stride = 0 } = type as { typeId: number; stride?: number }
  const isFixed = typeId === Type.FixedSizeList
  if (isFixed ? length * stride > elements : length > 0 && offsets && length >= offsets.length) throw tooShort()
  const bounds = new Int32Array(length + 1)
  if (isFixed) {
    for (let i = 0; i <= length; i++) bounds[i] = i * stride
    return bounds
  }
  if (!offsets || length === 0) return bounds
  // Two words each, the low one first: no values are so many that they need both.
  const words = new Int32Array(offsets.buffer, offsets.byteOffset, offsets.byteLength / 4)
  const step = offsets.BYTES_PER_ELEMENT / 4
  for (let i = 0; i <= length; i++) bounds[i] = words[i * step]
  return bounds
}

function absentIn({ nullCount, validity, length }: AnyBatch): Uint8Array | undefined {
  if (nullCount === 0 || !validity) return undefined
  const absent = new Uint8Array(length)
  for (let i = 0; i < length; i++) absent[i] = 1 - ((validity[i >> 3] >> (i & 7)) & 1)
  return absent
}

/** Fractions that are missing are NaN. */
function fractionsOf(batch: AnyBatch): Piece {
  const values = batch.values as Float32Array
  if (values.length < batch.length) throw tooShort()
  const absent = absentIn(batch)
  if (!absent) return { values }
  const present = values.slice()
  for (let i = 0; i < present.length; i++) if (absent[i] === 1) present[i] = Number.NaN
  return { values: present, absent }
}

function listsOf(batch: AnyBatch): Piece {
  const inner = pieceOf(batch.children[0] as AnyBatch)
  const bounds = boundsOf(batch, lengthOf(inner))
  // What is behind the last one is of none.
  const elements = firstOf(inner, bounds[batch.length])
  return { elements, begins: bounds.subarray(0, -1), absent: absentIn(batch) }
}

function pieceOf(batch: AnyBatch): Piece {
  const { typeId, precision } = batch.type as { typeId: number; precision?: number }
  if (listTypes.includes(typeId)) return listsOf(batch)
  // Those of half precision are not stored as numbers.
  const areFractions = typeId === Type.Float && precision !== Precision.HALF
  return areFractions ? fractionsOf(batch) : { values: new Column([batch]).toArray() as ArrayLike<unknown> }
}

/** The values of a column, in the pieces they come in. */
export const piecesOf = ({ data }: Column<unknown>): Piece[] => data.map(pieceOf)
