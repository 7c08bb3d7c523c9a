// The package on each of the files, in Node, with one worker and with two.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../wasm/tools/run.mjs'
import { parquetContenders } from './parquet.mjs'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Contenders for each of the files. */
export async function losskitContenders({ csv, doubles, jsonl, npy, labels, parquet }, { where }) {
  if (!where.includes('node')) return { text: [], doubles: [], json: [], npy: [], parquet: [] }
  const { evaluate } = await import(join(root, 'dist/evaluate/index.js'))
  const { openFile } = await import(join(root, 'build/package/cli/file.js'))
  const meanOf = async ([path, labelsPath], workers) => {
    const files = await Promise.all([path, labelsPath].map((each) => each && openFile(each)))
    try {
      const { losses } = await evaluate(files[0], { labels: files[1], workers })
      return losses[0].mean
    } finally {
      for (const file of files) await file?.close()
    }
  }
  const contender = (paths, workers) => ({
    contender: workers === 1 ? 'losskit, 1 worker' : `losskit, ${workers} workers`,
    version,
    place: 'Node',
    evaluate: () => meanOf(paths, workers),
  })
  const withWorkers = (...paths) => [1, 2].map((workers) => contender(paths, workers))
  return {
    text: withWorkers(csv.path),
    doubles: doubles ? withWorkers(doubles.path) : [],
    json: jsonl ? withWorkers(jsonl.path) : [],
    npy: withWorkers(npy.path, labels.path),
    parquet: parquet ? [contender([parquet.path], 1), ...(await parquetContenders(parquet.path))] : [],
  }
}
