// The row that no piece of a file holds as a whole, as far as it is there.
import { lineStart } from '../lineForm.js'
import type { Problems } from '../problems.js'
import type { LineReader, Lines, Place } from './lineReader.js'
import type { Keep } from './readTask.js'

/** A longer row is an error, which the scanner finds once it has more than this. */
const maxRowBytes = 1 << 24

function writeTo(room: Uint8Array, pieces: readonly Uint8Array[]): void {
  let at = 0
  for (const piece of pieces) {
    room.set(piece, at)
    at += piece.length
  }
}

export class OpenLine {
  readonly #reader: LineReader
  #pieces: Uint8Array[] = []
  #bytes = 0
  #begin: Place = { state: lineStart, rows: 0, lineFeeds: 0 }

  constructor(reader: LineReader) {
    this.#reader = reader
  }

  /** A line begins with these bytes; the one before is done with. */
  begin(bytes: Uint8Array, place: Place): void {
    this.#pieces = []
    this.#bytes = 0
    this.#begin = place
    this.add(bytes)
  }

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes)
    this.#bytes += bytes.length
  }

  /** The line is whole. Returns its rows: mostly one. */
  read(part: number, problems: Problems, keep?: Keep): number {
    return this.#bytes === 0 ? 0 : this.#load().readLines(this.#lines, { part, problems, keep })
  }

  /** False, and noted, when the line is longer than a row may be: then there is no end to be found. */
  check(part: number, problems: Problems): boolean {
    if (this.#bytes <= maxRowBytes) return true
    this.#load().readLines(this.#lines, { part, problems }, false)
    return false
  }

  #load(): LineReader {
    this.#reader.load(this.#bytes, (room) => writeTo(room, this.#pieces))
    return this.#reader
  }

  get #lines(): Lines {
    return { begin: 0, end: this.#bytes, place: this.#begin }
  }
}
