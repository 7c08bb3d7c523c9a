// Text whose lines end with a carriage return alone, as old programs of the Mac write them and Excel does when it is asked to.
import type { ByteRange } from './file.js'
import type { Content } from './packed.js'
import { carriageReturn, lineFeed, readPreamble } from './preamble.js'

const quote = 34

const headBytes = 1 << 18

/** Whether there are carriage returns without a line feed, and no line feeds but in quotes. */
function endsWithReturns(bytes: Uint8Array): boolean {
  let isInQuotes = false
  let hasReturns = false
  for (let i = readPreamble(bytes, () => true).begin; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === quote) isInQuotes = !isInQuotes
    if (isInQuotes) continue
    if (byte === lineFeed) return false
    hasReturns ||= byte === carriageReturn
  }
  return hasReturns
}

function turn(bytes: Uint8Array): Uint8Array {
  for (let i = bytes.indexOf(carriageReturn); i >= 0; i = bytes.indexOf(carriageReturn, i + 1)) bytes[i] = lineFeed
  return bytes
}

/** The same text with line feeds, for readers who know no other end of a line; and whether it had others. */
export async function withLineFeeds(content: Content): Promise<{ content: Content; isTurned: boolean }> {
  const { bytes } = await content.head(headBytes)
  if (!endsWithReturns(bytes)) return { content, isTurned: false }
  async function* ranges(begin?: number, rooms?: ArrayBuffer[]): AsyncGenerator<ByteRange> {
    for await (const range of content.ranges(begin, rooms)) {
      // What was read may be somebody else's.
      const own = content.isPacked || content.file.givesAway
      yield { ...range, bytes: turn(own ? range.bytes : range.bytes.slice()) }
    }
  }
  const head = async (size: number) => {
    const { bytes, isWhole } = await content.head(size)
    return { bytes: turn(bytes.slice()), isWhole }
  }
  return { content: { ...content, descriptor: undefined, head, ranges }, isTurned: true }
}
