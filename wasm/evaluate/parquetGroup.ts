// A row group of a Parquet file: what it has of the wanted columns.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import type { Values } from './values.js'

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
  /** Of a file that has this group alone; plain data of the reader's. */
  metadata: unknown
  /** Names of the columns, in the order in which they are wanted. */
  columns: string[]
  /** Rows of the group that are wanted: to before `rows`. */
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

/** The pieces that a column of a row group came in, as one. */
export function joined(pieces: Values[]): Values {
  if (pieces.length === 1) return pieces[0]
  const typed = pieces.every((piece) => ArrayBuffer.isView(piece) && piece.constructor === pieces[0].constructor)
  if (!typed) return ([] as unknown[]).concat(...pieces.map((piece) => (Array.isArray(piece) ? piece : Array.from(piece))))
  const parts = pieces as Float32Array[]
  const all = new (parts[0].constructor as Float32ArrayConstructor)(parts.reduce((sum, part) => sum + part.length, 0))
  let end = 0
  for (const part of parts) {
    all.set(part, end)
    end += part.length
  }
  return all
}

/** Values in the order of the file; no piece is in front of the first row that is wanted. */
type Pieces = Map<string, Values[]>

/** Columns of lists and structures. */
async function unpackNested(
  { ranges, from, rows }: ParquetContent,
  metadata: Metadata,
  columns: string[],
  reader: Hyparquet,
): Promise<Pieces> {
  const pieces: Pieces = new Map(columns.map((name) => [name, []]))
  if (columns.length === 0) return pieces
  const onChunk = ({ columnName, columnData, rowStart }: { columnName: string; columnData: Values; rowStart: number }) => {
    const before = Math.max(from - rowStart, 0)
    pieces.get(columnName)?.push(before > 0 ? (columnData as unknown[]).slice(before) : columnData)
  }
  const { parquetRead, compressors } = reader
  await parquetRead({ file: bufferOf(ranges), metadata, compressors, columns, rowStart: from, rowEnd: rows, onChunk })
  return pieces
}

/** The values of each column: those of the rows that are wanted, and maybe of some behind them. */
export async function unpackParquet(content: ParquetContent, reader: Hyparquet): Promise<Values[]> {
  const { file, columns, ranges, from, rows } = content
  const metadata = content.metadata as Metadata
  try {
    const flat = reader.flatColumns(metadata)
    const nested = await unpackNested(
      content,
      metadata,
      [...new Set(columns)].filter((name) => !flat.has(name)),
      reader,
    )
    return columns.map((name) => {
      const column = flat.get(name)
      const pieces = column ? reader.readFlatColumn(bytesAt(ranges, column), column, from, rows) : nested.get(name)
      return joined(pieces ?? [])
    })
  } catch (error) {
    throw unreadable(error, file)
  }
}
