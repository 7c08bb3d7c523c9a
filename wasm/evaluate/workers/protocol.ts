// What the evaluating thread and its workers say to each other.
import type { Problem } from '../../errors.js'
import type { EvaluatedBatch, KeptPart } from '../keptRows.js'
import type { Settings } from '../options.js'
import type { FilePiece } from '../table.js'
import type { Holding } from './heldRows.js'
import type { Look } from './pieceReader.js'
import type { Content } from './portions.js'
import type { Counts, ReadTask } from './readTask.js'

export type ToWorker =
  | { kind: 'start'; module: WebAssembly.Module; task: ReadTask }
  /** The next portion of the file for this worker, its number among all parts of the file, and what is to be kept of its rows. */
  | { kind: 'portion'; content: Content; part: number; keep?: KeptPart }
  /** A piece of lines, to be read, measured and kept until its portion is given. */
  | { kind: 'piece'; number: number; piece: FilePiece }
  /** Asks what it is where the scanner is in this state in front of it. */
  | { kind: 'look'; number: number; state: number }
  /** Asks for what all portions so far come to. */
  | { kind: 'sum' }
  /** Copies of rows, to be held until they are released. */
  | { kind: 'hold'; module: WebAssembly.Module; holding: Holding }
  | { kind: 'release'; id: number }
  /** Asks for a first look at the losses of rows it holds. */
  | { kind: 'losses'; id: number; settings: Settings }

export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'read'; rows: number; room?: ArrayBuffer; problems: Problem[]; lastRow?: number; kept: EvaluatedBatch[] }
  /** Of a piece; or why it could not be read. */
  | { kind: 'looked'; looks: Look[]; failure?: Failure }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'summed'; state: Uint8Array; counts: Counts }
  | { kind: 'held' }
  /** Nothing where a row is at fault. */
  | { kind: 'losses'; state: Uint8Array | undefined }

/** An error on its way between threads. */
export type Failure = { problem: Problem } | { message: string }
