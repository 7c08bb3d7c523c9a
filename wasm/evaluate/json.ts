// JSON: an array of rows, rows one behind the other (JSON Lines), or an object with an array for each column. The core reads it; here it is
// found out which of them it is.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { columnsOf, isFractional, isNumberList } from './columns.js'
import { type Chunk, type ColumnSource, ColumnTable, readHead } from './columnTable.js'
import type { ByteRange, FileSource } from './file.js'
import type { JsonScanner, MainModule } from './module.js'
import { type Content, partRanges } from './packed.js'
import { Problems } from './problems.js'
import type { Precision } from './report.js'
import { configure, leftOutRows, ScannerReader } from './scanner.js'
import type { Batch, LeftOutRows, Selection, TableHead, TableReader } from './table.js'
import type { Values } from './values.js'

type ShapeName = 'Lines' | 'Array' | 'Cells'

/** Where in the file something stands. */
interface Part {
  begin: number
  end: number
}

const headRows = 200
const headBytes = 1 << 18
const maxHeadBytes = 1 << 24
/** An object of this size is one of columns. */
const mostObjectBytes = 1 << 22

const spaces = /^(?:\xef\xbb\xbf)?\s*/

/** The bytes of a part of what the file holds. */
async function* rangesOf(content: Content, { begin, end }: Part): AsyncGenerator<ByteRange> {
  if (!content.isPacked) {
    yield* partRanges(content.file, begin, Math.min(end, content.file.size))
    return
  }
  let at = 0
  for await (const range of content.ranges()) {
    const bytes = range.bytes.subarray(Math.max(begin - at, 0), Math.max(end - at, 0))
    at += range.bytes.length
    if (bytes.length > 0) yield { bytes, end: range.end }
    if (at >= end) return
  }
}

/** The first bytes of a part. */
async function partHead(content: Content, { begin, end }: Part, size: number): Promise<Uint8Array> {
  const head = await content.head(Math.min(end, begin + size))
  return head.bytes.subarray(begin)
}

type Cells = [path: string, text: string][]

/** The first rows, as much of the part as holds some. */
async function firstRows(native: MainModule, content: Content, part: Part, shape: ShapeName): Promise<Cells[]> {
  for (let size = headBytes; ; size *= 8) {
    const bytes = await partHead(content, part, size)
    const isWhole = bytes.length < size
    const rows: Cells[] = native.splitJsonRows(bytes, native.JsonShape[shape], isWhole, headRows)
    if (isWhole || rows.length > 1 || size >= maxHeadBytes) return rows
  }
}

