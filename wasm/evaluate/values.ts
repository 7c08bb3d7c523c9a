// Values of columns, as the readers of binary formats give them, turned into the numbers, labels and texts of a batch.
import { type Message, say } from '../message.js'
import { isMissing, numberIn } from './cells.js'
import { GappedColumn, ListColumn, type Values, valueAt } from './columnValues.js'
import { isPercentage, notANumber } from './percentages.js'

/** Why a row cannot be taken. */
export interface Problem {
  row: number
  /** Something is missing; else it is wrong. */
  isMissing: boolean
  said?: Message
  /** It is said which token or sequence it is of. */
  isPlaced?: boolean
}

const isList = (value: unknown): value is ArrayLike<unknown> => typeof value === 'object' && value !== null && 'length' in value

/** NaN for what is missing, undefined for what is no number. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (value === null || value === undefined) return Number.NaN
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string') return undefined
  return isMissing(value) ? Number.NaN : numberIn(value, false)
}

export interface Target {
  out: Float32Array | Float64Array
  /** Numbers from a row to the next one, and where in a row these begin. */
  stride: number
  slot: number
  /** Numbers of a row. */
  width: number
}

function fillTyped(values: ArrayLike<number>, from: number, rows: number, { out, stride, slot, width }: Target): void {
  if (width === 1) {
    for (let row = 0; row < rows; row++) out[row * stride + slot] = values[from + row]
    return
  }
  for (let row = 0; row < rows; row++) {
    const source = (from + row) * width
    const target = row * stride + slot
    for (let i = 0; i < width; i++) out[target + i] = values[source + i]
  }
}

const isTyped = (values: Values): values is Float32Array | Float64Array | Int32Array =>
  ArrayBuffer.isView(values) && !(values instanceof BigInt64Array) && !(values instanceof BigUint64Array)

function fillLists(values: Values, from: number, rows: number, { out, stride, slot, width }: Target): Problem | undefined {
  for (let row = 0; row < rows; row++) {
    const list = valueAt(values, from + row)
    const target = row * stride + slot
    if (list === null || list === undefined) {
      out.fill(Number.NaN, target, target + width)
      continue
    }
    if (!isList(list)) return { row, isMissing: false, said: say`"${String(list)}" is not a list of numbers` }
    if (list.length !== width)
      return { row, isMissing: false, said: say`the list has ${list.length} numbers, but those of other rows have ${width}` }
    for (let i = 0; i < width; i++) {
      const value = list[i]
      const number = typeof value === 'number' ? value : numberOf(value)
      if (number === undefined) return { row, isMissing: false, said: notANumber(String(value)) }
      out[target + i] = number
    }
  }
  return undefined
}

/** Lists of as many numbers are written as numbers side by side; the others one by one. */
function fillListColumn(lists: ListColumn, from: number, rows: number, target: Target): Problem | undefined {
  const { out, stride, width } = target
  for (let row = 0; row < rows; ) {
    const unlike = lists.firstUnlike(width, from + row, from + rows) - from
    const count = Math.max(unlike - row, 1)
    const rest = { ...target, out: out.subarray(row * stride) }
    const problem =
      unlike > row
        ? fillNumbers(lists.elementsOf(from + row, from + unlike), 0, count, rest, false)
        : fillLists([lists.at(from + row)], 0, count, rest)
    if (problem) return { ...problem, row: row + problem.row }
    row += count
  }
  return undefined
}

/** Writes the numbers of `rows` rows from `from` on; what is missing becomes NaN. The first row that holds something else ends it. */
export function fillNumbers(column: Values, from: number, rows: number, target: Target, isListColumn: boolean): Problem | undefined {
  const { out, stride, slot, width } = target
  const values = column instanceof GappedColumn ? column.numbers : column
  if (values instanceof Float32Array && stride === width) {
    out.set(values.subarray(from * width, (from + rows) * width))
    return undefined
  }
  if (isTyped(values)) {
    fillTyped(values, from, rows, target)
    return undefined
  }
  if (isListColumn) {
    if (values instanceof ListColumn) return fillListColumn(values, from, rows, target)
    if (!ArrayBuffer.isView(values)) return fillLists(values, from, rows, target)
  }
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      const value = valueAt(values, (from + row) * width + i)
      const number = numberOf(value)
      if (number === undefined) return { row, isMissing: false, said: notANumber(String(value)) }
      out[row * stride + slot + i] = number
    }
  }
  return undefined
}

