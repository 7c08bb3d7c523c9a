// Cells that hold whole lists, as JSON or NumPy write them: '[0.1, 0.9]', '[0.1 0.9]', '["a", "b"]'.
import { isMissing, isMostly, numberIn } from './cells.js'

/** Numbers of a row; undefined where the cell is something else. */
type Row = number[] | undefined

export interface Lists {
  /** Numbers that the list of most rows has. */
  width: number
  rows: Row[]
  /** Some list has its middle left out. */
  isCut: boolean
  /** The lists hold texts, or whole numbers of no fixed count: names of classes. */
  areTags: boolean
}

const isList = (cell: string) => /^\s*\[/.test(cell)
const isCutList = (cell: string) => /\.\.\.|…/.test(cell)

/** The texts between the brackets. */
function elementsOf(cell: string): string[] {
  const inside = cell
    .trim()
    .replace(/^\[|\]$/g, '')
    .trim()
  return inside === '' ? [] : inside.split(/\s*,\s*|\s+/)
}

function numbersOf(cell: string): Row {
  const values = elementsOf(cell).map((text) => numberIn(text, false) ?? (isMissing(text) ? Number.NaN : undefined))
  return values.every((value) => value !== undefined) ? values : undefined
}

function mostFrequent(values: number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0
}

/** Most of the numbers are whole. */
export function areWhole({ rows }: Lists): boolean {
  let numbers = 0
  let whole = 0
  for (const row of rows) {
    numbers += row?.length ?? 1
    for (const value of row ?? []) if (Number.isInteger(value)) whole++
  }
  return whole >= 0.9 * numbers
}

/** What the lists of a column are; undefined when its cells are none. One cell for each row, some of them perhaps empty. */
export function listsIn(all: readonly string[]): Lists | undefined {
  if (!all.some(isList)) return undefined
  const cells = all.filter((cell) => !isMissing(cell))
  if (!isMostly(cells, isList)) return undefined
  const rows = all.map((cell) => (isMissing(cell) ? undefined : numbersOf(cell)))
  const lists = rows.filter((row) => row !== undefined)
  const width = mostFrequent(lists.map((row) => row.length))
  const isCut = cells.some(isCutList)
  const areIndices = lists.every((row) => row.every((value) => Number.isInteger(value) && value >= 0))
  const isRagged = lists.filter((row) => row.length === width).length < 0.8 * lists.length
  const areTexts = lists.length < 0.9 * cells.length
  return { width, rows, isCut, areTags: !isCut && (areTexts || (areIndices && isRagged)) }
}

/** The names in a list of texts. */
export const tagsIn = (cell: string): string[] => elementsOf(cell).map((text) => text.replace(/^["'](.*)["']$/, '$1'))