function addBytes(native: MainModule, scanner: JsonScanner, bytes: Uint8Array): void {
  const address = scanner.reserve(bytes.length)
  native.HEAPU8.set(bytes, address)
  scanner.append(bytes.length)
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

  constructor(native: MainModule, content: Content, part: Part, shape: ShapeName, head: TableHead) {
    this.#native = native
    this.#content = content
    this.#part = part
    this.#shape = shape
    this.head = head
    this.dialect = shape === 'Lines' ? 'JSON Lines' : 'JSON array'
  }

  get file(): FileSource {
    return this.#content.file
  }

  async *batches(selection: Selection, problems: Problems): AsyncGenerator<Batch> {
    const scanner = new this.#native.JsonScanner(this.#native.JsonShape[this.#shape], this.head.names.length)
    this.head.names.forEach((name, column) => {
      scanner.setPath(column, name)
    })
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

/** One column for each path that is met in the first rows, in the order in which they come. */
function headOf(rows: Cells[], names?: string[]): TableHead {
  const areArrays = rows.every((cells) => cells.every(([path], i) => path === String(i)))
  const paths = [...new Set(rows.flatMap((cells) => cells.map(([path]) => path)))]
  const texts = rows.map((cells) => {
    const found = new Map(cells)
    return paths.map((path) => found.get(path) ?? '')
  })
  const shown = names ?? (areArrays ? paths.map((_, i) => `column ${i + 1}`) : paths)
  return { names: shown, hasHeader: names !== undefined || !areArrays, rows: texts, decimalComma: false }
}

async function openRows(native: MainModule, content: Content, part: Part, shape: ShapeName, names?: string[]): Promise<TableReader> {
  const rows = await firstRows(native, content, part, shape)
  const head = headOf(rows, names)
  if (rows.length === 0 || head.names.length === 0) {
    throw new DataError(say`the JSON holds no rows that are objects or arrays`, { file: content.file.name })
  }
  return new JsonTable(native, content, part, shape, head)
}

interface Member extends Part {
  name: string
  first: string
}

async function indexMembers(native: MainModule, content: Content): Promise<Member[]> {
  const index = new native.JsonIndex()
  try {
    for await (const { bytes } of content.ranges()) index.add(bytes)
    if (!index.isComplete()) throw new DataError(say`the JSON ends in the middle of an object`, { file: content.file.name })
    return index.members()
  } finally {
    index.delete()
  }
}

/** How the values of a column are read. */
type CellKind = { as: 'text' } | { as: 'number'; list?: number }

/** The values of one column, one batch after another. */
async function* cellsOf(
  native: MainModule,
  content: Content,
  member: Member,
  kind: CellKind,
  precision: Precision,
): AsyncGenerator<{ values: Values; rows: number; bytes: number }> {
  const scanner = new native.JsonScanner(native.JsonShape.Cells, 1)
  const { ColumnRole } = native
  if (kind.as === 'text') scanner.setColumn(0, ColumnRole.Id, 1)
  else scanner.setColumn(0, kind.list === undefined ? ColumnRole.Score : ColumnRole.ScoreList, kind.list ?? 1)
  // Whoever reads the columns together leaves such rows out, or says which one it is.
  scanner.setMissingIsNan()
  const width = kind.as === 'number' ? (kind.list ?? 1) : 0
  const selection: Selection = {
    scores: kind.as === 'number' ? [{ column: 0, list: kind.list }] : [],
    truth: { kind: 'label', column: 0 },
    missing: 'error',
    precision,
  }
  if (precision === 'float64') scanner.setDoubles()
  const reader = new ScannerReader(native, scanner, { file: content.file.name, names: [member.name], selection })
  // The values behind a bad one are looked at for others, but are of no use without it.
  const problems = new Problems()
  function* scan(bytes: number) {
    for (const { rows } of reader.batches(bytes, problems)) {
      if (!problems.isAny) yield { values: kind.as === 'text' ? texts(rows) : numbers(rows), rows, bytes }
    }
  }
  const numbers = (rows: number) => {
    const memory = native.HEAPU8.buffer as ArrayBuffer
    const isDouble = precision === 'float64'
    return isDouble
      ? new Float64Array(memory, scanner.doubles(), rows * width).slice()
      : new Float32Array(memory, scanner.scores(), rows * width).slice()
  }
  const texts = (rows: number) => {
    const offsets = new Uint32Array(native.HEAPU8.buffer as ArrayBuffer, scanner.idOffsets(), rows + 1)
    const decoder = new TextDecoder()
    const bytes = native.HEAPU8.slice(scanner.idBytes(), scanner.idBytes() + offsets[rows])
    return Array.from({ length: rows }, (_, i) => parsed(decoder.decode(bytes.subarray(offsets[i], offsets[i + 1]))))
  }
  try {
    let end = 0
    for await (const range of rangesOf(content, member)) {
      end = range.end
      addBytes(native, scanner, range.bytes)
      yield* scan(end)
      if (scanner.isOver()) break
    }
    scanner.finish()
    yield* scan(end)
    problems.throwIfAny()
  } finally {
    scanner.delete()
  }
}

/** A list of names stays a list. */
function parsed(text: string): unknown {
  if (!text.startsWith('[')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

interface Pending {
  name: string
  cells: AsyncGenerator<{ values: Values; rows: number; bytes: number }>
  values: Values
  rows: number
  bytes: number
  width: number
}

const sliced = (values: Values, from: number, to: number): Values =>
  values instanceof Float32Array || values instanceof Float64Array ? values.subarray(from, to) : (values as unknown[]).slice(from, to)

async function* zipped(file: FileSource, all: Pending[]): AsyncGenerator<Chunk> {
  try {
    for (;;) {
      for (const column of all) {
        if (column.rows > 0) continue
        const { value } = await column.cells.next()
        if (value) Object.assign(column, value)
      }
      const rows = Math.min(...all.map((column) => column.rows))
      if (rows === 0) {
        const longer = all.find((column) => column.rows > 0)
        if (!longer) return
        const shorter = all.find((column) => column.rows === 0)
        throw new DataError(say`"${shorter?.name ?? ''}" has fewer values than "${longer.name}"`, { file: file.name })
      }
      yield {
        rows,
        columns: all.map(({ values, width }) => sliced(values, 0, rows * width)),
        bytes: Math.min(...all.map(({ bytes }) => bytes)),
      }
      for (const column of all) {
        column.values = sliced(column.values, rows * column.width, column.values.length)
        column.rows -= rows
      }
    }
  } finally {
    await Promise.all(all.map(({ cells }) => cells.return(undefined)))
  }
}

/** What is a number in the first values is read as numbers; whole ones, which may be labels or long ids, as texts. */
async function cellKind(native: MainModule, content: Content, member: Member): Promise<CellKind> {
  const rows = await firstRows(native, content, member, 'Cells')
  const [column] = columnsOf({ names: [member.name], hasHeader: true, decimalComma: false, rows: rows.map(([[, text]]) => [text]) })
  if (isNumberList(column) && !column.lists?.isCut) return { as: 'number', list: column.lists?.width }
  return isFractional(column) ? { as: 'number' } : { as: 'text' }
}

async function openColumnArrays(native: MainModule, content: Content, members: Member[]): Promise<TableReader> {
  const kinds = await Promise.all(members.map((member) => cellKind(native, content, member)))
  const listOf = (kind: CellKind) => (kind.as === 'number' ? kind.list : undefined)
  const source: ColumnSource = {
    file: content.file,
    dialect: 'JSON object of columns',
    names: members.map(({ name }) => name),
    widths: kinds.map(listOf),
    chunks: (columns, precision) =>
      zipped(
        content.file,
        columns.map((column) => ({
          name: members[column].name,
          cells: cellsOf(native, content, members[column], kinds[column], precision),
          values: [],
          rows: 0,
          bytes: 0,
          width: listOf(kinds[column]) ?? 1,
        })),
      ),
  }
  return new ColumnTable(native, source, await readHead(source))
}

async function openObject(native: MainModule, content: Content): Promise<TableReader> {
  const members = await indexMembers(native, content)
  const nested = members.filter(({ first }) => first === '[' || first === '{')
  const named = (name: string) => nested.find((member) => member.name === name && member.first === '[')
  const data = named('data')
  const names = named('columns')
  if (data && names) {
    // As pandas writes it with orient='split'.
    const text = new TextDecoder().decode(await partHead(content, names, names.end - names.begin))
    return openRows(native, content, data, 'Array', (JSON.parse(text) as unknown[]).map(String))
  }
  if (nested.length === 1 && nested[0].first === '[') {
    const [rows] = await firstRows(native, content, nested[0], 'Array')
    if (rows && rows.length > 0) return openRows(native, content, nested[0], 'Array')
  }
  if (nested.length === 0) throw new DataError(say`the JSON holds no arrays, but one object`, { file: content.file.name })
  return openColumnArrays(native, content, nested)
}

const everything: Part = { begin: 0, end: Number.POSITIVE_INFINITY }

/** Whether the head is that of one object whose members are columns. */
async function isOneObject(native: MainModule, content: Content): Promise<boolean> {
  for (let size = headBytes; ; size *= 4) {
    const { bytes, isWhole } = await content.head(size)
    const rows: Cells[] = native.splitJsonRows(bytes, native.JsonShape.Lines, isWhole, 2)
    if (rows.length > 1) return false
    if (isWhole) {
      // One row, or one value for each of many.
      const text = new TextDecoder().decode(bytes).trim()
      return rows.length === 0 || /^\{\s*"(?:[^"\\]|\\.)*"\s*:\s*[[{]/.test(text) || rows[0].some(([, cell]) => /^\[\s*\[/.test(cell))
    }
    if (size >= mostObjectBytes) return true
  }
}

/** `start`: the first bytes as Latin-1 text. */
export async function openJson(native: MainModule, content: Content, start: string): Promise<TableReader> {
  const text = start.replace(spaces, '')
  if (text.startsWith('{')) {
    return (await isOneObject(native, content)) ? openObject(native, content) : openRows(native, content, everything, 'Lines')
  }
  const areRows = /^\[\s*[[{]/.test(text)
  return openRows(native, content, everything, areRows ? 'Array' : 'Lines')
}