/** The label of a row in which it is missing, where that is no problem. */
export const noLabel = -(2 ** 31)

/** Why a text is no number of a class. */
export function notALabel(text: string): Message {
  if (Number.isInteger(Number(text))) return say`the label ${text} is beyond 32 bits`
  return isPercentage(text) ? say`the label "${text}" is a percentage, not a whole number` : say`the label "${text}" is not a whole number`
}

const isInt32 = (value: number) => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31

type Names = ReadonlyMap<string, number>

function labelOf(value: unknown, names: Names | undefined): number | Omit<Problem, 'row'> {
  if (names) {
    const text = value === null || value === undefined ? '' : String(value).trim()
    const label = names.get(text)
    if (label !== undefined) return label
    const isNone = isMissing(text)
    return { isMissing: isNone, said: isNone ? undefined : say`the label "${text}" is none of the classes` }
  }
  const number = numberOf(value)
  if (number !== undefined && isInt32(number)) return number
  const isNone = Number.isNaN(number)
  return { isMissing: isNone, said: isNone ? undefined : notALabel(String(value)) }
}

/** How labels are written, and whether one may be missing: `noLabel` is written then, or NaN for each class. */
export interface LabelForm {
  names?: Names
  mayBeMissing: boolean
}

/** Writes the labels of the rows; the first one that is none ends it. */
export function fillLabels(
  values: Values,
  from: number,
  rows: number,
  out: Int32Array,
  { names, mayBeMissing }: LabelForm,
): Problem | undefined {
  if (!names && values instanceof BigInt64Array) {
    // Two words each, the low one first; most are their sign's.
    const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length)
    for (let row = 0; row < rows; row++) {
      const low = words[2 * (from + row)]
      if (words[2 * (from + row) + 1] !== low >> 31)
        return { row, isMissing: false, said: say`the label ${String(values[from + row])} is beyond 32 bits` }
      out[row] = low
    }
    return undefined
  }
  if (!names && values instanceof Int32Array) {
    out.set(values.subarray(from, from + rows))
    return undefined
  }
  for (let row = 0; row < rows; row++) {
    const label = labelOf(valueAt(values, from + row), names)
    if (typeof label === 'number') out[row] = label
    else if (label.isMissing && mayBeMissing) out[row] = noLabel
    else return { row, ...label }
  }
  return undefined
}

/** Sets the targets of the tags of each row to 1, all others to 0. */
export function fillTags(
  values: Values,
  from: number,
  rows: number,
  { out, width }: Pick<Target, 'out' | 'width'>,
  { separator, names, mayBeMissing }: LabelForm & { separator: string },
): Problem | undefined {
  out.fill(0, 0, rows * width)
  for (let row = 0; row < rows; row++) {
    const value = valueAt(values, from + row)
    const tags =
      isList(value) && typeof value !== 'string'
        ? Array.from(value)
        : textOf(value)
            .split(separator)
            .filter((tag) => tag.trim() !== '')
    for (const tag of tags) {
      const label = labelOf(tag, names)
      if (typeof label !== 'number' && label.isMissing && mayBeMissing) {
        out.fill(Number.NaN, row * width, (row + 1) * width)
        break
      }
      if (typeof label !== 'number') return { row, ...label }
      if (label < 0 || label >= width) return { row, isMissing: false, said: say`the label "${String(tag)}" is none of the classes` }
      out[row * width + label] = 1
    }
  }
  return undefined
}

/** With eight digits, and none that is not needed. */
function shortNumber(value: number): string {
  if (Number.isInteger(value)) return String(value)
  const text = value.toPrecision(8)
  return text.endsWith('0') || text.includes('e') ? String(Number(text)) : text
}

/** A value as the cell of a text table would have it. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isNaN(value) ? 'nan' : shortNumber(value)
  if (isList(value) && typeof value !== 'string')
    return `[${Array.from(value, (each) => (typeof each === 'string' ? JSON.stringify(each) : textOf(each) || 'null')).join(', ')}]`
  return String(value)
}
