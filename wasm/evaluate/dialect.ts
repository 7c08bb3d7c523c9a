// How a delimited text file is written, guessed from its first rows.
import { isMissing, numberIn } from './cells.js'
import type { EvaluateOptions } from './options.js'

export interface Dialect {
  delimiter: string
  decimalComma: boolean
  hasHeader: boolean
}

/** Splits the beginning of the file into rows of cells. */
export type Split = (delimiter: string) => string[][]

/** A character that can stand between cells and can be neither part of a number nor a quote or line end. */
export const isDelimiter = (text: unknown): text is string =>
  typeof text === 'string' && /^[ -~\t]$/.test(text) && !/["+\-.0-9A-Za-z]/.test(text)

const delimiters = [',', ';', '\t', '|', ' ']
const names: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar', ' ': 'space' }
/** Of the rows, that must have as many cells as most have. */
const enough = 0.8

const isNumber = (cell: string) => numberIn(cell, false) !== undefined
const isCommaNumber = (cell: string) => cell.includes(',') && numberIn(cell, true) !== undefined

interface Candidate {
  delimiter: string
  columns: number
  /** Share of cells that hold one number or none. */
  numeric: number
}

function mostFrequent(values: number[]): { value: number; share: number } {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const [value, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [1, 0]
  return { value, share: count / Math.max(values.length, 1) }
}

function candidate(delimiter: string, rows: string[][]): Candidate | undefined {
  const { value: columns, share } = mostFrequent(rows.map((row) => row.length))
  if (columns < 2 || share < enough) return undefined
  const cells = rows.slice(1).flat()
  const numeric = cells.filter((cell) => isNumber(cell) || isMissing(cell) || (delimiter !== ',' && isCommaNumber(cell))).length
  return { delimiter, columns, numeric: numeric / Math.max(cells.length, 1) }
}

/** The delimiter under which rows have the same number of cells and most cells are numbers. */
function findDelimiter(split: Split): string {
  const found = delimiters.flatMap((delimiter) => candidate(delimiter, split(delimiter)) ?? [])
  // A space is one only where nothing else is: it stands in texts and behind other delimiters.
  const sure = found.filter(({ delimiter }) => delimiter !== ' ')
  const [best] = (sure.length > 0 ? sure : found).sort((a, b) => b.numeric - a.numeric || b.columns - a.columns)
  return best?.delimiter ?? ','
}

function findDecimalComma(rows: string[][]): boolean {
  const cells = rows.flat()
  return cells.some(isCommaNumber) && !cells.some((cell) => cell.includes('.') && isNumber(cell))
}

/** Names over numbers, or nothing but different texts; also the 0, 1, 2, … that pandas writes over unnamed columns. */
export function looksLikeHeader([first, ...rest]: string[][], decimalComma: boolean): boolean {
  if (!first) return false
  const isNumeric = (cell: string | undefined) => cell !== undefined && numberIn(cell, decimalComma) !== undefined
  const isText = first.map((cell) => !isNumeric(cell) && !isMissing(cell))
  const standsOverNumbers = (_: string, i: number) =>
    isText[i] && rest.length > 0 && rest.filter((row) => isNumeric(row[i])).length > rest.length / 2
  if (first.some(standsOverNumbers)) return true
  if (isText.every(Boolean) && new Set(first).size === first.length) return true
  const [corner, ...others] = first
  return corner.trim() === '' && others.length > 1 && others.every((cell, i) => cell.trim() === String(i))
}

export function findDialect(split: Split, { delimiter: wanted, header }: EvaluateOptions): Dialect {
  const delimiter = wanted ?? findDelimiter(split)
  const rows = split(delimiter)
  const decimalComma = findDecimalComma(rows.slice(1))
  return { delimiter, decimalComma, hasHeader: header ?? looksLikeHeader(rows, decimalComma) }
}

export function describeDialect({ delimiter, decimalComma, hasHeader }: Dialect, { header }: EvaluateOptions): string[] {
  const words = [names[delimiter] ?? `"${delimiter}"`]
  if (decimalComma) words.push('decimal comma')
  if (hasHeader) words.push('header')
  else words.push(header === false ? 'no header' : 'no header (assumed: the first row looks like the others)')
  return words
}
