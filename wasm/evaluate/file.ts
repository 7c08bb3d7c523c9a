// Files as everything here reads them: by ranges of bytes.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { unlessAborted } from './abort.js'

/** A file of the caller's, wherever its bytes come from. */
export interface FileSource {
  /** For messages and the report. */
  name: string
  /** Bytes. */
  size: number
  /** The bytes from `start` to before `end`, all of them. `room` is memory that may be used for them, where it is large enough. */
  read(start: number, end: number, room?: ArrayBuffer): Promise<Uint8Array>
  /** Every read returns bytes that nobody else holds, so that they can go to another thread without a copy. */
  givesAway?: boolean
  /** Of a file that is open in Node, whose bytes are those that `read` gives: workers read their parts by it themselves. */
  descriptor?: number
  /** All bytes from `start` on, of a stream that reads into given memory, where that is faster than one range after the other. */
  stream?(start: number): ReadableStream<Uint8Array>
  /** A text that changes when the content does. Asked before and after reading, so that a changed file is an error. */
  version?(): Promise<string>
}

export interface ByteRange {
  bytes: Uint8Array
  /** Where the range ends in the file. */
  end: number
}

/** Large enough that the calls cost nothing, small enough that what was read is still near to the processor, and that threads end together. */
export const defaultRangeBytes = 1 << 20
/** Of the first range: what needs the beginning of a file alone, or tells first numbers, need not wait for more. */
const firstRangeBytes = 256 << 10
const growth = 4

const isBlob = (source: Blob | FileSource): source is Blob => typeof Blob !== 'undefined' && source instanceof Blob

function blobSource(blob: Blob): FileSource {
  return {
    name: 'name' in blob && typeof blob.name === 'string' ? blob.name : 'data',
    size: blob.size,
    givesAway: true,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
    stream: (start) => blob.slice(start).stream(),
  }
}

export function toFileSource(source: Blob | FileSource): FileSource {
  if (isBlob(source)) return blobSource(source)
  if (typeof source?.read !== 'function' || !Number.isSafeInteger(source.size) || typeof source.name !== 'string') {
    throw new TypeError('the source must be a File, a Blob or { name, size, read(start, end) }')
  }
  return source
}

/** The source, whose first range is read once: what a file is and how its rows are read is found out there, step by step. */
function keepBeginning(file: FileSource, rangeBytes: number): FileSource {
  const size = Math.min(firstRangeBytes, rangeBytes, file.size)
  let beginning: Promise<Uint8Array> | undefined
  return {
    name: file.name,
    size: file.size,
    givesAway: file.givesAway,
    descriptor: file.descriptor,
    stream: file.stream && ((start) => file.stream!(start)),
    version: file.version && (() => file.version!()),
    async read(start, end, room) {
      if (end > size) return file.read(start, end, room)
      beginning ??= file.read(0, size)
      // A copy, as whoever reads a range may give it away.
      return (await beginning).slice(start, end)
    },
  }
}

/** A file of which nothing more is read, and nothing more is waited for, when the signal says so. */
class AbortableFile implements FileSource {
  readonly name: string
  readonly size: number
  readonly givesAway?: boolean
  readonly descriptor?: number
  readonly signal: AbortSignal
  readonly stream?: (start: number) => ReadableStream<Uint8Array>
  readonly version?: () => Promise<string>
  readonly #file: FileSource

  constructor(file: FileSource, signal: AbortSignal) {
    this.name = file.name
    this.size = file.size
    this.givesAway = file.givesAway
    this.descriptor = file.descriptor
    this.signal = signal
    this.stream = file.stream && ((start) => file.stream!(start))
    this.version = file.version && (() => file.version!())
    this.#file = file
  }

  read(start: number, end: number, room?: ArrayBuffer): Promise<Uint8Array> {
    return unlessAborted(this.signal, () => this.#file.read(start, end, room))
  }
}

interface ReadOptions {
  signal?: AbortSignal
  rangeBytes?: number
}

/** The source, to be read until the signal says otherwise. */
export function untilAborted(source: Blob | FileSource, { signal, rangeBytes = defaultRangeBytes }: ReadOptions): FileSource {
  const file = keepBeginning(toFileSource(source), rangeBytes)
  return signal ? new AbortableFile(file, signal) : file
}

export const readRange = (file: FileSource, start: number, end: number, room?: ArrayBuffer): Promise<Uint8Array> =>
  checkRange(file, start, end, file.read(start, end, room))

export function unread({ name }: Pick<FileSource, 'name'>, start: number, end: number, error: unknown): DataError {
  const reason = error instanceof Error ? error.message : String(error)
  return new DataError(say`bytes ${start} to ${end} could not be read: ${reason}`, { file: name }, { cause: error })
}

export const endedAt = ({ name, size }: Pick<FileSource, 'name' | 'size'>, end: number): DataError =>
  new DataError(say`it ended at byte ${end} of ${size} while it was read`, { file: name })

/** The bytes of a range, all of them, or an error that says why not. */
async function checkRange(file: FileSource, start: number, end: number, reading: Promise<Uint8Array>): Promise<Uint8Array> {
  const bytes = await reading.catch((error: unknown) => {
    if (file instanceof AbortableFile) file.signal.throwIfAborted()
    throw unread(file, start, end, error)
  })
  if (bytes.length !== end - start) throw endedAt(file, start + bytes.length)
  return bytes
}

/** Files as they were when reading began. */
export class FileVersions {
  readonly #files: readonly FileSource[]
  readonly #versions: readonly (string | undefined)[]

