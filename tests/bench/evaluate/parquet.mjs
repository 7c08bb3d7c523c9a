// The same rows as Parquet, and its reader alone.
import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../../wasm/tools/run.mjs'

const { version } = JSON.parse(readFileSync(join(root, 'node_modules/hyparquet/package.json'), 'utf8'))

/** Writes the columns of blocks of the same length. */
export async function writeParquet(path, blocks) {
  const { parquetWriteFile } = await import('hyparquet-writer')
  const rowsOf = ({ labels }) => labels.length
  const rows = blocks.reduce((sum, block) => sum + rowsOf(block), 0)
  const classes = blocks[0].logits.length / rowsOf(blocks[0])
  const column = (Values, read) => {
    const values = new Values(rows)
    let end = 0
    for (const block of blocks) for (let row = 0; row < rowsOf(block); row++) values[end++] = read(block, row)
    return values
  }
  const logit = (c) => ({ name: `logit_${c}`, data: column(Float32Array, ({ logits }, row) => logits[row * classes + c]), type: 'FLOAT' })
  parquetWriteFile({
    filename: path,
    columnData: [
      { name: 'label', data: column(Int32Array, ({ labels }, row) => labels[row]), type: 'INT32' },
      ...Array.from({ length: classes }, (_, c) => logit(c)),
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
