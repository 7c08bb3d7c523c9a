// What the evaluating thread and its workers say to each other.
import type { Problem } from '../../errors.js'
import type { Variant } from '../../variant.js'
import type { Counts, Place, ReadTask } from './lineReader.js'

export type ToWorker =
  | { kind: 'start'; module: WebAssembly.Module; variant: Variant; task: ReadTask }
  /** The next piece of the file for this worker, what lies in front of it, and its number among all parts of the file. */
  | { kind: 'piece'; bytes: Uint8Array<ArrayBuffer>; place: Place; part: number }
  /** Asks for what all pieces so far come to. */
  | { kind: 'sum' }

export type FromWorker =
  | { kind: 'ready' }
  /** What the piece means for those behind it; its rows are still to be read. */
  | { kind: 'measured'; piece: MeasuredPiece }
  | { kind: 'read'; rows: number; room: ArrayBuffer; problems: Problem[] }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'summed'; state: Uint8Array; counts: Counts }

/** A piece as those who read the pieces before and behind it need to know it. */
export interface MeasuredPiece {
  end: number
  hasLineStart: boolean
  rows: number
  lineFeeds: number
  tailLineFeeds: number
  /** The end of a row that began before, and the beginning of one that ends behind. */
  head: Uint8Array<ArrayBuffer>
  tail: Uint8Array<ArrayBuffer>
}

/** An error on its way between threads. */
export type Failure = { problem: Problem } | { message: string }
