// A record batch of an Arrow file, with the messages that say how it is to be read.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import type { Values } from './columnValues.js'

type Flechette = typeof import('../vendor/flechette.js')

export interface ArrowContent {
  kind: 'arrow'
  /** For messages. */
  file: string
  /** The schema and all dictionaries so far; on the way to a thread, those that it does not have. */
  before: Uint8Array[]
  batch: Uint8Array<ArrayBuffer>
  /** In the order in which they are wanted. */
  columns: number[]
}

export function unreadable(error: unknown, file: string): DataError {
  if (error instanceof DataError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new DataError(say`the file is an Arrow file that cannot be read: ${reason}`, { file }, { cause: error })
}

/** The values of each column. */
export function unpackArrow({ file, before, batch, columns }: ArrowContent, { tableFromIPC }: Flechette): Values[] {
  try {
    const table = tableFromIPC([...before, batch])
    // A list or number of flechette is as everything here takes it.
    return columns.map((column) => table.getChildAt(column).toArray() as Values)
  } catch (error) {
    throw unreadable(error, file)
  }
}
