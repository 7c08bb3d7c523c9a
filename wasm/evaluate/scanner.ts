// What the readers of text in the core have in common: what they are told to read, their batches and their errors.
import { DataError, type DataErrorPlace, type Remedy } from '../errors.js'
import { type Message, say } from '../message.js'
import { leaveOutRemedy } from './badRow.js'
import type { Dialect } from './dialect.js'
import type { ShapeName } from './jsonParts.js'
import { leftOutBecause, missing, type Noun } from './missing.js'
import type { DelimitedScanner, JsonScanner, MainModule } from './module.js'
import { notANumber } from './percentages.js'
import type { Problems } from './problems.js'
import { inToken, otherCount, placeColumn, tokenName } from './sequences.js'
import { type Batch, type Field, type LeftOutRows, type Selection, truthColumns } from './table.js'
import { notALabel } from './values.js'

interface ScanError {
  kind: { value: number }
  row: number
  line: number
  column: number
  cells: number
  text: string
  /** Where rows are tokens, that of the row, and the token in it: 0 where it is of all of them. */
  sequence: number
  token: number
}

type RoleValue = Parameters<DelimitedScanner['setColumn']>[1]
type Scanner = Pick<
  DelimitedScanner,
  | 'setColumn'
  | 'addLabelName'
  | 'setSeparator'
  | 'setOneHot'
  | 'setLeaveOutMissing'
  | 'setMissingIsNan'
  | 'setDoubles'
  | 'read'
  | 'scores'
  | 'doubles'
  | 'labels'
  | 'targets'
  | 'weights'
  | 'idBytes'
  | 'idOffsets'
  | 'rowNumber'
  | 'lineNumber'
  | 'leftOut'
  | 'isOver'
  | 'errorCount'
  | 'error'
>

export const delimitedScanner = (native: MainModule, { delimiter, decimalComma, hasHeader }: Dialect, columns: number): DelimitedScanner =>
  new native.DelimitedScanner(delimiter, decimalComma, hasHeader, columns)

/** `paths`: where the values of the columns are, in rows that are objects. */
export function jsonScanner(native: MainModule, shape: ShapeName, paths: readonly string[], columns: number): JsonScanner {
  const scanner = new native.JsonScanner(native.JsonShape[shape], columns)
  paths.forEach((path, column) => {
    scanner.setPath(column, path)
  })
  return scanner
}

export function configure(
  { ColumnRole }: MainModule,
  scanner: Scanner,
  { scores, truth, weight, id, missing, precision }: Selection,
): void {
  const setFields = (fields: readonly Field[], one: RoleValue, many: RoleValue) => {
    for (const { column, list } of fields) scanner.setColumn(column, list === undefined ? one : many, list ?? 1)
  }
  setFields(scores, ColumnRole.Score, ColumnRole.ScoreList)
  if (truth.kind === 'label') scanner.setColumn(truth.column, ColumnRole.Label, 1)
  if (truth.kind === 'tags') {
    scanner.setColumn(truth.column, ColumnRole.Tags, truth.classes)
    scanner.setSeparator(truth.separator)
  }
  if (truth.kind === 'label' || truth.kind === 'tags') {
    for (const [name, value] of truth.names ?? []) scanner.addLabelName(name, value)
  } else {
    setFields(truth.fields, ColumnRole.Target, ColumnRole.TargetList)
  }
  if (truth.kind === 'oneHot') scanner.setOneHot()
  if (weight !== undefined) scanner.setColumn(weight, ColumnRole.Weight, 1)
  if (id !== undefined) scanner.setColumn(id, ColumnRole.Id, 1)
  if (missing === 'leaveOut') scanner.setLeaveOutMissing()
  if (missing === 'isNaN') scanner.setMissingIsNan()
  if (precision === 'float64') scanner.setDoubles()
}

/** What stands for bytes that are no UTF-8. */
const notUtf8 = '\uFFFD'
const encodingRemedy: Remedy = { text: say`the file is not in UTF-8: save it in that encoding` }

/** What the rows are of, for messages. */
export interface ScannedTable {
  file: string
  names: string[]
  selection: Selection
}

const isIn = (column: number, fields: readonly Field[]) => fields.some((field) => field.column === column)

/** What the number or list in a column is called. */
function nounOf(column: number, { scores, weight }: Selection): Noun {
  if (column === weight) return 'weight'
  return isIn(column, scores) ? 'score' : 'label'
}

function listLength(column: number, { scores, truth }: Selection): number {
  const fields = truth.kind === 'label' || truth.kind === 'tags' ? scores : [...scores, ...truth.fields]
  return fields.find((field) => field.column === column)?.list ?? 1
}

const cutList = say`the middle of its list was left out when the file was written, so that the numbers are lost. Save one column for each class, such as logit_0, logit_1, or the list as JSON`

