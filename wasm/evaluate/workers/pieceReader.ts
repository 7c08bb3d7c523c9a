// Pieces of a file of lines in a worker. Of those that it reads by itself one or two wait, measured, until it is known what is in front of them.
import { type OpenedFile, readOpened } from '../openedFile.js'
import type { FilePiece } from '../table.js'
import type { LineReader, Lines, Piece } from './lineReader.js'
import type { Counts, PartSinks, ReadTask } from './readTask.js'

/** What a piece is where the scanner is in this state in front of it, and the bytes in front of its whole lines and behind them. */
export interface Look {
  state: number
  piece: Piece
  /** Not where they are many, unless they were asked for. */
  edges?: { head: Uint8Array<ArrayBuffer>; tail: Uint8Array<ArrayBuffer> }
}

/** Bytes that are told without being asked for. */
const fewBytes = 1 << 16

export class PieceReader {
  readonly #task: ReadTask
  readonly #make: () => LineReader
  readonly #readers: LineReader[] = []
  readonly #free: LineReader[] = []
  readonly #held = new Map<number, LineReader>()

  constructor(task: ReadTask, make: () => LineReader) {
    this.#task = task
    this.#make = make
  }

  /** Takes a piece and looks at it, as if in front of it were what most likely is. */
  take(number: number, piece: FilePiece): Look[] {
    const reader = this.#free.pop() ?? this.#another()
    this.#held.set(number, reader)
    const { begin, end } = piece
    reader.load(end - begin, (room) => readOpened(this.#file, piece, room))
    return reader.measureLikely(this.#byteBefore(piece)).map(([state, piece]) => lookOf(reader, state, piece, fewBytes))
  }

  /** The same for another state, with all bytes. */
  look(number: number, state: number): Look {
    const reader = this.#reader(number)
    return lookOf(reader, state, reader.measure(state), Number.POSITIVE_INFINITY)
  }

  /** Evaluates its whole lines; returns how many rows they are. */
  read(number: number, lines: Lines, sinks: PartSinks): number {
    const reader = this.#reader(number)
    this.#held.delete(number)
    this.#free.push(reader)
    return reader.readLines(lines, sinks)
  }

  /** Evaluates whole lines of bytes that are given. */
  readGiven(bytes: Uint8Array, { begin, end, place }: Lines, sinks: PartSinks): number {
    const reader = this.#free[0] ?? this.#another()
    if (this.#free.length === 0) this.#free.push(reader)
    reader.load(end - begin, (room) => room.set(bytes.subarray(begin, end)))
    return reader.readLines({ begin: 0, end: end - begin, place }, sinks)
  }

  counts(): Counts[] {
    return this.#readers.map((reader) => reader.counts())
  }

  dispose(): void {
    for (const reader of this.#readers) reader.dispose()
  }

  #another(): LineReader {
    const reader = this.#make()
    this.#readers.push(reader)
    return reader
  }

  #reader(number: number): LineReader {
    const reader = this.#held.get(number)
    if (!reader) throw new Error('a worker was asked for a piece that it does not have')
    return reader
  }

  /** The evaluating thread has opened it. */
  get #file(): OpenedFile {
    const { file, size, descriptor } = this.#task
    return { name: file, size, descriptor: descriptor as number }
  }

  #byteBefore({ begin }: FilePiece): number | undefined {
    if (begin === 0) return undefined
    const byte = new Uint8Array(1)
    readOpened(this.#file, { begin: begin - 1, end: begin }, byte)
    return byte[0]
  }
}

function lookOf(reader: LineReader, state: number, piece: Piece, most: number): Look {
  const { bodyBegin, bodyEnd } = piece
  if (bodyBegin + reader.size - bodyEnd > most) return { state, piece }
  return { state, piece, edges: { head: reader.bytes(0, bodyBegin), tail: reader.bytes(bodyEnd, reader.size) } }
}
