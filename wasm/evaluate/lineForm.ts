// How rows are written in a file of lines, and who reads them.
import type { Dialect } from './dialect.js'
import type { DelimitedScanner, JsonScanner, MainModule } from './module.js'
import { delimitedScanner, jsonScanner } from './scanner.js'

/** Plain data, so that it can be sent to a worker. */
export type LineForm =
  | { kind: 'delimited'; dialect: Dialect }
  /** Where the values of the columns are. */
  | { kind: 'json'; paths: string[] }

/** States of a scanner, between two bytes: in front of a row, of whatever form. */
export const lineStart = 0

/** Those of delimited text. */
const cellStart = 2
const inCell = 3
export const inQuotes = 4

const lineFeed = 10

export interface LineScanner {
  scanner: DelimitedScanner | JsonScanner
  /** Where it most likely is in front of what it was given, which is behind this byte of the file. */
  likelyState(before: number): number
  /** Whether that looks right, where a line would then begin at `begin`. */
  isLikely(begin: number): boolean
  blankLines(): number
}

function ofDelimited(native: MainModule, dialect: Dialect, columns: number): LineScanner {
  const scanner = delimitedScanner(native, dialect, columns)
  return {
    scanner,
    likelyState(before) {
      if (before === lineFeed) return lineStart
      return before === dialect.delimiter.charCodeAt(0) ? cellStart : inCell
    },
    isLikely: (begin) => scanner.hasRowAt(begin),
    blankLines: () => scanner.blankLines(),
  }
}

function ofJson(native: MainModule, paths: readonly string[], columns: number): LineScanner {
  const scanner = jsonScanner(native, 'Lines', paths, columns)
  // Mostly a row is a line.
  const likelyState = (before: number) => (before === lineFeed ? lineStart : scanner.likelyPlace())
  return { scanner, likelyState, isLikely: () => true, blankLines: () => 0 }
}

export const lineScanner = (native: MainModule, form: LineForm, columns: number): LineScanner =>
  form.kind === 'json' ? ofJson(native, form.paths, columns) : ofDelimited(native, form.dialect, columns)
