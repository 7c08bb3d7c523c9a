// A file of lines read by several workers. Pieces of it are measured here, so that each is known to begin inside or outside quotes and at
// which row, and go to whoever has least to do. The rows between two pieces are evaluated here.
import { DataError } from '../../errors.js'
import { Evaluator } from '../evaluator.js'
import type { Opened } from '../opening.js'
import type { PartialReports } from '../partialReports.js'
import type { Problems } from '../problems.js'
import type { Meter } from '../progress.js'
import type { ApartReading } from '../table.js'
import { type Counts, LineReader, type Lines, lineStart, type Piece, type Place, type ReadTask } from './lineReader.js'
import { OpenLine } from './openLine.js'
import type { PieceWorker } from './pieceWorker.js'
import type { Team } from './team.js'

/** Parts of a file in its order: each piece, and in front of it the row that began before. */
const partOfPiece = (piece: number) => 2 * piece
const partInFrontOf = (piece: number) => 2 * piece - 1

/** Of pieces that a worker has: one to read, and the next one. */
const mostPending = 2

/** Keeps the error that comes first in the file. */
class FirstError {
  #part = Number.POSITIVE_INFINITY
  #error: unknown

  get isSet(): boolean {
    return this.#part !== Number.POSITIVE_INFINITY
  }

  note(part: number, error: unknown): void {
    if (part >= this.#part) return
    this.#part = part
    this.#error = error
  }

  throwIfSet(): void {
    if (this.isSet) throw this.#error
  }
}

export interface ApartOptions {
  team: Team
  task: ReadTask
  evaluator: Evaluator
  meter: Meter
  partial: PartialReports
  /** Rows at fault are noted here. */
  problems: Problems
}

class ApartReader {
  readonly #opened: Opened
  readonly #options: ApartOptions
  readonly #reading: ApartReading
  readonly #between: LineReader
  readonly #open: OpenLine
  /** Pieces that each worker has not read yet. */
  readonly #pending: Map<PieceWorker, number>
  readonly #reads = new Set<Promise<void>>()
  readonly #failed = new FirstError()
  #place: Place = { state: lineStart, rows: 0, lineFeeds: 0 }
  #pieces = 0
  /** There is no telling where the rest of the file belongs. */
  #isLost = false

  constructor(opened: Opened, options: ApartOptions, reading: ApartReading, between: LineReader) {
    this.#opened = opened
    this.#reading = reading
    this.#options = options
    this.#between = between
    this.#open = new OpenLine(between)
    this.#pending = new Map(options.team.workers.map((worker) => [worker, 0]))
  }

