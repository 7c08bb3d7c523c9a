// The first rows of delimited text as strings.
import type { MainModule } from './module.js'

/** As the core gives it: the cells' UTF-8, one behind the other, where each ends, and how many each row has. */
interface Cells {
  text: Uint8Array
  ends: Uint32Array
  cells: Uint32Array
}

/** The beginning of a file. */
export interface Head {
  bytes: Uint8Array
  isWhole: boolean
}

const decoder = new TextDecoder()

/** Gives the text between two bytes. */
function textOf(bytes: Uint8Array): (begin: number, end: number) => string {
  const whole = decoder.decode(bytes)
  // No byte makes more than one character: with as many of either, each makes its own.
  if (whole.length === bytes.length) return (begin, end) => whole.slice(begin, end)
  return (begin, end) => decoder.decode(bytes.subarray(begin, end))
}

/** Blank lines are left out; a last row without an end counts only where the file ends there. */
export function splitRows(native: MainModule, { bytes, isWhole }: Head, delimiter: string, rows: number): string[][] {
  const { text, ends, cells }: Cells = native.splitRows(bytes, delimiter, isWhole, rows)
  const between = textOf(text)
  let cell = 0
  const next = () => between(cell === 0 ? 0 : ends[cell - 1], ends[cell++])
  return Array.from(cells, (count) => Array.from({ length: count }, next))
}
