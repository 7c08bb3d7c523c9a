// Parts of the pieces that columns come in.
import type { Piece } from '../evaluate/columnValues.js'

type Plain = Extract<Piece, { values: unknown }>['values']

export const slice = (values: Plain, from: number, to?: number): Plain =>
  ArrayBuffer.isView(values) ? (values as Float32Array).subarray(from, to) : (values as unknown[]).slice(from, to)

export const lengthOf = (piece: Piece): number => ('begins' in piece ? piece.begins : piece.values).length

/** Its first values, or lists. */
export function firstOf(piece: Piece, count: number): Piece {
  const absent = piece.absent?.subarray(0, count)
  if (!('begins' in piece)) return { values: slice(piece.values, 0, count), absent }
  const { elements, begins } = piece
  return { elements: count < begins.length ? firstOf(elements, begins[count]) : elements, begins: begins.subarray(0, count), absent }
}
