// Evaluates pieces of delimited text, each apart from the others: in a worker, and in the evaluating thread what no piece holds as a whole.
import type { Dialect } from '../dialect.js'
import type { Evaluator } from '../evaluator.js'
import type { DelimitedScanner, MainModule } from '../module.js'
import { configure, leftOutRows, ScannerReader } from '../scanner.js'
import { type Evaluating, evaluateBatches } from './evaluateBatches.js'
import type { Counts, PartSinks, ReadTask } from './readTask.js'

/** Between two bytes of a file: the scanner's state, and the rows (a header is one) and line feeds before. */
export interface Place {
  state: number
  rows: number
  lineFeeds: number
}

/** The state at the beginning of a line. */
export const lineStart = 0

/** A piece of a file, cut anywhere, to those who read it and the pieces before and behind it. */
export interface Piece {
  /** The scanner's state behind it. */
  end: number
  /** A line begins in it. */
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
  readonly #scanner: DelimitedScanner
  readonly #rows: ScannerReader
  readonly #evaluating: Evaluating

  constructor(native: MainModule, task: ReadTask, lines: Dialect, evaluator: Evaluator) {
    const { file, names } = task
    this.#native = native
    this.#evaluating = { native, task, evaluator }
    this.#scanner = new native.DelimitedScanner(lines.delimiter, lines.decimalComma, lines.hasHeader, names.length)
    const { selection } = task.understanding
    configure(native, this.#scanner, selection)
    this.#rows = new ScannerReader(native, this.#scanner, { file, names, selection })
  }

  /** What a piece is, that may begin and end anywhere, where the scanner is in this state in front of it. */
  measure(bytes: Uint8Array, state: number): Piece {
    this.#append(bytes)
    return this.#scanner.measure(state)
  }

  /** Reads whole lines, or the beginning of one, which is then longer than a row may be. */
  readLines(bytes: Uint8Array, { begin, end, place }: Lines, sinks: PartSinks, areWhole = true): number {
    this.#scanner.startLines(place.rows, place.lineFeeds)
    this.#append(bytes.subarray(begin, end))
    if (areWhole) this.#scanner.finish()
    return evaluateBatches(this.#evaluating, this.#rows.batches(0, sinks.problems), sinks)
  }

  counts(): Counts {
    return { blankLines: this.#scanner.blankLines(), leftOut: leftOutRows(this.#native, this.#scanner) }
  }

  dispose(): void {
    this.#scanner.delete()
  }

  #append(bytes: Uint8Array): void {
    const address = this.#scanner.reserve(bytes.length)
    this.#native.HEAPU8.set(bytes, address)
    this.#scanner.append(bytes.length)
  }
}
