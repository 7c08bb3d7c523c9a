// JSON that has an array or object for each column.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import type { Chunk } from './chunkRows.js'
import { columnsOf, isFractional, isNumberList } from './columns.js'
import { type ColumnSource, ColumnTable, readHead } from './columnTable.js'
import { partOf, type Values } from './columnValues.js'
import type { FileSource } from './file.js'
import { addBytes, firstRows, type Part, rangesOf } from './jsonParts.js'
import type { MainModule } from './module.js'
import type { Content } from './packed.js'
import { Problems } from './problems.js'
import type { Precision } from './report.js'
import { jsonScanner, ScannerReader } from './scanner.js'
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
  const scanner = jsonScanner(native, 'Cells', [], 1)
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

interface Pending {
  name: string
  cells: AsyncGenerator<{ values: Values; rows: number; bytes: number }>
  values: Values
  rows: number
  bytes: number
  width: number
}

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
        columns: all.map(({ values, width }) => partOf(values, 0, rows * width)),
        bytes: Math.min(...all.map(({ bytes }) => bytes)),
      }
      for (const column of all) {
        column.values = partOf(column.values, rows * column.width)
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

/** `dialect` is for people. */
export async function openColumnArrays(native: MainModule, content: Content, members: Member[], dialect: string): Promise<TableReader> {
  const kinds = await Promise.all(members.map((member) => cellKind(native, content, member)))
  const listOf = (kind: CellKind) => (kind.as === 'number' ? kind.list : undefined)
  const source: ColumnSource = {
    file: content.file,
    dialect,
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
