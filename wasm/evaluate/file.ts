// Files as everything here reads them: by ranges of bytes.
import { DataError } from '../errors.js'

export interface FileSource {
  name: string
  /** Bytes. */
  size: number
  /** The bytes from `start` to before `end`, all of them. */
  read(start: number, end: number): Promise<Uint8Array>
}

export interface ByteRange {
  bytes: Uint8Array
  /** Where the range ends in the file. */
  end: number
}

/** Large enough that the calls cost nothing, small enough to be cancelled at once. */
const rangeBytes = 4 << 20

const isBlob = (source: Blob | FileSource): source is Blob => typeof Blob !== 'undefined' && source instanceof Blob

function blobSource(blob: Blob): FileSource {
  return {
    name: 'name' in blob && typeof blob.name === 'string' ? blob.name : 'data',
    size: blob.size,
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

export async function readRange(file: FileSource, start: number, end: number): Promise<Uint8Array> {
  const bytes = await file.read(start, end).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DataError(`bytes ${start} to ${end} could not be read: ${reason}`, { file: file.name }, { cause: error })
  })
  if (bytes.length !== end - start) {
    throw new DataError(`it ended at byte ${start + bytes.length} of ${file.size} while it was read`, { file: file.name })
  }
  return bytes
}

/** The whole file, range after range; the next one is on its way while one is used. */
export async function* byteRanges(file: FileSource): AsyncGenerator<ByteRange> {
  const request = (start: number) => {
    const range = readRange(file, start, Math.min(start + rangeBytes, file.size))
    // Whoever stops early never asks for this one.
    range.catch(() => {})
    return range
  }
  let pending = request(0)
  for (let end = 0; end < file.size; ) {
    const bytes = await pending
    end += bytes.length
    if (end < file.size) pending = request(end)
    yield { bytes, end }
  }
}
