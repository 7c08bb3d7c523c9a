// CSV and its relatives: the head is split and all rows are scanned by the core.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { numberIn } from './cells.js'
import { type Dialect, describeDialect, findDialect, looksLikeHeader, type Split } from './dialect.js'
import type { FileSource } from './file.js'
import { withLineFeeds } from './lineEnds.js'
import { linePieces } from './linePieces.js'
import type { DelimitedScanner, MainModule } from './module.js'
import type { EvaluateOptions } from './options.js'
import type { Content } from './packed.js'
import { markBytes, type Preamble, readPreamble } from './preamble.js'
import type { Problems } from './problems.js'
import { configure, delimitedScanner, leftOutRows, ScannerReader } from './scanner.js'
import { type Head, splitRows } from './splitRows.js'
import type { Batch, LeftOutRows, LinePieces, Selection, TableHead, TableReader } from './table.js'
import type { Counts } from './workers/readTask.js'

/** Rows that names, roles and dialect are taken from. */
const headRows = 200
const headBytes = 1 << 18
/** No row is longer, the core sees to that. */
const maxHeadBytes = 1 << 24

/** The beginning of the file, as much as holds its first two rows at least. */
async function readHead(native: MainModule, content: Content): Promise<Head> {
  for (let size = headBytes; ; size *= 8) {
    const head = await content.head(size)
    // Whatever the delimiter is, rows end where they end.
    if (
      head.isWhole ||
      size >= maxHeadBytes ||
      splitRows(
        native,
        behind(
          head,
          readPreamble(head.bytes, () => true),
        ),
        ',',
        3,
      ).length === 3
    ) {
      return head
    }
  }
}

const behind = ({ bytes, isWhole }: Head, { begin }: Preamble): Head => ({ bytes: bytes.subarray(begin), isWhole })

/** Splits the head into rows of cells, by each delimiter once. */
function splitter(native: MainModule, head: Head): Split {
  const known = new Map<string, string[][]>()
  return (delimiter) => {
    const rows = known.get(delimiter) ?? splitRows(native, head, delimiter, headRows)
    known.set(delimiter, rows)
    return rows
  }
}

/** Without the character that is cut at the end, if one is. (Node takes twice as long where a decoder is to keep it.) */
function withoutCut(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back < 4; back++) {
    const byte = bytes[bytes.length - back]
    if (byte >= 0x80 && byte < 0xc0) continue
    const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    return length > back ? bytes.subarray(0, -back) : bytes
  }
  return bytes
}

function encodingOf({ bytes, isWhole }: Head): string {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(isWhole ? bytes : withoutCut(bytes))
    return markBytes(bytes) > 0 ? 'UTF-8 with byte order mark' : 'UTF-8'
  } catch {
    return 'not UTF-8: letters in names may be wrong'
  }
}

/** The table behind a preamble. */
interface Body {
  preamble: Preamble
  dialect: Dialect
  rows: string[][]
  /** The cells of each comment. */
  comments: string[][]
}

function readBody(native: MainModule, head: Head, preamble: Preamble, options: EvaluateOptions): Body {
  const split = splitter(native, behind(head, preamble))
  const dialect = findDialect(split, { ...options, delimiter: options.delimiter ?? preamble.delimiter })
  const cellsOf = (text: string) => splitRows(native, { bytes: new TextEncoder().encode(text), isWhole: true }, dialect.delimiter, 1)
  return { preamble, dialect, rows: split(dialect.delimiter), comments: preamble.comments.map((text) => cellsOf(text)[0] ?? []) }
}

/** A line with numbers where the rows have them is one of them, whatever it begins with. */
function areRowsAmong(comments: readonly string[][], { rows, dialect: { decimalComma, hasHeader } }: Body): boolean {
  if (rows.length === 0) return true
  const data = hasHeader && rows.length > 1 ? rows.slice(1) : rows
  const isNumber = (cell: string | undefined) => cell !== undefined && numberIn(cell, decimalComma) !== undefined
  const numeric = data[0].flatMap((_, i) => (data.every((row) => isNumber(row[i])) ? [i] : []))
  const isRow = (cells: string[]) => cells.length === data[0].length && numeric.length > 0 && numeric.every((i) => isNumber(cells[i]))
  return comments.some(isRow)
}

function findBody(native: MainModule, head: Head, options: EvaluateOptions): Body {
  let body: Body | undefined
  const preamble = readPreamble(head.bytes, (preamble) => {
    body = readBody(native, head, preamble, options)
    return !areRowsAmong(body.comments, body)
  })
  return body?.preamble === preamble ? body : readBody(native, head, preamble, options)
}

