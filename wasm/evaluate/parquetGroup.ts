// Row groups of a Parquet file: what they have of the wanted columns.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { joined, type Piece, type Values } from './columnValues.js'

type Hyparquet = typeof import('../vendor/hyparquet.js')
type Metadata = Awaited<ReturnType<Hyparquet['parquetMetadataAsync']>>

/** Bytes from a place in the file on. */
export interface PlacedBytes {
  begin: number
  bytes: ArrayBuffer
}

export interface ParquetContent {
  kind: 'parquet'
  /** For messages. */
  file: string
  /** Of a file that has these groups alone; plain data of the reader's. */
  metadata: unknown
  /** Names of the columns, in the order in which they are wanted. */
  columns: string[]
  /** Rows of them that are wanted: to before `rows`. */
  from: number
  rows: number
  ranges: PlacedBytes[]
}

export function unreadable(error: unknown, file: string): DataError {
  if (error instanceof DataError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new DataError(say`the file is a Parquet file that cannot be read: ${reason}`, { file }, { cause: error })
}

/** The file as its reader sees it: bytes that nobody asked for may be read along with others, and are 0. */
function bufferOf(ranges: readonly PlacedBytes[]) {
  return {
    byteLength: Math.max(...ranges.map(({ begin, bytes }) => begin + bytes.byteLength)),
    slice(start: number, end: number) {
      const whole = new Uint8Array(end - start)
      for (const { begin, bytes } of ranges) {
        const from = Math.max(start, begin)
        const to = Math.min(end, begin + bytes.byteLength)
        if (from < to) whole.set(new Uint8Array(bytes, from - begin, to - from), from - start)
      }
      return whole.buffer
    },
  }
}

/** Those of one of the ranges. */
function bytesAt(ranges: readonly PlacedBytes[], { begin, end }: { begin: number; end: number }): Uint8Array {
  const range = ranges.find((each) => each.begin <= begin && begin < each.begin + each.bytes.byteLength)
  if (!range) throw new RangeError('parquet column is not in the file')
  return new Uint8Array(range.bytes).subarray(begin - range.begin, end - range.begin)
}

/** Values in the order of the file; no piece is in front of the first row that is wanted. */
type Pieces = Map<string, Piece[]>

/** Columns of structures, and of lists of them or of lists. */
async function unpackNested(group: ParquetContent, columns: string[], reader: Hyparquet): Promise<Pieces> {
  const { ranges, from, rows } = group
  const pieces: Pieces = new Map(columns.map((name) => [name, []]))
  if (columns.length === 0) return pieces
  const onChunk = ({ columnName, columnData, rowStart }: { columnName: string; columnData: ArrayLike<unknown>; rowStart: number }) => {
    const before = Math.max(from - rowStart, 0)
    pieces.get(columnName)?.push({ values: before > 0 ? Array.prototype.slice.call(columnData, before) : columnData })
  }
  const { parquetRead, compressors } = reader
  const metadata = group.metadata as Metadata
  await parquetRead({ file: bufferOf(ranges), metadata, compressors, columns, rowStart: from, rowEnd: rows, onChunk })
  return pieces
}

/** What one row group has of each column. */
async function unpackOne(group: ParquetContent, reader: Hyparquet): Promise<Piece[][]> {
  const { columns, ranges, from, rows } = group
  const leaves = reader.leafColumns(group.metadata as Metadata)
  const others = [...new Set(columns)].filter((name) => !leaves.has(name))
  const nested = await unpackNested(group, others, reader)
  return columns.map((name) => {
    const column = leaves.get(name)
    return column ? reader.readLeafColumn(bytesAt(ranges, column), column, from, rows) : (nested.get(name) ?? [])
  })
}

/** The values of each column: those of the rows that are wanted, and maybe of some behind them. */
export async function unpackParquet(content: ParquetContent, reader: Hyparquet): Promise<Values[]> {
  const metadata = content.metadata as Metadata
  try {
    const pieces: Piece[][] = content.columns.map(() => [])
    let before = 0
    for (const group of metadata.row_groups) {
      const size = Number(group.num_rows)
      const alone = { ...metadata, row_groups: [group], num_rows: group.num_rows }
      const from = Math.max(content.from - before, 0)
      const found = await unpackOne({ ...content, metadata: alone, from, rows: Math.min(content.rows - before, size) }, reader)
      found.forEach((own, i) => {
        pieces[i].push(...own)
      })
      before += size
    }
    const columns = pieces.map(joined)
    if (columns.some(({ length }) => length < content.rows - content.from)) throw new RangeError('parquet column has too few rows')
    return columns
  } catch (error) {
    throw unreadable(error, content.file)
  }
}
