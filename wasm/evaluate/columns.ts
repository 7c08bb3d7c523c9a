// What the values of a column say about it, from the first rows of the file.
import { isMissing, isMostly, numberIn } from './cells.js'
import { areWhole, type Lists, listsIn } from './lists.js'
import type { Field, TableHead } from './table.js'

export interface Column {
  index: number
  /** As the file has it; may be empty. */
  name: string
  /** Cells that are not missing. */
  cells: string[]
  /** Values of the cells that are numbers. */
  numbers: number[]
  /** The number in each row, NaN where there is none. */
  values: number[]
  distinct: Set<string>
  /** The cells hold lists. */
  lists?: Lists
}

export function columnsOf({ names, rows, decimalComma }: TableHead): Column[] {
  return names.map((name, index) => {
    const all = rows.map((row) => row[index] ?? '')
    const values = all.map((cell) => numberIn(cell, decimalComma) ?? Number.NaN)
    const cells = all.filter((cell, row) => !Number.isNaN(values[row]) || !isMissing(cell))
    const numbers = values.filter((value) => !Number.isNaN(value))
    return { index, name, cells, numbers, values, distinct: new Set(cells.map((cell) => cell.trim())), lists: listsIn(all) }
  })
}

export const isNumeric = ({ cells, numbers }: Column): boolean => cells.length > 0 && numbers.length >= 0.9 * cells.length

export const isWhole = (column: Column): boolean => isNumeric(column) && isMostly(column.numbers, Number.isInteger)

export const isFractional = (column: Column): boolean => isNumeric(column) && !isWhole(column)

/** Its lists hold numbers, for each class one. */
export const isNumberList = ({ lists }: Column): boolean => lists !== undefined && !lists.areTags && (lists.width > 0 || lists.isCut)

export const isFractionList = (column: Column): boolean =>
  isNumberList(column) && column.lists !== undefined && (column.lists.isCut || !areWhole(column.lists))

/** Holds 0, 1, 2, … or 1, 2, 3, …: numbers of rows. */
export const countsRows = ({ numbers, cells }: Column): boolean =>
  numbers.length === cells.length &&
  numbers.length > 2 &&
  numbers[0] >= 0 &&
  numbers[0] <= 1 &&
  numbers.every((value, i) => value === numbers[0] + i)

/** The columns as they are read: as numbers, or as lists of as many as most rows have. */
export const fieldsOf = (columns: readonly Column[]): Field[] =>
  columns.map(({ index, lists }) => (lists ? { column: index, list: lists.width } : { column: index }))

/** The numbers of the first rows, those of all columns side by side; rows in which one is no number are left out. */
export function numberRows(columns: readonly Column[]): number[][] {
  const rows: number[][] = []
  for (let row = 0; row < columns[0].values.length; row++) {
    const numbers: number[] = []
    for (const { lists, values } of columns) {
      if (lists) numbers.push(...(lists.rows[row] ?? [Number.NaN]))
      else numbers.push(values[row])
    }
    if (!numbers.some(Number.isNaN)) rows.push(numbers)
  }
  return rows
}