/** The last comment, where it has the names of the columns, as np.savetxt writes them. */
function namesInComment({ comments, rows, dialect }: Body, { header }: EvaluateOptions): string[] | undefined {
  const last = comments.at(-1)
  if (!last || header === false || last.length !== rows[0]?.length || looksLikeHeader(rows, dialect.decimalComma)) return undefined
  return last
}

const skipped = (count: number, what: string): string[] =>
  count === 0 ? [] : [`${count} ${what} ${count === 1 ? 'line' : 'lines'} skipped`]

function tableHead(rows: string[][], { hasHeader, decimalComma }: Dialect): TableHead {
  const [first] = rows
  const names = hasHeader ? first : first.map((_, i) => `column ${i + 1}`)
  return { names, hasHeader, decimalComma, rows: hasHeader ? rows.slice(1) : rows }
}

export async function openDelimited(native: MainModule, packed: Content, options: EvaluateOptions): Promise<TableReader> {
  const { content, isTurned } = await withLineFeeds(packed)
  const { file } = content
  const head = await readHead(native, content)
  const body = findBody(native, head, options)
  const { rows, preamble } = body
  if (rows.length === 0)
    throw new DataError(head.isWhole ? say`the file holds no rows` : say`its first row has no end`, { file: file.name })
  const names = namesInComment(body, options)
  const dialect = { ...body.dialect, hasHeader: names === undefined && body.dialect.hasHeader }
  const table = { ...tableHead(rows, dialect), ...(names && { names, hasHeader: true }) }
  if (head.isWhole && table.rows.length === 0) throw new DataError(say`the file holds names of columns but no rows`, { file: file.name })
  const words = [
    ...describeDialect({ ...dialect, hasHeader: table.hasHeader }, options),
    content.encoding ?? encodingOf(head),
    ...(isTurned ? ['lines end with CR'] : []),
    ...content.words,
    ...skipped(preamble.comments.length - (names ? 1 : 0), 'comment'),
  ]
  return new DelimitedTable(native, { content, preamble, rangeBytes: options.rangeBytes }, dialect, table, words.join(', '))
}

interface Text {
  content: Content
  preamble: Preamble
  /** Of a piece of it, where that was said. */
  rangeBytes?: number
}

class DelimitedTable implements TableReader {
  readonly head: TableHead
  readonly #native: MainModule
  readonly #content: Content
  readonly #dialect: Dialect
  readonly #words: string
  readonly #preamble: Preamble
  readonly #rangeBytes?: number
  #blankLines = 0
  leftOut: LeftOutRows[] = []

  constructor(native: MainModule, { content, preamble, rangeBytes }: Text, dialect: Dialect, head: TableHead, words: string) {
    this.#native = native
    this.#content = content
    this.#preamble = preamble
    this.#rangeBytes = rangeBytes
    this.#dialect = dialect
    this.head = head
    this.#words = words
  }

  get file(): FileSource {
    return this.#content.file
  }

  get dialect(): string {
    return [this.#words, ...skipped(this.#blankLines, 'blank')].join(', ')
  }

  async *batches(selection: Selection, problems: Problems): AsyncGenerator<Batch> {
    const scanner = this.#scanner(selection)
    const reader = new ScannerReader(this.#native, scanner, { file: this.file.name, names: this.head.names, selection })
    const rooms: ArrayBuffer[] = []
    try {
      let end = 0
      for await (const range of this.#content.ranges(this.#preamble.begin, rooms)) {
        end = range.end
        const address = scanner.reserve(range.bytes.length)
        this.#native.HEAPU8.set(range.bytes, address)
        if (this.file.givesAway && !this.#content.isPacked) rooms.push(range.bytes.buffer as ArrayBuffer)
        scanner.append(range.bytes.length)
        yield* reader.batches(end, problems)
        if (scanner.isOver() || problems.isFull) return
      }
      scanner.finish()
      yield* reader.batches(end, problems)
      this.#finish({ blankLines: scanner.blankLines(), leftOut: leftOutRows(this.#native, scanner) })
    } finally {
      scanner.delete()
    }
  }

  get lines(): LinePieces {
    const { begin, lines: before } = this.#preamble
    return linePieces(
      { content: this.#content, begin, before, form: { kind: 'delimited', dialect: this.#dialect }, rangeBytes: this.#rangeBytes },
      (counts) => this.#finish(counts),
    )
  }

  #finish({ blankLines, leftOut }: Counts): void {
    this.#blankLines = blankLines
    this.leftOut = leftOut
  }

  #scanner(selection: Selection): DelimitedScanner {
    const scanner = delimitedScanner(this.#native, this.#dialect, this.head.names.length)
    configure(this.#native, scanner, selection)
    scanner.startLines(0, 0, 0, this.#preamble.lines)
    return scanner
  }
}
