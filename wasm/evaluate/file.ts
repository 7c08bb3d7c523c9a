// Files as everything here reads them: by ranges of bytes.
import { DataError } from '../errors.js'

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
  /** A text that changes when the content does. Asked before and after reading, so that a changed file is an error. */
  version?(): Promise<string>
}

export interface ByteRange {
  bytes: Uint8Array
  /** Where the range ends in the file. */
  end: number
}

/** Large enough that the calls cost nothing, small enough to be cancelled at once. */
export const defaultRangeBytes = 4 << 20
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
  }
}

export function toFileSource(source: Blob | FileSource): FileSource {
  if (isBlob(source)) return blobSource(source)
  if (typeof source?.read !== 'function' || !Number.isSafeInteger(source.size) || typeof source.name !== 'string') {
    throw new TypeError('the source must be a File, a Blob or { name, size, read(start, end) }')
  }
  return source
}

export async function readRange(file: FileSource, start: number, end: number, room?: ArrayBuffer): Promise<Uint8Array> {
  const bytes = await file.read(start, end, room).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DataError(`bytes ${start} to ${end} could not be read: ${reason}`, { file: file.name }, { cause: error })
  })
  if (bytes.length !== end - start) {
    throw new DataError(`it ended at byte ${start + bytes.length} of ${file.size} while it was read`, { file: file.name })
  }
  return bytes
}

/** What `read` comes to, unless the file has changed meanwhile. */
export async function whileUnchanged<Result>(file: FileSource, read: () => Promise<Result>): Promise<Result> {
  const before = await file.version?.()
  const result = await read()
  if ((await file.version?.()) !== before) throw new DataError('it changed while it was read', { file: file.name })
  return result
}

/**
 * The file from `begin` on, range after range, the first ones smaller; the next one is on its way while one is used. Memory in `rooms` is used again: who is done with
 * a range may put its buffer there.
 */
export async function* byteRanges(
  file: FileSource,
  rangeBytes = defaultRangeBytes,
  begin = 0,
  rooms: ArrayBuffer[] = [],
): AsyncGenerator<ByteRange> {
  let size = Math.min(firstRangeBytes, rangeBytes)
  const request = (start: number) => {
    const range = readRange(file, start, Math.min(start + size, file.size), rooms.pop())
    size = Math.min(growth * size, rangeBytes)
    // Whoever stops early never asks for this one.
    range.catch(() => {})
    return range
  }
  let pending = request(begin)
  for (let end = begin; end < file.size; ) {
    const bytes = await pending
    end += bytes.length
    if (end < file.size) pending = request(end)
    yield { bytes, end }
  }
}