function explain(
  { ScanErrorKind }: MainModule,
  { kind, row, line, column, cells, text, sequence, token }: ScanError,
  { file, names, selection }: ScannedTable,
): DataError {
  const place = token > 0 ? tokenName(String(sequence), token) : undefined
  const told = (problem: Message, at: DataErrorPlace, more?: { remedy?: Remedy }) => new DataError(inToken(problem, names, place), at, more)
  const at = { file, row, line }
  const inCell = { ...at, column: names[column] }
  const noun = nounOf(column, selection)
  switch (kind) {
    case ScanErrorKind.NumberIsText:
      return told(notANumber(text), inCell)
    case ScanErrorKind.NumberIsMissing:
      return told(missing(noun, text), inCell, { remedy: leaveOutRemedy })
    case ScanErrorKind.LabelIsMissing:
      return told(missing('label', text), inCell, { remedy: leaveOutRemedy })
    case ScanErrorKind.LabelIsNotInteger:
      return told(notALabel(text), inCell)
    case ScanErrorKind.LabelIsUnknown:
      return told(say`the label "${text}" is none of the classes`, inCell, text.includes(notUtf8) ? { remedy: encodingRemedy } : {})
    case ScanErrorKind.TargetIsOutside:
      return told(say`the label "${text}" is not a number from 0 to 1`, inCell)
    case ScanErrorKind.NotOneHot: {
      const columns = truthColumns(selection.truth).map((index) => `"${names[index]}"`)
      return told(say`the labels in ${columns.join(', ')} are not one 1 and else 0, as in the rows before`, at)
    }
    case ScanErrorKind.WeightIsOutside:
      return told(say`the weight "${text}" is negative or infinite`, inCell)
    case ScanErrorKind.NotAList:
      return told(say`"${text}" is not a list of numbers, such as [0.1, 0.9]`, inCell)
    case ScanErrorKind.ListIsCut:
      return told(cutList, inCell)
    case ScanErrorKind.ListLength:
      return told(say`the list has ${cells} numbers, but those of other rows have ${listLength(column, selection)}`, inCell)
    case ScanErrorKind.NotTokens:
      return told(say`"${text}" of sequence ${sequence} is not a list with a value for each token`, inCell)
    case ScanErrorKind.TokenCount:
      return told(otherCount(sequence, cells, Number(text)), inCell)
    case ScanErrorKind.UnclosedQuote:
      return told(say`a quote opens here and is never closed`, inCell)
    case ScanErrorKind.TextAfterQuote:
      return told(say`text follows the closing quote of "${text}"; quotes inside quotes are doubled`, inCell)
    case ScanErrorKind.NotARow:
      return told(say`"${text}" is neither an object nor an array`, at)
    case ScanErrorKind.JsonIsBroken:
      return told(say`the JSON is broken here: ${text}`, at)
    case ScanErrorKind.JsonIsCut:
      return told(say`the JSON ends before it is complete`, at)
    case ScanErrorKind.CellCount:
      return told(
        say`the row has ${cells} ${cells === 1 ? say`cell` : say`cells`}, but the table has ${names.filter((name) => name !== placeColumn).length} columns`,
        at,
      )
    default:
      return told(say`the row has no end within 16 MB`, at)
  }
}

/** Where the text is so broken that there is no telling what is behind it. */
const isEnd = ({ ScanErrorKind }: MainModule, { kind }: ScanError) =>
  [ScanErrorKind.UnclosedQuote, ScanErrorKind.RowTooLong, ScanErrorKind.JsonIsBroken, ScanErrorKind.JsonIsCut].some((end) => end === kind)

/** Reads what a scanner of the core is given, and notes the rows that it could not take. */
export class ScannerReader {
  readonly #native: MainModule
  readonly #scanner: Scanner
  readonly #table: ScannedTable
  /** Of the scanner's errors. */
  #noted = 0

  constructor(native: MainModule, scanner: Scanner, table: ScannedTable) {
    this.#native = native
    this.#scanner = scanner
    this.#table = table
  }

  /** All that can be read of what the scanner has been given; `bytes` is where that ends in the file. */
  *batches(bytes: number, problems: Problems): Generator<Batch> {
    const scanner = this.#scanner
    for (let rows = scanner.read(); rows > 0; rows = scanner.read()) {
      this.note(problems)
      yield this.#batch(rows, bytes)
      if (problems.isFull) return
    }
    this.note(problems)
  }

  note(problems: Problems): void {
    for (const count = this.#scanner.errorCount(); this.#noted < count; this.#noted++) {
      const error: ScanError = this.#scanner.error(this.#noted)
      problems.note(explain(this.#native, error, this.#table))
      if (isEnd(this.#native, error)) problems.endAt(error.row)
    }
  }

  #batch(rows: number, bytes: number): Batch {
    const scanner = this.#scanner
    const { truth, weight, id } = this.#table.selection
    const isLabel = truth.kind === 'label' || truth.kind === 'oneHot'
    return {
      scores: scanner.scores(),
      doubles: scanner.doubles(),
      labels: isLabel ? scanner.labels() : 0,
      targets: isLabel ? 0 : scanner.targets(),
      weights: weight === undefined ? 0 : scanner.weights(),
      ids: id === undefined ? undefined : { bytes: scanner.idBytes(), offsets: scanner.idOffsets() },
      rows,
      bytes,
      place: (row) => ({ row: scanner.rowNumber(row), line: scanner.lineNumber(row) }),
    }
  }
}

interface LeftOutRole {
  role: { value: number }
  rows: number
  first: number[]
}

export function leftOutRows({ ColumnRole }: MainModule, scanner: Scanner): LeftOutRows[] {
  const nouns = new Map<object, Noun>([
    [ColumnRole.Score, 'score'],
    [ColumnRole.Weight, 'weight'],
  ])
  const reasons: LeftOutRole[] = scanner.leftOut()
  return reasons.map(({ role, rows, first }) => leftOutBecause(missing(nouns.get(role) ?? 'label'), { rows, first }))
}