  private constructor(files: readonly FileSource[], versions: readonly (string | undefined)[]) {
    this.#files = files
    this.#versions = versions
  }

  static async of(files: readonly FileSource[]): Promise<FileVersions> {
    return new FileVersions(files, await Promise.all(files.map((file) => file.version?.())))
  }

  /** Throws where one of them has changed since. */
  async check(): Promise<void> {
    this.checkSame(await FileVersions.of(this.#files))
  }

  /** Throws where the same files are others now. */
  checkSame(now: FileVersions): void {
    const changed = this.#files.find((_, i) => this.#versions[i] !== now.#versions[i])
    if (changed) throw new DataError(say`it changed while it was read`, { file: changed.name })
  }
}

/** Reads a file from a place on, range behind range: each begins where the one before ended, once that has come. */
export interface Reading {
  read(start: number, end: number, room?: ArrayBuffer): Promise<Uint8Array>
  /** Nothing more is wanted. */
  close(): void
}

/** Chromium forgets a stream that is being waited for when nothing but the wait refers to it. */
const openStreams = new Set<StreamReading>()

class StreamReading implements Reading {
  readonly #file: FileSource
  readonly #reader: ReadableStreamBYOBReader

  constructor(file: FileSource, reader: ReadableStreamBYOBReader) {
    this.#file = file
    this.#reader = reader
    openStreams.add(this)
  }

  read(start: number, end: number, room?: ArrayBuffer): Promise<Uint8Array> {
    const fill = () => this.#fill(end - start, room)
    const { signal } = this.#file instanceof AbortableFile ? this.#file : {}
    return checkRange(this.#file, start, end, unlessAborted(signal, fill))
  }

  async #fill(size: number, room?: ArrayBuffer): Promise<Uint8Array> {
    let memory = room && room.byteLength >= size ? room : new ArrayBuffer(size)
    let filled = 0
    while (filled < size) {
      const { value, done } = await this.#reader.read(new Uint8Array(memory, filled, size - filled))
      // What it was given is gone; this is the same memory.
      if (value) memory = value.buffer
      if (done || !value) break
      filled += value.length
    }
    return new Uint8Array(memory, 0, filled)
  }

  close(): void {
    openStreams.delete(this)
    this.#reader.cancel().catch(() => {})
  }
}

/** Nothing where the platform's streams do not read into given memory. */
function readerOf(stream: ReadableStream<Uint8Array> | undefined): ReadableStreamBYOBReader | undefined {
  try {
    return stream?.getReader({ mode: 'byob' })
  } catch {
    return undefined
  }
}

/** From `begin` on; one range alone needs no stream. */
export function openReading(file: FileSource, begin: number, isOne = false): Reading {
  const reader = isOne ? undefined : readerOf(file.stream?.(begin))
  return reader ? new StreamReading(file, reader) : { read: (start, end, room) => readRange(file, start, end, room), close() {} }
}

export interface RangeOptions {
  /** The most at a time. */
  rangeBytes?: number
  /** What is read begins and ends there. */
  begin?: number
  end?: number
  /** Each range is a multiple of so many bytes, but for the last one. */
  unit?: number
  /** Memory that is used again: who is done with a range may put its buffer there. */
  rooms?: ArrayBuffer[]
}

/** The file range after range, the first ones smaller. While one is used the next one is on its way, once more than the first one is wanted. */
export async function* byteRanges(
  file: FileSource,
  { rangeBytes = defaultRangeBytes, begin = 0, end = file.size, unit = 1, rooms = [] }: RangeOptions = {},
): AsyncGenerator<ByteRange> {
  const whole = (bytes: number) => Math.max(Math.floor(bytes / unit), 1) * unit
  const first = Math.min(firstRangeBytes, rangeBytes)
  // Where the file's beginning is known, no more than that.
  let size = whole(begin < first ? first - begin : first)
  const reading = openReading(file, begin, begin + size >= end)
  const request = (start: number) => {
    const range = reading.read(start, Math.min(start + size, end), rooms.pop())
    size = whole(Math.min(growth * size, rangeBytes))
    // Whoever stops early never asks for this one.
    range.catch(() => {})
    return range
  }
  try {
    let pending: Promise<Uint8Array> | undefined
    for (let at = begin; at < end; ) {
      const isFirst = at === begin
      const bytes = await (pending ?? request(at))
      at += bytes.length
      pending = isFirst || at === end ? undefined : request(at)
      yield { bytes, end: at }
    }
  } finally {
    reading.close()
  }
}
