// Reads pieces of a file of lines, each apart from the others: in a worker, and in the evaluating thread what no piece holds as a whole.
import type { Evaluator } from '../evaluator.js'
import { inQuotes, type LineForm, type LineScanner, lineScanner, lineStart } from '../lineForm.js'
import type { MainModule } from '../module.js'
import { configure, leftOutRows, ScannerReader } from '../scanner.js'
import { type Evaluating, evaluateBatches } from './evaluateBatches.js'
import type { Counts, PartSinks, ReadTask } from './readTask.js'

/** Between two bytes of a file: the scanner's state, 0 between lines, and the rows (a header is one) and line feeds before. */
export interface Place {
  state: number
  rows: number
  lineFeeds: number
}

/** A piece of a file, cut anywhere, to those who read it and the pieces before and behind it. */
export interface Piece {
  /** The scanner's state behind it. */
  end: number
  hasQuotes: boolean
  /** A line begins in it, be it behind its last byte. */
  hasLineStart: boolean
  /** Where its whole lines begin and end. In front of them is the end of a row that began before, behind them the beginning of one. */
  bodyBegin: number
  bodyEnd: number
  /** Rows that end in it, and in front of the whole lines. */
  rows: number
  headRows: number
  /** Line feeds in it, in front of the whole lines and behind them. */
  lineFeeds: number
  headLineFeeds: number
  tailLineFeeds: number
}

/** Whole lines among some bytes, and what is in front of them in the file. */
export interface Lines {
  begin: number
  end: number
  place: Place
}

export class LineReader {
  readonly #native: MainModule
  readonly #lines: LineScanner
  readonly #rows: ScannerReader
  readonly #evaluating: Evaluating
  #address = 0
  /** Bytes of the piece. */
  size = 0

  constructor(native: MainModule, task: ReadTask, form: LineForm, evaluator: Evaluator) {
    const { file, names } = task
    this.#native = native
    this.#evaluating = { native, task, evaluator }
    this.#lines = lineScanner(native, form, names.length)
    const { selection } = task.understanding
    configure(native, this.#scanner, selection)
    this.#rows = new ScannerReader(native, this.#scanner, { file, names, selection })
  }

  get #scanner(): LineScanner['scanner'] {
    return this.#lines.scanner
  }

  /** Takes a piece in place of the one before; `write` is given the memory that it is to be in. */
  load(size: number, write: (room: Uint8Array) => void): void {
    this.#scanner.startLines(0, 0, 0, 0)
    this.#address = this.#scanner.reserve(size)
    this.size = size
    write(this.#native.HEAPU8.subarray(this.#address, this.#address + size))
    this.#scanner.append(size)
  }

  /** What the piece is where the scanner is in this state in front of it. */
  measure(state: number): Piece {
    return this.#scanner.measure(state)
  }

  /** The same for the one or two states that are likely behind this byte of the file; at its beginning there is none. */
  measureLikely(before: number | undefined): [state: number, piece: Piece][] {
    const state = before === undefined ? lineStart : this.#lines.likelyState(before)
    const piece = this.measure(state)
    const isClear = !piece.hasQuotes || (piece.hasLineStart && this.#lines.isLikely(piece.bodyBegin))
    const likely: [number, Piece] = [state, piece]
    return isClear ? [likely] : [likely, [inQuotes, this.measure(inQuotes)]]
  }

  /** A copy of bytes of the piece. */
  bytes(begin: number, end: number): Uint8Array<ArrayBuffer> {
    return this.#native.HEAPU8.slice(this.#address + begin, this.#address + end) as Uint8Array<ArrayBuffer>
  }

  /** Evaluates whole lines of the piece, or the beginning of one, which is then longer than a row may be. Nothing else is left of it. */
  readLines({ begin, end, place }: Lines, sinks: PartSinks, areWhole = true): number {
    this.#scanner.startLines(begin, end, place.rows, place.lineFeeds)
    if (areWhole) this.#scanner.finish()
    return evaluateBatches(this.#evaluating, this.#rows.batches(0, sinks.problems), sinks)
  }

  counts(): Counts {
    return { blankLines: this.#lines.blankLines(), leftOut: leftOutRows(this.#native, this.#scanner) }
  }

  dispose(): void {
    this.#scanner.delete()
  }
}