  async readAll(): Promise<void> {
    for await (const bytes of this.#reading.pieces()) {
      await this.#take(bytes, ++this.#pieces)
      if (this.#isOver) break
    }
    await Promise.all(this.#reads)
    this.#failed.throwIfSet()
    if (!this.#isOver) this.#readOpen(this.#pieces + 1)
  }

  get #isOver(): boolean {
    return this.#failed.isSet || this.#isLost || this.#options.problems.isFull
  }

  /** The row that ends in the piece. */
  #readOpen(piece: number): void {
    const { meter, problems } = this.#options
    meter.add(0, this.#open.read(partInFrontOf(piece), problems))
  }

  async #take(bytes: Uint8Array<ArrayBuffer>, piece: number): Promise<void> {
    const { meter, partial, problems } = this.#options
    const worker = await this.#leastBusy()
    // A failure has taken its worker along.
    if (this.#failed.isSet) return
    try {
      const lines = this.#goOn(bytes, this.#between.measure(bytes, this.#place.state), piece)
      this.#give(worker, bytes, lines, piece)
      if (!problems.isAny && partial.isDue(meter.rows)) await this.#tellPartial()
    } catch (error) {
      this.#failed.note(partInFrontOf(piece), error)
    }
  }

  /** One that will have something to do, but not much more. */
  async #leastBusy(): Promise<PieceWorker> {
    for (;;) {
      const [[worker, pieces]] = [...this.#pending].sort(([, a], [, b]) => a - b)
      if (pieces < mostPending || this.#failed.isSet) return worker
      await Promise.race(this.#reads)
    }
  }

  #give(worker: PieceWorker, bytes: Uint8Array<ArrayBuffer>, lines: Lines, piece: number): void {
    const { meter, problems } = this.#options
    const { length } = bytes
    const count = (more: number) => this.#pending.set(worker, (this.#pending.get(worker) ?? 0) + more)
    count(1)
    const read = worker
      .read(bytes, lines, partOfPiece(piece))
      .then(
        ({ rows, room, problems: found }) => {
          meter.add(length, rows)
          for (const problem of found) problems.note(DataError.of(problem))
          this.#reading.giveBack(room)
          count(-1)
        },
        (error) => this.#failed.note(partOfPiece(piece), error),
      )
      .finally(() => this.#reads.delete(read))
    this.#reads.add(read)
  }

  /** Reads the row that ends in the piece, keeps the beginning of the one that ends behind it, and tells where the whole lines are. */
  #goOn(bytes: Uint8Array, measured: Piece, piece: number): Lines {
    const before = this.#place
    const { bodyBegin, bodyEnd } = measured
    const rows = before.rows + measured.headRows
    const lineFeeds = before.lineFeeds + measured.headLineFeeds
    const lines = { begin: bodyBegin, end: bodyEnd, place: { state: lineStart, rows, lineFeeds } }
    this.#place = { state: measured.end, rows: before.rows + measured.rows, lineFeeds: before.lineFeeds + measured.lineFeeds }
    this.#open.add(bytes.slice(0, bodyBegin))
    if (!measured.hasLineStart) {
      this.#isLost = !this.#open.check(partInFrontOf(piece), this.#options.problems)
      return lines
    }
    this.#readOpen(piece)
    const lastLine = this.#place.lineFeeds - measured.tailLineFeeds
    this.#open.begin(bytes.slice(bodyEnd), { state: lineStart, rows: this.#place.rows, lineFeeds: lastLine })
    return lines
  }

  async #tellPartial(): Promise<void> {
    const { team, evaluator, partial, meter } = this.#options
    const { native, understanding, settings } = this.#opened
    const sums = await Promise.all(team.workers.map((worker) => worker.sum()))
    const soFar = new Evaluator(native, understanding, settings)
    try {
      for (const state of [evaluator.toBytes(), ...sums.map(({ state }) => state)]) soFar.merge(state)
      partial.tell(meter.rows, soFar)
    } finally {
      soFar.dispose()
    }
  }
}

function mergeCounts(all: Counts[], shownRows = 5): Counts {
  const byReason = new Map<string, Counts['leftOut'][number]>()
  for (const { reason, rows, first } of all.flatMap(({ leftOut }) => leftOut)) {
    const known = byReason.get(reason) ?? { reason, rows: 0, first: [] }
    const numbers = [...known.first, ...first].sort((a, b) => a - b)
    byReason.set(reason, { reason, rows: known.rows + rows, first: numbers.slice(0, shownRows) })
  }
  // In the order they are met in the file.
  const leftOut = [...byReason.values()].sort((a, b) => a.first[0] - b.first[0])
  return { blankLines: all.reduce((sum, { blankLines }) => sum + blankLines, 0), leftOut }
}

/** What the work comes to, or the signal's reason at once: then nothing more comes of the workers. They may serve others once this is over. */
function unlessAborted(team: Team, signal: AbortSignal | undefined, work: Promise<void>): Promise<void> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = () => {
      for (const worker of team.workers) worker.fail(signal.reason)
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    if (signal.aborted) abort()
  })
}

/** Reads all of it into the evaluator. Rejects with the error that comes first in the file, or with the signal's reason at once. */
export async function readApart(opened: Opened, options: ApartOptions, reading: ApartReading): Promise<void> {
  const { team, task, evaluator, problems } = options
  const between = new LineReader(opened.native, task, evaluator)
  const readAndMerge = async () => {
    await new ApartReader(opened, options, reading, between).readAll()
    if (problems.isAny) return
    const sums = await Promise.all(team.workers.map((worker) => worker.sum()))
    for (const { state } of sums) evaluator.merge(state)
    reading.finish(mergeCounts([...sums.map(({ counts }) => counts), between.counts()]))
  }
  try {
    await unlessAborted(team, opened.settings.signal, readAndMerge())
  } finally {
    between.dispose()
    team.end()
  }
}
