// What the evaluating thread and its workers say to each other.
import type { Problem } from '../../errors.js'
import type { Variant } from '../../variant.js'
import type { EvaluatedBatch, KeptPart } from '../keptRows.js'
import type { Content } from './portions.js'
import type { Counts, ReadTask } from './readTask.js'

export type ToWorker =
  | { kind: 'start'; module: WebAssembly.Module; variant: Variant; task: ReadTask }
  /** The next portion of the file for this worker, its number among all parts of the file, and what is to be kept of its rows. */
  | { kind: 'portion'; content: Content; part: number; keep?: KeptPart }
  /** Asks for what all portions so far come to. */
  | { kind: 'sum' }

export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'read'; rows: number; room: ArrayBuffer; problems: Problem[]; kept: EvaluatedBatch[] }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'summed'; state: Uint8Array; counts: Counts }

/** An error on its way between threads. */
export type Failure = { problem: Problem } | { message: string }
