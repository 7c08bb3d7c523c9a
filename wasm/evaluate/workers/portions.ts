// What a file is divided into, so that several workers have something to do.
import { type Group, memoryOf } from '../groups.js'
import type { PlainBatch } from '../keptRows.js'
import type { Lines } from './lineReader.js'
import type { Counts } from './readTask.js'

/** Plain data; `room` goes to the worker, and comes back. The memory of a group is gone. */
export type Content =
  /** Whole lines, to be read and evaluated. */
  | { kind: 'lines'; room: ArrayBuffer; bytes: Uint8Array<ArrayBuffer>; lines: Lines }
  /** Rows that were read, to be evaluated. */
  | { kind: 'rows'; room: ArrayBuffer; batches: PlainBatch[] }
  /** Rows as they are packed, to be unpacked and evaluated. */
  | { kind: 'group'; group: Group }

/** What goes to the worker with it. */
export const movedWith = (content: Content): ArrayBuffer[] => (content.kind === 'group' ? memoryOf(content.group) : [content.room])

export interface Portion {
  /** Its number among all parts of the file. */
  part: number
  content: Content
  /** Of the file, behind the portion before. */
  bytes: number
}

export interface Portions {
  /**
   * All of the file in order. What stands between two portions is evaluated on the way; rows at fault are noted before what is behind them is
   * given.
   */
  all(): AsyncGenerator<Portion>
  /** Nobody needs the memory of a portion any more. */
  giveBack(room: ArrayBuffer): void
  /** All of them have been evaluated, with these counts. */
  finish(counts: Counts[]): void
  dispose(): void
}
