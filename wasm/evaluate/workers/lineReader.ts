// Evaluates pieces of delimited text, each apart from the others: in a worker, and in the evaluating thread what no piece holds as a whole.
import { takeBatch } from '../batch.js'
import type { Dialect } from '../dialect.js'
import { Evaluator } from '../evaluator.js'
import type { Understanding } from '../mapping.js'
import type { DelimitedScanner, MainModule } from '../module.js'
import type { Settings } from '../options.js'
import type { Problems } from '../problems.js'
import { configure, leftOutRows, ScannerReader } from '../scanner.js'
import type { LeftOutRows } from '../table.js'
import type { MeasuredPiece } from './protocol.js'

/** How a delimited file is written. Plain data. */
export interface LineFormat {
  file: string
  names: string[]
  dialect: Dialect
}

/** What is to be done with every piece of a file. Plain data. */
export interface ReadTask {
  format: LineFormat
  understanding: Understanding
  settings: Settings
}

/** Between two bytes of a file: the scanner's state, and the rows (a header is one) and line feeds before. */
export interface Place {
  state: number
  rows: number
  lineFeeds: number
}

/** The state at the beginning of a line. */
export const lineStart = 0

/** What was skipped or left out. */
export interface Counts {
  blankLines: number
  leftOut: LeftOutRows[]
}

interface Piece extends Omit<MeasuredPiece, 'head' | 'tail'> {
  bodyBegin: number
  bodyEnd: number
  headRows: number
  headLineFeeds: number
}

export class LineReader {
  readonly #native: MainModule
  readonly #task: ReadTask
  readonly #scanner: DelimitedScanner
  readonly #rows: ScannerReader
  readonly #evaluator: Evaluator

  constructor(native: MainModule, task: ReadTask, evaluator = new Evaluator(native, task.understanding, task.settings)) {
    const { dialect, names } = task.format
    this.#native = native
    this.#task = task
    this.#evaluator = evaluator
    this.#scanner = new native.DelimitedScanner(dialect.delimiter, dialect.decimalComma, dialect.hasHeader, names.length)
    const { selection } = task.understanding
    configure(native, this.#scanner, selection)
    this.#rows = new ScannerReader(native, this.#scanner, { file: task.format.file, names, selection })
  }

  /** Measures a piece that may begin and end anywhere; `readBody` reads its whole lines then. */
  measure(bytes: Uint8Array<ArrayBuffer>, place: Place, part: number): { piece: MeasuredPiece; readBody(problems: Problems): number } {
    this.#append(bytes)
    const piece: Piece = this.#scanner.measure(place.state)
    const { bodyBegin, bodyEnd, headRows, headLineFeeds, ...rest } = piece
    const body = { state: lineStart, rows: place.rows + headRows, lineFeeds: place.lineFeeds + headLineFeeds }
    return {
      piece: { ...rest, head: bytes.slice(0, bodyBegin), tail: bytes.slice(bodyEnd) },
      readBody: (problems) => this.#read(bodyBegin, bodyEnd, body, part, problems),
    }
  }

  /** Reads whole lines, or the beginning of one, which is then longer than a row may be. */
  readLines(bytes: Uint8Array, place: Place, part: number, problems: Problems, areWhole = true): number {
    this.#append(bytes)
    return this.#read(0, bytes.length, place, part, problems, areWhole)
  }

  counts(): Counts {
    return { blankLines: this.#scanner.blankLines(), leftOut: leftOutRows(this.#native, this.#scanner) }
  }

  state(): Uint8Array {
    return this.#evaluator.toBytes()
  }

  dispose(): void {
    this.#scanner.delete()
  }

  #append(bytes: Uint8Array): void {
    const address = this.#scanner.reserve(bytes.length)
    this.#native.HEAPU8.set(bytes, address)
    this.#scanner.append(bytes.length)
  }

  #read(begin: number, end: number, { rows, lineFeeds }: Place, part: number, problems: Problems, areWhole = true): number {
    const { format, understanding } = this.#task
    const source = { native: this.#native, understanding, table: { file: { name: format.file }, head: { names: format.names } } }
    this.#evaluator.startPart(part)
    this.#scanner.readLines(begin, end, rows, lineFeeds)
    if (areWhole) this.#scanner.finish()
    let read = 0
    for (const batch of this.#rows.batches(0, problems)) {
      takeBatch(source, this.#evaluator, batch, problems)
      read += batch.rows
    }
    return read
  }
}
