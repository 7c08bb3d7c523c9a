// JSON that has an array or object for each column.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { quoted } from './cells.js'
import type { Chunk } from './chunkRows.js'
import { columnsOf, isFractional, isNumberList } from './columns.js'
import { type ColumnSource, ColumnTable, readHead } from './columnTable.js'
import { partOf, type Values } from './columnValues.js'
import type { FileSource } from './file.js'
import { addBytes, firstRows, type Part, rangesOf } from './jsonParts.js'
import { checkTokens, elementsOf, type Sequences, sequencesIn, TokenNames } from './jsonSequences.js'
import type { MainModule } from './module.js'
import type { Content } from './packed.js'
import { Problems } from './problems.js'
import type { Precision } from './report.js'
import { jsonScanner, ScannerReader } from './scanner.js'
import { placeColumn, type TokenOptions } from './sequences.js'
import type { Selection, TableReader } from './table.js'

/** Of an object. */
export interface Member extends Part {
  name: string
  /** First byte of the value. */
  first: string
  /** Values of an array or object, and the first byte of the first one. */
  elements: number
  inner: string
}

/** How the values of a column are read; `isSpread`: they are lists with a value for each token. */
type CellKind = ({ as: 'text' } | { as: 'number'; list?: number }) & { isSpread: boolean }

interface CellValues {
  values: Values
  rows: number
  bytes: number
  /** The number of the sequence of each token. */
  sequences?: Uint32Array
}

/** The values of one column, one batch after another. */
async function* cellsOf(
  native: MainModule,
  content: Content,
  member: Member,
  kind: CellKind,
  precision: Precision,
): AsyncGenerator<CellValues> {
  const scanner = jsonScanner(native, 'Cells', [], 1)
  if (kind.isSpread) scanner.setSpread(0)
  const { ColumnRole } = native
  if (kind.as === 'text') scanner.setColumn(0, ColumnRole.Id, 1)
  else scanner.setColumn(0, kind.list === undefined ? ColumnRole.Score : ColumnRole.ScoreList, kind.list ?? 1)
  // Whoever reads the columns together leaves such rows out, or says which one it is.
  scanner.setMissingIsNan()
  scanner.setLinesBefore(member.lines)
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
      const sequences = kind.isSpread ? sequencesOf(rows) : undefined
      if (!problems.isAny) yield { values: kind.as === 'text' ? texts(rows) : numbers(rows), rows, bytes, sequences }
    }
  }
  const sequencesOf = (rows: number) => new Uint32Array(native.HEAPU8.buffer as ArrayBuffer, scanner.sequenceNumbers(), rows).slice()
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
    const all = decoder.decode(bytes)
    // Of as many characters as bytes, each is one.
    const textAt =
      all.length === bytes.length
        ? (from: number, to: number) => all.slice(from, to)
        : (from: number, to: number) => decoder.decode(bytes.subarray(from, to))
    return Array.from({ length: rows }, (_, i) => parsed(textAt(offsets[i], offsets[i + 1])))
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

interface Pending extends CellValues {
  name: string
  cells: AsyncGenerator<CellValues>
  width: number
  sequences: Uint32Array
}

const none = new Uint32Array()

/** Values one for each of the sequences from `before` on. */
const oneEach = (rows: number, before: number) => Uint32Array.from({ length: rows }, (_, row) => before + row + 1)

async function fill(all: Pending[], before: number, areSequences: boolean): Promise<void> {
  for (const column of all) {
    if (column.rows > 0) continue
    const { value } = await column.cells.next()
    if (!value) continue
    Object.assign(column, value)
    column.sequences = value.sequences ?? (areSequences ? oneEach(value.rows, before) : none)
  }
}

function takeOff(column: Pending, rows: number): void {
  column.values = partOf(column.values, rows * column.width)
  column.sequences = column.sequences.subarray(rows)
  column.rows -= rows
}

