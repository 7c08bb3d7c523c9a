// Columns of Arrow as values side by side, those of lists without an array for each.
import { type Batch, Column, Type } from '@uwdata/flechette'

export interface Piece {
  /** Of the rows or, where these hold lists, of the lists one behind the other. */
  values: ArrayLike<unknown>
  /** Where in them the lists begin. */
  begins?: Int32Array
  /** 1 for each of these that is missing, where some are. */
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

function pieceOf(batch: AnyBatch): Piece {
  const bounds = boundsOf(batch)
  const values = new Column(batch.children as AnyBatch[]).toArray()
  const absent = batch.nullCount > 0 ? Uint8Array.from({ length: batch.length }, (_, i) => (batch.isValid(i) ? 0 : 1)) : undefined
  const end = bounds[batch.length]
  return {
    values: ArrayBuffer.isView(values) ? (values as Float32Array).subarray(0, end) : values.slice(0, end),
    begins: bounds.subarray(0, -1),
    absent,
  }
}

/** The values of a column, in the pieces they come in. */
export const piecesOf = (column: Column<unknown>): Piece[] =>
  listTypes.includes(column.type.typeId) ? column.data.map(pieceOf) : [{ values: column.toArray() as ArrayLike<unknown> }]
