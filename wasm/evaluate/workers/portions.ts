// What a file is divided into, so that several workers have something to do.
import { type Group, memoryOf } from '../groups.js'
import type { PlainBatch } from '../keptRows.js'
import type { Lines } from './lineReader.js'
import type { PortionWorker } from './portionWorker.js'
import type { Counts } from './readTask.js'

/** Plain data; `room` goes to the worker, and comes back. The memory of a group is gone. */
export type Content =
  /** Whole lines, to be read and evaluated. */
  | { kind: 'lines'; room: ArrayBuffer; bytes: Uint8Array<ArrayBuffer>; lines: Lines }
  /** The same of a piece that the worker has read. */
  | { kind: 'piece'; number: number; lines: Lines }
  /** Rows that were read, to be evaluated. */
  | { kind: 'rows'; room: ArrayBuffer; batches: PlainBatch[] }
  /** Rows as they are packed, to be unpacked and evaluated. */
  | { kind: 'group'; group: Group }

/** What goes to the worker with it. */
export function movedWith(content: Content): ArrayBuffer[] {
  if (content.kind === 'piece') return []
  return content.kind === 'group' ? memoryOf(content.group) : [content.room]
}

export interface Portion {
  /** Its number among all parts of the file. */
  part: number
  content: Content
  /** Who is to have it, reserved for it. */
  worker?: PortionWorker
  /** Of the file, behind the portion before. */
  bytes: number
}

/** Waits for a worker that has at most so many portions with the one that it is reserved for; nothing where no more is wanted. */
export type Reserve = (most: number) => Promise<PortionWorker | undefined>

export interface Portions {
  /**
   * All of the file in order. What stands between two portions is evaluated on the way; rows at fault are noted before what is behind them is
   * given.
   */
  all(reserve: Reserve): AsyncGenerator<Portion>
  /** Nobody needs the memory of a portion any more. */
  giveBack(room: ArrayBuffer): void
  /** All of them have been evaluated, with these counts. */
  finish(counts: Counts[]): void
  dispose(): void
}
