// Columns of Arrow as values side by side: those of lists without an array for each, and fractions of which some are missing as numbers.
import { type Batch, Column, Precision, Type } from '@uwdata/flechette'

export interface Piece {
  /** Of the rows or, where these hold lists, of the lists one behind the other. */
  values: ArrayLike<unknown>
  /** Where in them the lists begin. */
  begins?: Int32Array
  /** 1 for each of these, or of fractions, that is missing, where some are. */
  absent?: Uint8Array
}

type AnyBatch = Batch<unknown>

const listTypes: readonly number[] = [Type.List, Type.LargeList, Type.FixedSizeList]

/** Where each list begins and the last one ends. */
function boundsOf({ type, length, offsets }: AnyBatch): Int32Array {
  const bounds = new Int32Array(length + 1)
  if (type.typeId === Type.FixedSizeList) {
    const { stride } = type as { stride: number }
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
  const absent = absentIn(batch)
  if (!absent) return { values }
  const present = values.slice()
  for (let i = 0; i < present.length; i++) if (absent[i] === 1) present[i] = Number.NaN
  return { values: present, absent }
}

function listsOf(batch: AnyBatch): Piece {
  const bounds = boundsOf(batch)
  const values = new Column(batch.children as AnyBatch[]).toArray()
  const absent = absentIn(batch)
  const end = bounds[batch.length]
  return {
    values: ArrayBuffer.isView(values) ? (values as Float32Array).subarray(0, end) : values.slice(0, end),
    begins: bounds.subarray(0, -1),
    absent,
  }
}

/** The values of a column, in the pieces they come in. */
export function piecesOf(column: Column<unknown>): Piece[] {
  const { typeId, precision } = column.type as { typeId: number; precision?: number }
  if (listTypes.includes(typeId)) return column.data.map(listsOf)
  // Those of half precision are not stored as numbers.
  const areFractions = typeId === Type.Float && precision !== Precision.HALF
  return areFractions ? column.data.map(fractionsOf) : [{ values: column.toArray() as ArrayLike<unknown> }]
}
