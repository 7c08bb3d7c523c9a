// CSV and its relatives: the head is split and all rows are scanned by the core.
import { DataError } from '../errors.js'
import { type Dialect, describeDialect, findDialect } from './dialect.js'
import { byteRanges, type FileSource, readRange } from './file.js'
import type { DelimitedScanner, MainModule } from './module.js'
import type { EvaluateOptions } from './options.js'
import { configure, explainScanError, leftOutRows, type ScanError, scannedBatches } from './scanner.js'
import type { ApartReading, Batch, LeftOutRows, Selection, TableHead, TableReader } from './table.js'
import type { Counts } from './workers/lineReader.js'

/** Rows that names, roles and dialect are taken from. */
const headRows = 200
const headBytes = 1 << 18
/** No row is longer, the core sees to that. */
const maxHeadBytes = 1 << 24

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

/** Bytes of the byte order mark. */
const markBytes = ({ bytes }: Head): number => (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0)

function encodingOf(head: Head): string {
  const { bytes, isWhole } = head
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole })
    return markBytes(head) > 0 ? 'UTF-8 with byte order mark' : 'UTF-8'
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
  return new DelimitedTable(
    native,
    file,
    dialect,
    table,
    describeDialect(dialect, encodingOf(head), options),
    markBytes(head),
    options.rangeBytes,
  )
}

class DelimitedTable implements TableReader {
  readonly file: FileSource
  readonly head: TableHead
  readonly #native: MainModule
  readonly #dialect: Dialect
  readonly #words: string
  readonly #begin: number
  readonly #rangeBytes?: number
  #blankLines = 0
  leftOut: LeftOutRows[] = []

  constructor(native: MainModule, file: FileSource, dialect: Dialect, head: TableHead, words: string, begin: number, rangeBytes?: number) {
    this.#native = native
    this.file = file
    this.#dialect = dialect
    this.head = head
    this.#words = words
    this.#begin = begin
    this.#rangeBytes = rangeBytes
  }

  get dialect(): string {
    const count = this.#blankLines
    return count === 0 ? this.#words : `${this.#words}, ${count} blank ${count === 1 ? 'line' : 'lines'} skipped`
  }

  async *batches(selection: Selection): AsyncGenerator<Batch> {
    const scanner = this.#scanner(selection)
    const rooms: ArrayBuffer[] = []
    try {
      for await (const { bytes, end } of byteRanges(this.file, this.#rangeBytes, 0, rooms)) {
        const address = scanner.reserve(bytes.length)
        this.#native.HEAPU8.set(bytes, address)
        if (this.file.givesAway) rooms.push(bytes.buffer as ArrayBuffer)
        scanner.append(bytes.length)
        if (end === this.file.size) scanner.finish()
        yield* scannedBatches(scanner, selection, end)
        this.#throwError(scanner, selection)
      }
      this.#finish({ blankLines: scanner.blankLines(), leftOut: leftOutRows(this.#native, scanner) })
    } finally {
      scanner.delete()
    }
  }

  get apart(): ApartReading {
    const format = { file: this.file.name, names: this.head.names, dialect: this.#dialect }
    const rooms: ArrayBuffer[] = []
    return { format, pieces: () => this.#pieces(rooms), giveBack: (room) => rooms.push(room), finish: (counts) => this.#finish(counts) }
  }

  async *#pieces(rooms: ArrayBuffer[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for await (const { bytes } of byteRanges(this.file, this.#rangeBytes, this.#begin, rooms)) {
      yield this.file.givesAway ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice()
    }
  }

  #finish({ blankLines, leftOut }: Counts): void {
    this.#blankLines = blankLines
    this.leftOut = leftOut
  }

  #scanner(selection: Selection): DelimitedScanner {
    const { delimiter, decimalComma, hasHeader } = this.#dialect
    const scanner = new this.#native.DelimitedScanner(delimiter, decimalComma, hasHeader, this.head.names.length)
    configure(this.#native, scanner, selection)
    return scanner
  }

  #throwError(scanner: DelimitedScanner, selection: Selection): void {
    const error: ScanError = scanner.error()
    if (error.kind === this.#native.ScanErrorKind.None) return
    throw explainScanError(this.#native, error, { file: this.file.name, names: this.head.names, selection })
  }
}
