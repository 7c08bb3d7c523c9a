// Arrays in a file, and the rows of a table that they are columns of.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { elementBytes } from './arraysGroup.js'
import type { ByteRange, FileSource } from './file.js'
import type { FilePiece } from './table.js'

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
  file: FileSource
  /** Where its bytes stand in the file; or all of them in pieces of whole rows, where they are packed. */
  stored: FilePiece | ((rowBytes: number) => AsyncGenerator<ByteRange>)
}

/** An array that has a part in every row. */
export interface ArrayColumn {
  array: StoredArray
  /** Numbers of a row where they are several. */
  width?: number
}

/** Arrays of as many rows. */
export interface ArrayRows {
  columns: ArrayColumn[]
  rows: number
}

/** Of a row of the column. */
export const rowBytesOf = ({ array, width = 1 }: ArrayColumn): number => elementBytes(array.type) * width

export const cutOff = ({ name, file }: StoredArray): DataError => new DataError(say`the array "${name}" is cut off`, { file: file.name })
