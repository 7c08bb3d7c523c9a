// A file of lines in pieces that are cut anywhere. They are measured here, so that each is known to begin inside or outside quotes and at which
// row. The rows between two pieces are evaluated here.
import type { Evaluator } from '../evaluator.js'
import type { EvaluatedBatch, Keeper } from '../keptRows.js'
import type { MainModule } from '../module.js'
import type { Problems } from '../problems.js'
import type { LinePieces } from '../table.js'
import { LineReader, type Lines, lineStart, type Piece, type Place } from './lineReader.js'
import { OpenLine } from './openLine.js'
import type { Portion, Portions } from './portions.js'
import { type Counts, mergedCounts, type ReadTask } from './readTask.js'

/** Parts of a file in its order: each piece, and in front of it the row that began before. */
const partOfPiece = (piece: number) => 2 * piece
const partInFrontOf = (piece: number) => 2 * piece - 1

export interface Between {
  native: MainModule
  task: ReadTask
  /** Of the rows between two portions. */
  evaluator: Evaluator
  problems: Problems
  keeper?: Keeper
  /** Rows were evaluated here. */
  count(rows: number): void
}

export class LinePortions implements Portions {
  readonly #pieces: LinePieces
  readonly #between: Between
  readonly #reader: LineReader
  readonly #open: OpenLine
  #place: Place
  /** There is no telling where the rest of the file belongs. */
  #isLost = false

  constructor(pieces: LinePieces, between: Between) {
    this.#pieces = pieces
    this.#place = { state: lineStart, rows: 0, lineFeeds: pieces.before }
    this.#between = between
    this.#reader = new LineReader(between.native, between.task, pieces.dialect, between.evaluator)
    this.#open = new OpenLine(this.#reader)
  }

  async *all(): AsyncGenerator<Portion> {
    let piece = 0
    let before = 0
    for await (const { bytes, end } of this.#pieces.all()) {
      const lines = this.#goOn(bytes, this.#reader.measure(bytes, this.#place.state), ++piece)
      yield { part: partOfPiece(piece), content: { kind: 'lines', room: bytes.buffer, bytes, lines }, bytes: end - before }
      if (this.#isLost) return
      before = end
    }
    this.#readOpen(piece + 1)
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
      this.#isLost = !this.#open.check(partInFrontOf(piece), this.#between.problems)
      return lines
    }
    this.#readOpen(piece)
    const lastLine = this.#place.lineFeeds - measured.tailLineFeeds
    this.#open.begin(bytes.slice(bodyEnd), { state: lineStart, rows: this.#place.rows, lineFeeds: lastLine })
    return lines
  }

  /** The row that ends in the piece. */
  #readOpen(piece: number): void {
    const { problems, keeper, count } = this.#between
    const part = partInFrontOf(piece)
    const keep = keeper && { keeps: keeper.keeps, take: (rows: EvaluatedBatch) => keeper.take(part, rows) }
    count(this.#open.read(part, problems, keep))
  }

  giveBack(room: ArrayBuffer): void {
    this.#pieces.giveBack(room)
  }

  finish(counts: Counts[]): void {
    this.#pieces.finish(mergedCounts([...counts, this.#reader.counts()]))
  }

  dispose(): void {
    this.#reader.dispose()
  }
}
