// JSON that has one row behind the other.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import type { FileSource } from './file.js'
import { addBytes, type Cells, firstRows, type Part, rangesOf, type ShapeName } from './jsonParts.js'
import { type Sequences, sequencesIn, setSequences, tokenHead } from './jsonSequences.js'
import { linePieces } from './linePieces.js'
import type { MainModule } from './module.js'
import type { Content } from './packed.js'
import type { Problems } from './problems.js'
import { configure, jsonScanner, leftOutRows, ScannerReader } from './scanner.js'
import type { TokenOptions } from './sequences.js'
import type { Batch, LeftOutRows, LinePieces, Selection, TableHead, TableReader } from './table.js'

/** Where rows stand. */
export interface JsonRows {
  content: Content
  part: Part
  shape: ShapeName
  /** For people. */
  dialect: string
  /** Where lines of rows begin that are read to the end of the file, and how much of them is read at a time where that was said. */
  apart?: { begin: number; rangeBytes?: number }
  tokens: TokenOptions
}

/** What its columns are called in messages and where the core finds them. */
interface JsonHead {
  head: TableHead
  paths: string[]
  sequences?: Sequences
}

/** Rows that are objects or arrays. */
class JsonTable implements TableReader {
  readonly head: TableHead
  readonly dialect: string
  leftOut: LeftOutRows[] = []
  readonly #native: MainModule
  readonly #content: Content
  readonly #part: Part
  readonly #shape: ShapeName
  readonly #paths: string[]
  readonly #sequences?: Sequences
  readonly #apart: JsonRows['apart']

  constructor(native: MainModule, { content, part, shape, dialect, apart }: JsonRows, { head, paths, sequences }: JsonHead) {
    this.#native = native
    this.#content = content
    this.#part = part
    this.#shape = shape
    this.head = head
    this.#paths = paths
    this.#sequences = sequences
    // How many tokens are in front of a line nobody knows who has not read them.
    this.#apart = sequences ? undefined : apart
    this.dialect = dialect
  }

  get file(): FileSource {
    return this.#content.file
  }

  get lines(): LinePieces | undefined {
    if (!this.#apart) return undefined
    const form = { kind: 'json', paths: this.#paths } as const
    return linePieces({ content: this.#content, before: 0, form, ...this.#apart }, ({ leftOut }) => {
      this.leftOut = leftOut
    })
  }

  async *batches(selection: Selection, problems: Problems): AsyncGenerator<Batch> {
    const scanner = jsonScanner(this.#native, this.#shape, this.#paths, this.head.names.length)
    if (this.#sequences) setSequences(scanner, this.#sequences)
    scanner.setLinesBefore(this.#part.lines)
    configure(this.#native, scanner, selection)
    const reader = new ScannerReader(this.#native, scanner, { file: this.file.name, names: this.head.names, selection })
    try {
      let end = 0
      for await (const range of rangesOf(this.#content, this.#part)) {
        end = range.end
        addBytes(this.#native, scanner, range.bytes)
        yield* reader.batches(end, problems)
        if (scanner.isOver() || problems.isFull) return
      }
      scanner.finish()
      yield* reader.batches(end, problems)
      this.leftOut = leftOutRows(this.#native, scanner)
    } finally {
      scanner.delete()
    }
  }
}

/** Keys of rows in an object are their names, but for the row numbers that pandas writes. */
const keyName = (keys: readonly string[], others: readonly string[]) =>
  keys.every((key) => /^\d+$/.test(key)) || others.includes('id') ? '' : 'id'

/** One column for each path that is met in the first rows, in the order in which they come. */
function headOf(rows: Cells[], names?: string[]): JsonHead {
  const areArrays = rows.every((cells) => cells.every(([path], i) => path === String(i)))
  const paths = [...new Set(rows.flatMap((cells) => cells.map(([path]) => path)))]
  const texts = rows.map((cells) => {
    const found = new Map(cells)
    return paths.map((path) => found.get(path) ?? '')
  })
  const keys = texts.map((cells) => cells[paths.indexOf('')])
  const named = paths.map((path) => (path === '' ? keyName(keys, paths) : path))
  const shown = names ?? (areArrays ? paths.map((_, i) => `column ${i + 1}`) : named)
  return { head: { names: shown, hasHeader: names !== undefined || !areArrays, rows: texts, decimalComma: false }, paths }
}

/** `names` are those of the columns of rows that are arrays. */
export async function openRows(native: MainModule, rowsOf: JsonRows, names?: string[]): Promise<TableReader> {
  const { content, part, shape } = rowsOf
  const rows = await firstRows(native, content, part, shape)
  const found = headOf(rows, names)
  if (rows.length === 0 || found.paths.length === 0) {
    throw new DataError(say`the JSON holds no rows that are objects or arrays`, { file: content.file.name })
  }
  const sequences = sequencesIn(found.head, rowsOf.tokens.areTokens)
  if (!sequences) return new JsonTable(native, rowsOf, found)
  const dialect = sequences.areTokens ? `${rowsOf.dialect}, a row for each token` : rowsOf.dialect
  return new JsonTable(native, { ...rowsOf, dialect }, { ...found, head: tokenHead(found.head, sequences, rowsOf.tokens.id), sequences })
}
