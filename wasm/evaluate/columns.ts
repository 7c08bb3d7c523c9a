// What the values of a column say about it, from the first rows of the file.
import type { TableHead } from './table.js'

export interface Column {
  index: number
  /** As the file has it; may be empty. */
  name: string
  /** Cells that are not missing. */
  cells: string[]
  /** Values of the cells that are numbers. */
  numbers: number[]
  distinct: Set<string>
}

const missing = /^(|na|n\/a|#n\/a|<na>|-?nan|null|nil|none|-|\?)$/i
const number = /^[+-]?(\d+\.?\d*(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?|inf|infinity)$/i
const infinite = /inf/i

export const isMissing = (cell: string): boolean => missing.test(cell.trim())

/** The value of a cell that holds a number, else undefined. */
export function numberIn(cell: string, decimalComma: boolean): number | undefined {
  const text = decimalComma ? cell.trim().replace(',', '.') : cell.trim()
  if (!number.test(text)) return undefined
  if (infinite.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(text)
}

export function columnsOf({ names, rows, decimalComma }: TableHead): Column[] {
  return names.map((name, index) => {
    const cells = rows.map((row) => row[index] ?? '').filter((cell) => !isMissing(cell))
    const numbers = cells.map((cell) => numberIn(cell, decimalComma)).filter((value) => value !== undefined)
    return { index, name, cells, numbers, distinct: new Set(cells.map((cell) => cell.trim())) }
  })
}

/** A few cells that are otherwise do not make another column of it: they are what an evaluation must complain about. */
export const isMostly = <T>(values: readonly T[], is: (value: T) => boolean): boolean => values.filter(is).length >= 0.9 * values.length

export const isNumeric = ({ cells, numbers }: Column): boolean => cells.length > 0 && numbers.length >= 0.9 * cells.length

export const isWhole = (column: Column): boolean => isNumeric(column) && isMostly(column.numbers, Number.isInteger)

export const isFractional = (column: Column): boolean => isNumeric(column) && !isWhole(column)

/** Holds 0, 1, 2, … or 1, 2, 3, …: numbers of rows. */
export const countsRows = ({ numbers, cells }: Column): boolean =>
  numbers.length === cells.length &&
  numbers.length > 2 &&
  numbers[0] >= 0 &&
  numbers[0] <= 1 &&
  numbers.every((value, i) => value === numbers[0] + i)

/** Lowest and highest number. */
export function span(values: Iterable<number>): [number, number] {
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < least) least = value
    if (value > greatest) greatest = value
  }
  return [least, greatest]
}

const shown = 8

/** Names in quotes, for messages; a long list is cut. */
export function quoted(names: Iterable<string>): string {
  const list = [...names]
  const head = list.slice(0, shown).map((name) => `"${name}"`)
  return list.length > shown ? `${head.join(', ')}, … (${list.length} in all)` : head.join(', ')
}
