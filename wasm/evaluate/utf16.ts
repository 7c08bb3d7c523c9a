// Text in UTF-16, as Excel's "Unicode text" and what PowerShell writes to a file: it becomes UTF-8 on the way to its reader.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import type { ByteRange } from './file.js'
import { type Content, skipping, streamed } from './packed.js'

/** By the mark that such text begins with. */
const encodings: [mark: string, name: string][] = [
  ['\xff\xfe', 'utf-16le'],
  ['\xfe\xff', 'utf-16be'],
]

async function encodingOf(content: Content): Promise<string | undefined> {
  const start = String.fromCharCode(...(await content.head(4)).bytes)
  // A little-endian mark in front of zeros is one of UTF-32.
  if (start.endsWith('\0\0')) return undefined
  return encodings.find(([mark]) => start.startsWith(mark))?.[1]
}

/** The same text in UTF-8 without a mark; anything else as it is. */
export async function asUtf8(content: Content): Promise<Content> {
  const encoding = await encodingOf(content)
  if (encoding === undefined) return content
  const { file } = content
  async function* turned(): AsyncGenerator<ByteRange> {
    const decoder = new TextDecoder(encoding, { fatal: true })
    const encoder = new TextEncoder()
    const decode = (bytes?: Uint8Array) => {
      try {
        return encoder.encode(decoder.decode(bytes, { stream: bytes !== undefined }))
      } catch (error) {
        throw new DataError(say`it is not in UTF-16, as it begins`, { file: file.name }, { cause: error })
      }
    }
    let last = 0
    for await (const { bytes, end } of content.ranges()) {
      yield { bytes: decode(bytes), end }
      last = end
    }
    yield { bytes: decode(), end: last }
  }
  return streamed(file, (begin) => skipping(turned(), begin), { words: content.words, encoding: 'UTF-16' })
}
