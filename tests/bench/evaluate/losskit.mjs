// The package on each of the files, in Node, with one worker and with two.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../wasm/tools/run.mjs'
import { parquetContenders } from './parquet.mjs'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Contenders for the text file, the NPY file and the Parquet file. */
export async function losskitContenders({ csv, npy, labels, parquet }, { where }) {
  if (!where.includes('node')) return { text: [], npy: [], parquet: [] }
  const { evaluate } = await import(join(root, 'dist/evaluate/index.js'))
  const { openFile } = await import(join(root, 'build/package/cli/file.js'))
  const withFiles = async (paths, use) => {
    const files = await Promise.all(paths.map((path) => openFile(path)))
    try {
      return await use(files)
    } finally {
      for (const file of files) await file.close()
    }
  }
  const meanOf = ({ losses }) => losses[0].mean
  const contender = (name, evaluate) => ({ contender: name, version, place: 'Node', evaluate })
  const text = (workers) => () => withFiles([csv.path], async ([file]) => meanOf(await evaluate(file, { workers })))
  const arrays = () =>
    withFiles([npy.path, labels.path], async ([file, other]) => meanOf(await evaluate(file, { labels: other, workers: 1 })))
  const columns = () => withFiles([parquet.path], async ([file]) => meanOf(await evaluate(file, { workers: 1 })))
  return {
    text: [contender('losskit, 1 worker', text(1)), contender('losskit, 2 workers', text(2))],
    npy: [contender('losskit', arrays)],
    parquet: parquet ? [contender('losskit', columns), ...(await parquetContenders(parquet.path))] : [],
  }
}