/** Rows of several columns, and of tokens the numbers of their sequences. */
async function* zipped(file: FileSource, all: Pending[], areSequences: boolean): AsyncGenerator<Chunk & { sequences: Uint32Array }> {
  let before = 0
  try {
    for (;;) {
      await fill(all, before, areSequences)
      const rows = Math.min(...all.map((column) => column.rows))
      if (rows === 0) {
        const longer = all.find((column) => column.rows > 0)
        if (!longer) return
        const shorter = all.find((column) => column.rows === 0)
        throw new DataError(say`"${shorter?.name ?? ''}" has fewer values than "${longer.name}"`, { file: file.name })
      }
      if (areSequences) checkTokens(all, rows, file.name)
      yield {
        rows,
        columns: all.map(({ values, width }) => partOf(values, 0, rows * width)),
        bytes: Math.min(...all.map(({ bytes }) => bytes)),
        sequences: all[0].sequences.subarray(0, rows),
      }
      for (const column of all) takeOff(column, rows)
      before += rows
    }
  } finally {
    await Promise.all(all.map(({ cells }) => cells.return(undefined)))
  }
}

/** What is a number in the first values is read as numbers; whole ones, which may be labels or long ids, as texts. */
function cellKind(name: string, cells: readonly string[], isSpread: boolean): CellKind {
  const values = isSpread ? cells.flatMap(elementsOf) : cells
  const [column] = columnsOf({ names: [name], hasHeader: true, decimalComma: false, rows: values.map((text) => [text]) })
  if (isNumberList(column) && !column.lists?.isCut) return { as: 'number', list: column.lists?.width, isSpread }
  return { as: isFractional(column) ? 'number' : 'text', isSpread }
}

/** A column of an object, and its first values. */
interface FirstCells {
  member: Member
  cells: string[]
}

async function firstCells(native: MainModule, content: Content, member: Member): Promise<FirstCells> {
  const rows = await firstRows(native, content, member, 'Cells')
  return { member, cells: rows.map(([[, text]]) => text) }
}

function sequencesOf(all: readonly FirstCells[], { areTokens }: TokenOptions): Sequences | undefined {
  const count = Math.min(...all.map(({ cells }) => cells.length))
  const rows = Array.from({ length: count }, (_, row) => all.map(({ cells }) => cells[row]))
  return sequencesIn({ names: all.map(({ member }) => member.name), rows }, areTokens)
}

/** Tokens, with their names where these are wanted. */
async function* named(chunks: ReturnType<typeof zipped>, places: readonly boolean[]): AsyncGenerator<Chunk> {
  const names = new TokenNames()
  for await (const { columns, sequences, ...chunk } of chunks) {
    const found = columns.values()
    const tokens = places.includes(true) ? names.next(sequences, chunk.rows) : []
    yield { ...chunk, columns: places.map((isPlace) => (isPlace ? tokens : (found.next().value ?? []))) }
  }
}

/** Columns of one table. */
export interface JsonColumns {
  content: Content
  members: Member[]
  /** For people. */
  dialect: string
  tokens: TokenOptions
}

export async function openColumnArrays(native: MainModule, { content, members, dialect, tokens }: JsonColumns): Promise<TableReader> {
  const found = await Promise.all(members.map((member) => firstCells(native, content, member)))
  const sequences = sequencesOf(found, tokens)
  const areTokens = sequences?.areTokens ?? false
  const columns = found.flatMap(({ member, cells }, i) => {
    const isSpread = sequences?.spread[i] ?? false
    // What is of a whole sequence is of no use for its tokens.
    return areTokens && !isSpread ? [] : [{ member, kind: cellKind(member.name, cells, isSpread) }]
  })
  const others = found.flatMap(({ member }, i) => (areTokens && !sequences?.spread[i] ? [member.name] : []))
  const left = others.length > 0 ? `, not read, as they are of sequences: ${quoted(others)}` : ''
  const widths = columns.map(({ kind }) => (kind.as === 'number' ? kind.list : undefined))
  const open = (column: number, precision: Precision): Pending => {
    const { member, kind } = columns[column]
    const cells = cellsOf(native, content, member, kind, precision)
    return { name: member.name, cells, values: [], rows: 0, bytes: 0, width: widths[column] ?? 1, sequences: none }
  }
  const place = columns.length
  const source: ColumnSource = {
    file: content.file,
    dialect: areTokens ? `${dialect}, a row for each token${left}` : dialect,
    names: [...columns.map(({ member }) => member.name), ...(areTokens ? [placeColumn] : [])],
    widths: [...widths, ...(areTokens ? [undefined] : [])],
    areTokens,
    placeColumn: areTokens ? place : undefined,
    chunks: (wanted, precision) => {
      const all = wanted.filter((column) => column !== place).map((column) => open(column, precision))
      return named(
        zipped(content.file, all, sequences !== undefined),
        wanted.map((column) => areTokens && column === place),
      )
    },
  }
  return new ColumnTable(native, source, await readHead(source))
}
