// A file of lines read by several workers. Pieces of it go to whoever is free; each is measured before it is read, so that the next one is
// known to begin inside or outside quotes and at which row. The rows between two pieces are evaluated here.
import { DataError } from '../../errors.js'
import { Evaluator } from '../evaluator.js'
import type { Opened } from '../opening.js'
import type { PartialReports } from '../partialReports.js'
import type { Problems } from '../problems.js'
import type { Meter } from '../progress.js'
import type { ApartReading } from '../table.js'
import { type Counts, LineReader, lineStart, type Place, type ReadTask } from './lineReader.js'
import { OpenLine } from './openLine.js'
import type { PieceWorker, ReadPiece } from './pieceWorker.js'
import type { MeasuredPiece } from './protocol.js'
import type { Team } from './team.js'

/** Parts of a file in its order: each piece, and in front of it the row that began before. */
const partOfPiece = (piece: number) => 2 * piece
const partInFrontOf = (piece: number) => 2 * piece - 1

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
  readonly #idle: PieceWorker[]
  readonly #busy = new Set<Promise<void>>()
  readonly #open: OpenLine
  readonly #failed = new FirstError()
  #place: Place = { state: lineStart, rows: 0, lineFeeds: 0 }
  #pieces = 0
  /** There is no telling where the rest of the file belongs. */
  #isLost = false

  constructor(opened: Opened, options: ApartOptions, reading: ApartReading, between: LineReader) {
    this.#opened = opened
    this.#reading = reading
    this.#options = options
    this.#idle = [...options.team.workers]
    this.#open = new OpenLine(between)
  }

  async readAll(): Promise<void> {
    for await (const bytes of this.#reading.pieces()) {
      await this.#take(bytes, ++this.#pieces)
      if (this.#isOver) break
    }
    await Promise.all(this.#busy)
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
    while (this.#idle.length === 0) await Promise.race(this.#busy)
    // A failure has taken its worker along.
    if (this.#failed.isSet) return
    const worker = this.#idle.shift()!
    const { length } = bytes
    try {
      const { piece: measured, read } = await worker.begin(bytes, this.#place, partOfPiece(piece))
      this.#watch(worker, read, length, piece)
      this.#goOn(measured, piece)
      if (!problems.isAny && partial.isDue(meter.rows)) await this.#tellPartial()
    } catch (error) {
      this.#failed.note(partInFrontOf(piece), error)
    }
  }

  #watch(worker: PieceWorker, read: Promise<ReadPiece>, bytes: number, piece: number): void {
    const done = read
      .then(
        ({ rows, room, problems }) => {
          this.#options.meter.add(bytes, rows)
          for (const problem of problems) this.#options.problems.note(DataError.of(problem))
          this.#reading.giveBack(room)
          this.#idle.push(worker)
        },
        (error) => this.#failed.note(partOfPiece(piece), error),
      )
      .finally(() => this.#busy.delete(done))
    this.#busy.add(done)
  }

  #goOn({ end, hasLineStart, rows, lineFeeds, tailLineFeeds, head, tail }: MeasuredPiece, piece: number): void {
    const before = this.#place
    this.#place = { state: end, rows: before.rows + rows, lineFeeds: before.lineFeeds + lineFeeds }
    this.#open.add(head)
    if (!hasLineStart) {
      this.#isLost = !this.#open.check(partInFrontOf(piece), this.#options.problems)
      return
    }
    this.#readOpen(piece)
    this.#open.begin(tail, { state: lineStart, rows: this.#place.rows, lineFeeds: this.#place.lineFeeds - tailLineFeeds })
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

/** Rejects when the signal says so, and so does all that the workers are asked for. */
function aborted(team: Team, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => {
      for (const worker of team.workers) worker.fail(signal.reason)
      reject(signal.reason)
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

/** Reads all of it into the evaluator. Rejects with the error that comes first in the file, or with the signal's reason at once. */
export async function readApart(opened: Opened, options: ApartOptions, reading: ApartReading): Promise<void> {
  const { team, task, evaluator } = options
  const { signal } = opened.settings
  const between = new LineReader(opened.native, task, evaluator)
  try {
    const all = new ApartReader(opened, options, reading, between).readAll()
    await (signal ? Promise.race([all, aborted(team, signal)]) : all)
    if (options.problems.isAny) return
    const sums = await Promise.all(team.workers.map((worker) => worker.sum()))
    for (const { state } of sums) evaluator.merge(state)
    reading.finish(mergeCounts([...sums.map(({ counts }) => counts), between.counts()]))
  } finally {
    between.dispose()
    team.end()
  }
}
