// CSV and its relatives: the head is split and all rows are scanned by the core.
import { DataError } from '../errors.js'
import { type Dialect, describeDialect, findDialect } from './dialect.js'
import { byteRanges, type FileSource, readRange } from './file.js'
import type { DelimitedScanner, MainModule } from './module.js'
import type { EvaluateOptions } from './options.js'
import type { Batch, Selection, TableHead, TableReader } from './table.js'

/** Rows that names, roles and dialect are taken from. */
const headRows = 200
const headBytes = 1 << 18
/** No row is longer, the core sees to that. */
const maxHeadBytes = 1 << 24

interface ScanError {
  kind: { value: number }
  row: number
  line: number
  column: number
  cells: number
  text: string
}

interface Head {
  bytes: Uint8Array
  isWhole: boolean
}

/** The beginning of the file, as much as holds its first two rows at least. */
async function readHead(native: MainModule, file: FileSource): Promise<Head> {
  for (let size = headBytes; ; size *= 8) {
    const end = Math.min(size, file.size)
    const head = { bytes: await readRange(file, 0, end), isWhole: end === file.size }
    // Whatever the delimiter is, rows end where they end.
    if (head.isWhole || size >= maxHeadBytes || splitRows(native, head, ',', 3).length === 3) return head
  }
}

const splitRows = (native: MainModule, { bytes, isWhole }: Head, delimiter: string, rows: number): string[][] =>
  native.splitRows(bytes, delimiter, isWhole, rows)

function encodingOf({ bytes, isWhole }: Head): string {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole })
    return hasMark ? 'UTF-8 with byte order mark' : 'UTF-8'
  } catch {
    return 'not UTF-8: letters in names may be wrong'
  }
}

function tableHead(rows: string[][], { hasHeader, decimalComma }: Dialect): TableHead {
  const [first] = rows
  const names = hasHeader ? first : first.map((_, i) => `column ${i + 1}`)
  return { names, hasHeader, decimalComma, rows: hasHeader ? rows.slice(1) : rows }
}

export async function openDelimited(native: MainModule, file: FileSource, options: EvaluateOptions): Promise<TableReader> {
  const head = await readHead(native, file)
  const split = (delimiter: string) => splitRows(native, head, delimiter, headRows)
  const dialect = findDialect(split, options)
  const rows = split(dialect.delimiter)
  if (rows.length === 0) throw new DataError(head.isWhole ? 'the file holds no rows' : 'its first row has no end', { file: file.name })
  const table = tableHead(rows, dialect)
  if (head.isWhole && table.rows.length === 0) throw new DataError('the file holds names of columns but no rows', { file: file.name })
  return new DelimitedTable(native, file, dialect, table, describeDialect(dialect, encodingOf(head), options))
}

class DelimitedTable implements TableReader {
  readonly file: FileSource
  readonly head: TableHead
  readonly #native: MainModule
  readonly #dialect: Dialect
  readonly #words: string
  #blankLines = 0

  constructor(native: MainModule, file: FileSource, dialect: Dialect, head: TableHead, words: string) {
    this.#native = native
    this.file = file
    this.#dialect = dialect
    this.head = head
    this.#words = words
  }

  get dialect(): string {
    const count = this.#blankLines
    return count === 0 ? this.#words : `${this.#words}, ${count} blank ${count === 1 ? 'line' : 'lines'} skipped`
  }

  async *batches(selection: Selection): AsyncGenerator<Batch> {
    const scanner = this.#scanner(selection)
    try {
      for await (const { bytes, end } of byteRanges(this.file)) {
        const address = scanner.reserve(bytes.length)
        this.#native.HEAPU8.set(bytes, address)
        scanner.append(bytes.length)
        if (end === this.file.size) scanner.finish()
        yield* this.#scan(scanner, end)
      }
      this.#blankLines = scanner.blankLines()
    } finally {
      scanner.delete()
    }
  }

  *#scan(scanner: DelimitedScanner, bytes: number): Generator<Batch> {
    const place = (row: number) => ({ row: scanner.rowNumber(row), line: scanner.lineNumber(row) })
    for (let rows = scanner.read(); rows > 0; rows = scanner.read()) {
      yield { scores: scanner.scores(), labels: scanner.labels(), rows, bytes, place }
    }
    const error: ScanError = scanner.error()
    if (error.kind !== this.#native.ScanErrorKind.None) throw this.#explain(error)
  }

  #scanner({ label, scores, labelNames }: Selection): DelimitedScanner {
    const { delimiter, decimalComma, hasHeader } = this.#dialect
    const scanner = new this.#native.DelimitedScanner(delimiter, decimalComma, hasHeader, this.head.names.length)
    scanner.setLabelColumn(label)
    for (const column of scores) scanner.addScoreColumn(column)
    for (const [name, value] of labelNames ?? []) scanner.addLabelName(name, value)
    return scanner
  }

  #explain({ kind, row, line, column, cells, text }: ScanError): DataError {
    const { ScanErrorKind } = this.#native
    const at = { file: this.file.name, row, line }
    const inCell = { ...at, column: this.head.names[column] }
    const columns = this.head.names.length
    switch (kind) {
      case ScanErrorKind.ScoreIsText:
        return new DataError(`"${text}" is not a number`, inCell)
      case ScanErrorKind.ScoreIsMissing:
        return new DataError(`the score is missing${text === '' ? '' : ` ("${text}")`}`, inCell)
      case ScanErrorKind.LabelIsMissing:
        return new DataError(`the label is missing${text === '' ? '' : ` ("${text}")`}`, inCell)
      case ScanErrorKind.LabelIsNotInteger:
        return new DataError(`the label "${text}" is not a whole number`, inCell)
      case ScanErrorKind.LabelIsUnknown:
        return new DataError(`the label "${text}" is none of the classes`, inCell)
      case ScanErrorKind.UnclosedQuote:
        return new DataError('a quote opens here and is never closed', inCell)
      case ScanErrorKind.TextAfterQuote:
        return new DataError(`text follows the closing quote of "${text}"; quotes inside quotes are doubled`, inCell)
      case ScanErrorKind.CellCount:
        return new DataError(`the row has ${cells} ${cells === 1 ? 'cell' : 'cells'}, but the table has ${columns} columns`, at)
      default:
        return new DataError('the row has no end within 16 MB', at)
    }
  }
}
