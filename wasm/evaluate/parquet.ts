// Parquet, row group by row group, by hyparquet.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import type { Chunk, ColumnSource } from './columnTable.js'
import { type FileSource, readRange } from './file.js'
import type { Values } from './values.js'

type Hyparquet = typeof import('../vendor/hyparquet.js')

const asBuffer = (file: FileSource) => ({
  byteLength: file.size,
  async slice(start: number, end = file.size) {
    const bytes = await readRange(file, start, end)
    return (bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer) as ArrayBuffer
  },
})

/** The pieces that a column of a row group came in, as one. */
function joined(pieces: Values[]): Values {
  if (pieces.length === 1) return pieces[0]
  const typed = pieces.every((piece) => ArrayBuffer.isView(piece) && piece.constructor === pieces[0].constructor)
  if (!typed) return pieces.flatMap((piece) => Array.from(piece))
  const parts = pieces as Float32Array[]
  const all = new (parts[0].constructor as Float32ArrayConstructor)(parts.reduce((sum, part) => sum + part.length, 0))
  let end = 0
  for (const part of parts) {
    all.set(part, end)
    end += part.length
  }
  return all
}

export async function openParquet(file: FileSource): Promise<ColumnSource> {
  const { parquetMetadataAsync, parquetRead, compressors }: Hyparquet = await import('../vendor/hyparquet.js')
  const buffer = asBuffer(file)
  const refuse = (error: unknown): never => {
    if (error instanceof DataError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new DataError(say`the file is a Parquet file that cannot be read: ${reason}`, { file: file.name }, { cause: error })
  }
  const metadata = await parquetMetadataAsync(buffer).catch(refuse)
  const [root, ...elements] = metadata.schema
  // The children of the root, without what is nested in them.
  const names: string[] = []
  for (let i = 0; names.length < (root.num_children ?? 0); i++) {
    names.push(elements[i].name)
    let nested = elements[i].num_children ?? 0
    while (nested > 0) nested += (elements[++i].num_children ?? 0) - 1
  }

  async function readGroup(rowStart: number, rowEnd: number, columns: string[]): Promise<Map<string, Values>> {
    const pieces = new Map<string, Values[]>(columns.map((name) => [name, []]))
    const onChunk = ({ columnName, columnData }: { columnName: string; columnData: Values }) => pieces.get(columnName)?.push(columnData)
    if (columns.length > 0) await parquetRead({ file: buffer, metadata, compressors, columns, rowStart, rowEnd, onChunk }).catch(refuse)
    return new Map([...pieces].map(([name, parts]) => [name, joined(parts)]))
  }

  /** The first row group is looked at before it is evaluated: it is unpacked once for both. */
  let first = new Map<string, Values>()

  async function* chunks(columns: number[]): AsyncGenerator<Chunk> {
    const wanted = columns.map((column) => names[column])
    let rowStart = 0
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows)
      const known = rowStart === 0 ? first : new Map<string, Values>()
      const read = await readGroup(
        rowStart,
        rowEnd,
        [...new Set(wanted)].filter((name) => !known.has(name)),
      )
      const values = new Map([...known, ...read])
      first = rowStart === 0 ? values : new Map()
      const rows = rowEnd - rowStart
      rowStart = rowEnd
      if (rows === 0) continue
      yield {
        rows,
        columns: wanted.map((name) => values.get(name) ?? []),
        bytes: Math.round((file.size * rowEnd) / Number(metadata.num_rows)),
      }
    }
  }
  return { file, dialect: 'Parquet', names, widths: names.map(() => undefined), chunks }
}
