// What is packed: streams that are unpacked while they are read.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { type ByteRange, byteRanges, type FileSource, readRange } from './file.js'

/** A range whose memory is nobody else's. */
export interface OwnRange extends ByteRange {
  bytes: Uint8Array<ArrayBuffer>
}

/** Unpacks gzip; where a range ends is counted in the packed file. */
export async function* unpack(ranges: AsyncIterable<ByteRange>, file: string): AsyncGenerator<ByteRange> {
  const { readable, writable } = new DecompressionStream('gzip')
  const writer = writable.getWriter()
  const reader = (readable as ReadableStream<Uint8Array>).getReader()
  let end = 0
  let failure: unknown
  const feed = async () => {
    try {
      for await (const range of ranges) {
        await writer.write(range.bytes as Uint8Array<ArrayBuffer>)
        end = range.end
      }
      await writer.close()
    } catch (error) {
      failure = error
      await writer.abort(error).catch(() => {})
    }
  }
  const feeding = feed()
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      yield { bytes: value, end }
    }
  } catch (error) {
    if (failure instanceof DataError) throw failure
    const reason = error instanceof Error ? error.message : String(error)
    throw new DataError(say`its packed data are broken or cut off (${reason})`, { file }, { cause: error })
  } finally {
    await reader.cancel().catch(() => {})
    await feeding
  }
}

/** Joins pieces of any size into as many bytes as are asked for. */
export class ByteQueue {
  readonly #pieces: AsyncIterator<ByteRange>
  #piece: Uint8Array = new Uint8Array(0)
  /** Bytes of the file that are used up. */
  end = 0

  constructor(pieces: AsyncIterable<ByteRange>) {
    this.#pieces = pieces[Symbol.asyncIterator]()
  }

  /** The next `size` bytes; fewer only where the stream ends. */
  async take(size: number): Promise<Uint8Array> {
    const first = await this.#next(size)
    if (first.length === size || first.length === 0) return first
    const all = new Uint8Array(size)
    all.set(first)
    let filled = first.length
    while (filled < size) {
      const more = await this.#next(size - filled)
      if (more.length === 0) return all.subarray(0, filled)
      all.set(more, filled)
      filled += more.length
    }
    return all
  }

  async close(): Promise<void> {
    await this.#pieces.return?.()
  }

  async #next(size: number): Promise<Uint8Array> {
    while (this.#piece.length === 0) {
      const { value, done } = await this.#pieces.next()
      if (done) return this.#piece
      this.#piece = value.bytes
      this.end = value.end
    }
    const taken = this.#piece.subarray(0, size)
    this.#piece = this.#piece.subarray(taken.length)
    return taken
  }
}

/** The same bytes in pieces of this size, each in memory of its own; the last one may be shorter. */
export async function* inPieces(ranges: AsyncIterable<ByteRange>, size: number): AsyncGenerator<OwnRange> {
  const queue = new ByteQueue(ranges)
  try {
    for (let bytes = await queue.take(size); bytes.length > 0; bytes = await queue.take(size)) {
      yield { bytes: bytes.length === bytes.buffer.byteLength ? (bytes as OwnRange['bytes']) : bytes.slice(), end: queue.end }
    }
  } finally {
    await queue.close()
  }
}

const unpackedBytes = 1 << 20

/** What is unpacked comes in pieces of any size. */
export const wholeRows = (ranges: AsyncIterable<ByteRange>, rowBytes: number): AsyncGenerator<ByteRange> =>
  inPieces(ranges, Math.max(Math.floor(unpackedBytes / rowBytes), 1) * rowBytes)

/** A file as it is to be understood: as it is, or what is packed in it. */
export interface Content {
  file: FileSource
  /** It is not what the file holds byte by byte. */
  isPacked: boolean
  /** That of the file, where nothing is turned into something else. */
  descriptor?: number
  /** For people: how it is packed. */
  words: string[]
  /** Of text that is in UTF-8 here, where it is in another one in the file. */
  encoding?: string
  /** The first bytes, as many as that or all there are. */
  head(size: number): Promise<{ bytes: Uint8Array; isWhole: boolean }>
  /** All of it, or what stands from `begin` on; memory in `rooms` may be used again. What is unpacked comes in many small ranges. */
  ranges(begin?: number, rooms?: ArrayBuffer[]): AsyncGenerator<ByteRange>
  /** All of it, to be read anywhere. */
  whole(): Promise<FileSource>
}

function plain(file: FileSource, rangeBytes: number | undefined): Content {
  return {
    file,
    isPacked: false,
    descriptor: file.descriptor,
    words: [],
    async head(size) {
      const end = Math.min(size, file.size)
      return { bytes: await readRange(file, 0, end), isWhole: end === file.size }
    },
    ranges: (begin, rooms) => byteRanges(file, { rangeBytes, begin, rooms }),
    whole: async () => file,
  }
}

/** Formats that are read from several places at once must be unpacked before; more than this is refused. */
const mostUnpacked = 2 ** 31

async function unpackWhole({ file, ranges }: Pick<Content, 'file' | 'ranges'>): Promise<FileSource> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const { bytes } of ranges()) {
    pieces.push(bytes)
    size += bytes.length
    if (size > mostUnpacked) throw new DataError(say`it is larger than 2 GB when it is unpacked: unpack it first`, { file: file.name })
  }
  const blob = new Blob(pieces as Uint8Array<ArrayBuffer>[])
  return { name: file.name, size, read: async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer()) }
}

/** What has to be read from the beginning: `ranges` gives it from a place on. */
export function streamed(file: FileSource, ranges: Content['ranges'], about: Pick<Content, 'words' | 'encoding'>): Content {
  return {
    file,
    isPacked: true,
    ...about,
    async head(size) {
      const queue = new ByteQueue(ranges())
      const bytes = await queue.take(size)
      const isWhole = bytes.length < size || (await queue.take(1)).length === 0
      await queue.close()
      return { bytes, isWhole }
    },
    ranges,
    whole: () => unpackWhole({ file, ranges }),
  }
}

/** What stands from `begin` on. */
export async function* skipping(ranges: AsyncIterable<ByteRange>, begin = 0): AsyncGenerator<ByteRange> {
  let skip = begin
  for await (const { bytes, end } of ranges) {
    const rest = bytes.subarray(skip)
    skip = Math.max(skip - bytes.length, 0)
    if (rest.length > 0) yield { bytes: rest, end }
  }
}

const gzipped = (file: FileSource): Content =>
  streamed(file, (begin) => skipping(unpack(byteRanges(file), file.name), begin), { words: ['gzip'] })

const startBytes = 256

/** Known by its first bytes, whatever it is called. */
export async function openContent(file: FileSource, rangeBytes?: number): Promise<Content> {
  const [first, second] = await readRange(file, 0, Math.min(startBytes, file.size))
  return first === 0x1f && second === 0x8b ? gzipped(file) : plain(file, rangeBytes)
}
