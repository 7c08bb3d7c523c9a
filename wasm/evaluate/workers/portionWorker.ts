// A worker as the evaluating thread uses it, for one file after another.
import { DataError, type Problem } from '../../errors.js'
import { say } from '../../message.js'
import type { Variant } from '../../variant.js'
import { Sent } from '../groups.js'
import type { EvaluatedBatch, KeptPart } from '../keptRows.js'
import type { Settings } from '../options.js'
import type { FilePiece } from '../table.js'
import type { Holding } from './heldRows.js'
import type { Look } from './pieceReader.js'
import { type Content, movedWith } from './portions.js'
import type { Failure, FromWorker, ToWorker } from './protocol.js'
import type { Counts, ReadTask } from './readTask.js'
import { startThread, type Thread } from './thread.js'

interface Expectation {
  kind: FromWorker['kind']
  resolve(message: FromWorker): void
  reject(error: unknown): void
}

const errorOf = (failure: Failure): Error =>
  'problem' in failure ? DataError.of(failure.problem) : new Error(`in a worker: ${failure.message}`)

/** The rows of a portion, what is wrong with others, those that are to be kept, and its memory, which is free again. */
export interface ReadPortion {
  rows: number
  problems: Problem[]
  /** What is behind this row cannot be read. */
  lastRow?: number
  kept: EvaluatedBatch[]
  room?: ArrayBuffer
}

export class PortionWorker {
  readonly variant: Variant
  readonly #thread: Thread
  readonly #expectations: Expectation[] = []
  #file = ''
  #sent = new Sent()
  #error?: unknown
  #holdings = 0

  constructor(variant: Variant) {
    this.variant = variant
    const died = (reason: string) =>
      this.fail(new DataError(say`a worker died while the file was evaluated: ${reason}`, { file: this.#file }))
    this.#thread = startThread({ message: (message) => this.#take(message), died })
  }

  /** Begins with a file; what it knows of another one is forgotten. */
  async start(module: WebAssembly.Module, task: ReadTask): Promise<void> {
    this.#file = task.file
    this.#sent = new Sent()
    this.#thread.hold()
    await this.#ask({ kind: 'start', module, task }, 'ready')
  }

  /** Evaluates a portion, once it is done with those that it was given before. */
  read(portion: Content, part: number, keep?: KeptPart): Promise<ReadPortion> {
    const content = portion.kind === 'group' ? { ...portion, group: this.#sent.rest(portion.group) } : portion
    return this.#ask({ kind: 'portion', content, part, keep }, 'read', movedWith(content))
  }

  /** Has it read a piece of lines and keep it; what it looks like. */
  async takePiece(number: number, piece: FilePiece): Promise<Look[]> {
    const { looks, failure } = await this.#ask({ kind: 'piece', number, piece }, 'looked')
    if (failure) throw errorOf(failure)
    return looks
  }

  /** What a piece that it has looks like behind this state, with all bytes. */
  async lookAt(number: number, state: number): Promise<Look> {
    const { looks } = await this.#ask({ kind: 'look', number, state }, 'looked')
    return looks[0]
  }

  /** What all its portions so far come to. */
  sum(): Promise<{ state: Uint8Array; counts: Counts }> {
    return this.#ask({ kind: 'sum' }, 'summed')
  }

  /** Gives it copies of rows, which it has until they are released. */
  async hold(module: WebAssembly.Module, holding: Holding): Promise<void> {
    this.#holdings++
    const memory = holding.batches.flatMap((batch) => Object.values(batch.arrays).map((values) => values?.buffer))
    const buffers = [...new Set(memory)].filter((buffer) => buffer !== undefined)
    await this.#askAtRest(() => this.#ask({ kind: 'hold', module, holding }, 'held', buffers))
  }

  /** Of rows that it holds; nothing where one is at fault. */
  async losses(id: number, settings: Settings): Promise<Uint8Array | undefined> {
    return (await this.#askAtRest(() => this.#ask({ kind: 'losses', id, settings }, 'losses'))).state
  }

  release(id: number): void {
    this.#holdings--
    this.#thread.post({ kind: 'release', id })
  }

  get isHolding(): boolean {
    return this.#holdings > 0
  }

  /** It has nothing to do, and nothing has gone wrong with it. */
  get isFree(): boolean {
    return this.#error === undefined && this.#expectations.length === 0
  }

  /** It may be needed again, but nobody waits for it. */
  rest(): void {
    this.#thread.rest()
  }

  end(): void {
    this.fail(new Error('a worker was ended'))
    this.#thread.end()
  }

  /** Nothing more will come of it. */
  fail(error: unknown): void {
    this.#error ??= error
    for (const { reject } of this.#expectations.splice(0)) reject(this.#error)
  }

  /** It is waited for until it has answered, and then no more. */
  async #askAtRest<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    this.#thread.hold()
    try {
      return await ask()
    } finally {
      if (this.#expectations.length === 0) this.#thread.rest()
    }
  }

  #ask<Kind extends FromWorker['kind']>(
    message: ToWorker,
    kind: Kind,
    transfer?: ArrayBuffer[],
  ): Promise<Extract<FromWorker, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) return reject(this.#error)
      this.#thread.post(message, transfer)
      // It answers in the order it is asked.
      this.#expectations.push({ kind, resolve: (message) => resolve(message as Extract<FromWorker, { kind: Kind }>), reject })
    })
  }

  #take(message: FromWorker): void {
    const expected = message.kind === 'failed' ? undefined : this.#expectations.shift()
    if (message.kind === 'failed') this.fail(errorOf(message.failure))
    else if (expected?.kind === message.kind) expected.resolve(message)
    else this.fail(new Error(`a worker said '${message.kind}' when it was not asked`))
  }
}
