// A file of lines in pieces that are cut anywhere. They are measured by whoever reads them; here it is put together whether each begins inside or
// outside quotes and at which row. The rows between two pieces are evaluated here.
import { ahead } from '../ahead.js'
import type { Evaluator } from '../evaluator.js'
import type { EvaluatedBatch, Keeper } from '../keptRows.js'
import { lineStart } from '../lineForm.js'
import type { MainModule } from '../module.js'
import type { Problems } from '../problems.js'
import type { FilePiece, LinePieces } from '../table.js'
import { LineReader, type Lines, type Place } from './lineReader.js'
import { OpenLine } from './openLine.js'
import type { Look } from './pieceReader.js'
import type { Content, Portion, Portions, Reserve } from './portions.js'
import type { PortionWorker } from './portionWorker.js'
import { type Counts, mergedCounts, type ReadTask } from './readTask.js'

/** Parts of a file in its order: each piece, and in front of it the row that began before. */
const partOfPiece = (piece: number) => 2 * piece
const partInFrontOf = (piece: number) => 2 * piece - 1

/** A piece, wherever its bytes are. */
interface MeasuredPiece {
  /** Where it ends in the file. */
  end: number
  /** Who has it; else it is for whoever has least to do. */
  worker?: PortionWorker
  /** What it is behind this state. */
  look(state: number): Promise<Look>
  content(lines: Lines): Content
}

/** That a worker has: one is evaluated, one waits, one is read. */
const mostPieces = 3

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
    this.#reader = new LineReader(between.native, between.task, pieces.form, between.evaluator)
    this.#open = new OpenLine(this.#reader)
  }

  async *all(reserve: Reserve): AsyncGenerator<Portion> {
    const { elsewhere } = this.#pieces
    let number = 0
    let before = 0
    for await (const piece of elsewhere ? ahead(this.#lent(elsewhere.pieces(), reserve)) : this.#held()) {
      const lines = await this.#goOn(piece, ++number)
      yield { part: partOfPiece(number), worker: piece.worker, content: piece.content(lines), bytes: piece.end - before }
      if (this.#isLost) return
      before = piece.end
    }
    this.#readOpen(number + 1)
  }

  /** Pieces that are read here. */
  async *#held(): AsyncGenerator<MeasuredPiece> {
    for await (const { bytes, end } of this.#pieces.all()) {
      const look = async (state: number) => {
        this.#reader.load(bytes.length, (room) => room.set(bytes))
        const piece = this.#reader.measure(state)
        return { state, piece, edges: { head: bytes.slice(0, piece.bodyBegin), tail: bytes.slice(piece.bodyEnd) } }
      }
      yield { end, look, content: (lines) => ({ kind: 'lines', room: bytes.buffer, bytes, lines }) }
    }
  }

  /** Pieces that workers read by themselves, as many as they may have at a time. */
  async *#lent(pieces: Iterable<FilePiece>, reserve: Reserve): AsyncGenerator<MeasuredPiece> {
    let last = 0
    for (const piece of pieces) {
      const worker = await reserve(mostPieces)
      if (!worker) return
      const number = ++last
      const looks = worker.takePiece(number, piece)
      // It may fail before it is waited for.
      looks.catch(() => {})
      const look = async (state: number) =>
        (await looks).find((look) => look.state === state && look.edges) ?? (await worker.lookAt(number, state))
      yield { end: piece.end, worker, look, content: (lines) => ({ kind: 'piece', number, lines }) }
    }
  }

  /** Reads the row that ends in the piece, keeps the beginning of the one that ends behind it, and tells where the whole lines are. */
  async #goOn({ look }: MeasuredPiece, number: number): Promise<Lines> {
    const before = this.#place
    const { piece, edges } = await look(before.state)
    const rows = before.rows + piece.headRows
    const lineFeeds = before.lineFeeds + piece.headLineFeeds
    const lines = { begin: piece.bodyBegin, end: piece.bodyEnd, place: { state: lineStart, rows, lineFeeds } }
    this.#place = { state: piece.end, rows: before.rows + piece.rows, lineFeeds: before.lineFeeds + piece.lineFeeds }
    if (edges) this.#open.add(edges.head)
    if (!piece.hasLineStart) {
      this.#isLost = !this.#open.check(partInFrontOf(number), this.#between.problems)
      return lines
    }
    this.#readOpen(number)
    const lastLine = this.#place.lineFeeds - piece.tailLineFeeds
    if (edges) this.#open.begin(edges.tail, { state: lineStart, rows: this.#place.rows, lineFeeds: lastLine })
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
