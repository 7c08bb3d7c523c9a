// CSV and its relatives: the head is split and all rows are scanned by the core.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { type Dialect, describeDialect, findDialect, type Split } from './dialect.js'
import type { FileSource } from './file.js'
import type { DelimitedScanner, MainModule } from './module.js'
import type { EvaluateOptions } from './options.js'
import { type Content, inPieces, type OwnRange } from './packed.js'
import type { Problems } from './problems.js'
import { configure, leftOutRows, ScannerReader } from './scanner.js'
import { type Head, splitRows } from './splitRows.js'
import type { Batch, LeftOutRows, LinePieces, Selection, TableHead, TableReader } from './table.js'
import type { Counts } from './workers/readTask.js'

/** Rows that names, roles and dialect are taken from. */
const headRows = 200
const headBytes = 1 << 18
/** No row is longer, the core sees to that. */
const maxHeadBytes = 1 << 24
const unpackedBytes = 1 << 20

/** The beginning of the file, as much as holds its first two rows at least. */
async function readHead(native: MainModule, content: Content): Promise<Head> {
  for (let size = headBytes; ; size *= 8) {
    const head = await content.head(size)
    // Whatever the delimiter is, rows end where they end.
    if (head.isWhole || size >= maxHeadBytes || splitRows(native, head, ',', 3).length === 3) return head
  }
}

/** Splits the head into rows of cells, by each delimiter once. */
function splitter(native: MainModule, head: Head): Split {
  const known = new Map<string, string[][]>()
  return (delimiter) => {
    const rows = known.get(delimiter) ?? splitRows(native, head, delimiter, headRows)
    known.set(delimiter, rows)
    return rows
  }
}

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
  // np.savetxt writes its header behind '# '.
  const names = hasHeader ? first.map((name, i) => (i === 0 ? name.replace(/^# /, '') : name)) : first.map((_, i) => `column ${i + 1}`)
  return { names, hasHeader, decimalComma, rows: hasHeader ? rows.slice(1) : rows }
}

export async function openDelimited(native: MainModule, content: Content, options: EvaluateOptions): Promise<TableReader> {
  const { file } = content
  const head = await readHead(native, content)
  const split = splitter(native, head)
  const dialect = findDialect(split, options)
  const rows = split(dialect.delimiter)
  if (rows.length === 0)
    throw new DataError(head.isWhole ? say`the file holds no rows` : say`its first row has no end`, { file: file.name })
  const table = tableHead(rows, dialect)
  if (head.isWhole && table.rows.length === 0) throw new DataError(say`the file holds names of columns but no rows`, { file: file.name })
  const words = describeDialect(dialect, encodingOf(head), options)
  const { rangeBytes = unpackedBytes } = options
  return new DelimitedTable(
    native,
    { content, begin: markBytes(head), unpackedBytes: rangeBytes },
    dialect,
    table,
    content.isPacked ? `${words}, gzip` : words,
  )
}

interface Text {
  content: Content
  /** Behind a byte order mark. */
  begin: number
  /** Of a piece of it, where it is packed. */
  unpackedBytes: number
}

class DelimitedTable implements TableReader {
  readonly head: TableHead
  readonly #native: MainModule
  readonly #content: Content
  readonly #dialect: Dialect
  readonly #words: string
  readonly #begin: number
  /** Of a piece of what is unpacked. */
  readonly #unpackedBytes: number
  #blankLines = 0
  leftOut: LeftOutRows[] = []

  constructor(native: MainModule, { content, begin, unpackedBytes }: Text, dialect: Dialect, head: TableHead, words: string) {
    this.#native = native
    this.#content = content
    this.#begin = begin
    this.#unpackedBytes = unpackedBytes
    this.#dialect = dialect
    this.head = head
    this.#words = words
  }

  get file(): FileSource {
    return this.#content.file
  }

  get dialect(): string {
    const count = this.#blankLines
    return count === 0 ? this.#words : `${this.#words}, ${count} blank ${count === 1 ? 'line' : 'lines'} skipped`
  }

  async *batches(selection: Selection, problems: Problems): AsyncGenerator<Batch> {
    const scanner = this.#scanner(selection)
    const reader = new ScannerReader(this.#native, scanner, { file: this.file.name, names: this.head.names, selection })
    const rooms: ArrayBuffer[] = []
    try {
      let end = 0
      for await (const range of this.#content.ranges(0, rooms)) {
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
    const rooms: ArrayBuffer[] = []
    return {
      dialect: this.#dialect,
      all: () => this.#pieces(rooms),
      giveBack: (room) => rooms.push(room),
      finish: (counts) => this.#finish(counts),
    }
  }

  async *#pieces(rooms: ArrayBuffer[]): AsyncGenerator<OwnRange> {
    const ranges = this.#content.ranges(this.#begin, rooms)
    if (this.#content.isPacked) {
      yield* inPieces(ranges, this.#unpackedBytes)
      return
    }
    for await (const { bytes, end } of ranges) {
      yield { bytes: this.file.givesAway ? (bytes as OwnRange['bytes']) : bytes.slice(), end }
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
}
