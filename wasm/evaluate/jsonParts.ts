// Parts of a JSON file, and how the core is given them.
import { type ByteRange, byteRanges } from './file.js'
import type { JsonScanner, MainModule } from './module.js'
import { ByteQueue, type Content } from './packed.js'

export type ShapeName = 'Lines' | 'Array' | 'Cells'

/** Where in the file something stands. */
export interface Part {
  begin: number
  end: number
  /** In front of it. */
  lines: number
}

export const everything: Part = { begin: 0, end: Number.POSITIVE_INFINITY, lines: 0 }

const headRows = 200
export const headBytes = 1 << 18
const maxHeadBytes = 1 << 24

/** The bytes of a part of what the file holds. */
export async function* rangesOf(content: Content, { begin, end }: Part): AsyncGenerator<ByteRange> {
  if (!content.isPacked) {
    yield* byteRanges(content.file, { begin, end: Math.min(end, content.file.size) })
    return
  }
  let at = 0
  for await (const range of content.ranges()) {
    const bytes = range.bytes.subarray(Math.max(begin - at, 0), Math.max(end - at, 0))
    at += range.bytes.length
    if (bytes.length > 0) yield { bytes, end: range.end }
    if (at >= end) return
  }
}

/** The first bytes of a part. */
export async function partHead(content: Content, part: Part, size: number): Promise<Uint8Array> {
  const queue = new ByteQueue(rangesOf(content, part))
  const bytes = await queue.take(size)
  await queue.close()
  return bytes
}

export type Cells = [path: string, text: string][]

/** The first rows, as much of the part as holds some. */
export async function firstRows(native: MainModule, content: Content, part: Part, shape: ShapeName): Promise<Cells[]> {
  for (let size = headBytes; ; size *= 8) {
    const bytes = await partHead(content, part, size)
    const isWhole = bytes.length < size
    const rows: Cells[] = native.splitJsonRows(bytes, native.JsonShape[shape], isWhole, headRows)
    if (isWhole || rows.length > 1 || size >= maxHeadBytes) return rows
  }
}

export function addBytes(native: MainModule, scanner: JsonScanner, bytes: Uint8Array): void {
  const address = scanner.reserve(bytes.length)
  native.HEAPU8.set(bytes, address)
  scanner.append(bytes.length)
}
