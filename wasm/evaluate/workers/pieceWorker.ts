// A worker as the evaluating thread uses it.
import { DataError, type Problem } from '../../errors.js'
import type { Variant } from '../../variant.js'
import type { Counts, Place, ReadTask } from './lineReader.js'
import type { Failure, FromWorker, MeasuredPiece } from './protocol.js'
import { startThread, type Thread } from './thread.js'

interface Expectation {
  kind: FromWorker['kind']
  resolve(message: FromWorker): void
  reject(error: unknown): void
}

const errorOf = (failure: Failure): Error =>
  'problem' in failure ? DataError.of(failure.problem) : new Error(`in a worker: ${failure.message}`)

/** The rows of a piece, what is wrong with others, and its memory, which is free again. */
export interface ReadPiece {
  rows: number
  problems: Problem[]
  room: ArrayBuffer
}

export class PieceWorker {
  readonly #thread: Thread
  readonly #expectations: Expectation[] = []
  #error?: unknown

  constructor(file: string) {
    const died = (reason: string) => this.fail(new DataError(`a worker died while the file was evaluated: ${reason}`, { file }))
    this.#thread = startThread({ message: (message) => this.#take(message), died })
  }

  async start(module: WebAssembly.Module, variant: Variant, task: ReadTask): Promise<void> {
    this.#thread.post({ kind: 'start', module, variant, task })
    await this.#next('ready')
  }

  /** Resolves as soon as the piece is measured; `read` does when its whole lines are evaluated. */
  async begin(bytes: Uint8Array<ArrayBuffer>, place: Place, part: number): Promise<{ piece: MeasuredPiece; read: Promise<ReadPiece> }> {
    this.#thread.post({ kind: 'piece', bytes, place, part }, [bytes.buffer])
    const measured = this.#next('measured')
    const read = this.#next('read')
    // Who does not get to see `read` has seen the same error already.
    read.catch(() => {})
    return { piece: (await measured).piece, read }
  }

  /** What all its pieces so far come to. */
  sum(): Promise<{ state: Uint8Array; counts: Counts }> {
    this.#thread.post({ kind: 'sum' })
    return this.#next('summed')
  }

  end(): void {
    this.#thread.end()
  }

  /** Nothing more will come of it. */
  fail(error: unknown): void {
    this.#error ??= error
    for (const { reject } of this.#expectations.splice(0)) reject(this.#error)
  }

  #next<Kind extends FromWorker['kind']>(kind: Kind): Promise<Extract<FromWorker, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) return reject(this.#error)
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
