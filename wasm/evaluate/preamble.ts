// What stands in front of a table of delimited text: a byte order mark, the line by which Excel is told the delimiter, and comments.
import { isDelimiter } from './dialect.js'

/** A line and where it ends. */
interface Line {
  text: string
  end: number
}

export interface Preamble {
  /** Where the table begins. */
  begin: number
  /** Line ends in front of it. */
  lines: number
  /** What Excel's line says. */
  delimiter?: string
  /** Without what they begin with. */
  comments: string[]
}

export const lineFeed = 10
export const carriageReturn = 13
const commentStart = /^# */

function lineAt(bytes: Uint8Array, begin: number): Line | undefined {
  const feed = bytes.indexOf(lineFeed, begin)
  // No further than to the other end: where lines have none of the kind, it would be looked for in all of them.
  const before = feed < 0 ? bytes : bytes.subarray(0, feed)
  const back = before.indexOf(carriageReturn, begin)
  const end = back < 0 ? feed : back
  if (end < 0) return undefined
  return { text: new TextDecoder().decode(bytes.subarray(begin, end)), end: back >= 0 && back + 1 === feed ? feed + 1 : end + 1 }
}

/** Bytes of the byte order mark. */
export const markBytes = (bytes: Uint8Array): number => (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0)

/** The mark and Excel's line alone. */
function readStart(bytes: Uint8Array): Preamble {
  const begin = markBytes(bytes)
  const line = lineAt(bytes, begin)
  const delimiter = line && /^"?sep=(.)"?$/i.exec(line.text)?.[1]
  return line && isDelimiter(delimiter) ? { begin: line.end, lines: 1, delimiter, comments: [] } : { begin, lines: 0, comments: [] }
}

/** Comments reach to the last line that begins with '#'; blank ones may be among them. */
function readComments(bytes: Uint8Array, start: Preamble): Preamble {
  let found = start
  let lines = start.lines
  for (let line = lineAt(bytes, start.begin); line && /^(#|\s*$)/.test(line.text); line = lineAt(bytes, line.end)) {
    lines++
    if (!line.text.startsWith('#')) continue
    found = { ...start, begin: line.end, lines, comments: [...found.comments, line.text.replace(commentStart, '')] }
  }
  return found
}

/** `areComments` tells whether lines that begin with '#' are comments, where the rest is as it says. */
export function readPreamble(bytes: Uint8Array, areComments: (preamble: Preamble) => boolean): Preamble {
  const start = readStart(bytes)
  const preamble = readComments(bytes, start)
  return preamble.comments.length > 0 && !areComments(preamble) ? start : preamble
}
