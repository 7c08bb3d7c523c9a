// Record batches of an Arrow file, with the messages that say how they are to be read.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { joined, type Values } from './columnValues.js'

type Flechette = typeof import('../vendor/flechette.js')

export interface ArrowContent {
  kind: 'arrow'
  /** For messages. */
  file: string
  /** The schema and all dictionaries so far; on the way to a thread, those that it does not have. */
  before: Uint8Array[]
  batches: Uint8Array<ArrayBuffer>[]
  /** In the order in which they are wanted. */
  columns: number[]
}

export function unreadable(error: unknown, file: string): DataError {
  if (error instanceof DataError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new DataError(say`the file is an Arrow file that cannot be read: ${reason}`, { file }, { cause: error })
}

/** The values of each column, of so many rows. */
export function unpackArrow(
  { file, before, batches, columns }: ArrowContent,
  rows: number,
  { tableFromIPC, piecesOf }: Flechette,
): Values[] {
  try {
    const table = tableFromIPC([...before, ...batches], { useBigInt: true })
    const values = columns.map((column) => joined(piecesOf(table.getChildAt(column))))
    if (values.some(({ length }) => length < rows)) throw new RangeError('a column has too few rows')
    return values
  } catch (error) {
    throw unreadable(error, file)
  }
}
