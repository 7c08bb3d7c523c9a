// The same rows as Parquet, and its reader alone.
import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../../wasm/tools/run.mjs'

const { version } = JSON.parse(readFileSync(join(root, 'node_modules/hyparquet/package.json'), 'utf8'))

/** Writes the rows of a block again and again until there are `rows`. */
export async function writeParquet(path, { labels, logits }, rows) {
  const { parquetWriteFile } = await import('hyparquet-writer')
  const classes = logits.length / labels.length
  const column = (c) => Float32Array.from({ length: rows }, (_, row) => logits[(row % labels.length) * classes + c])
  parquetWriteFile({
    filename: path,
    columnData: [
      { name: 'label', data: Int32Array.from({ length: rows }, (_, row) => labels[row % labels.length]), type: 'INT32' },
      ...Array.from({ length: classes }, (_, c) => ({ name: `logit_${c}`, data: column(c), type: 'FLOAT' })),
    ],
  })
}

/** The file's columns, read and thrown away, by the very reader that the package has. */
async function readAlone(path, { parquetMetadataAsync, parquetRead, compressors }) {
  const handle = await open(path)
  const { size } = await handle.stat()
  const slice = async (start, end = size) => {
    const { buffer } = await handle.read(new Uint8Array(end - start), 0, end - start, start)
    return buffer.buffer
  }
  const file = { byteLength: size, slice }
  const metadata = await parquetMetadataAsync(file)
  let values = 0
  let rowStart = 0
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows)
    const onChunk = ({ columnData }) => {
      values += columnData.length
    }
    await parquetRead({ file, metadata, compressors, rowStart, rowEnd, onChunk })
    rowStart = rowEnd
  }
  await handle.close()
  if (values === 0) throw new Error('hyparquet read nothing')
}

export async function parquetContenders(path) {
  const reader = await import(join(root, 'dist/vendor/hyparquet.js'))
  return [{ contender: 'hyparquet alone', version, place: 'Node', evaluate: () => readAlone(path, reader) }]
}
