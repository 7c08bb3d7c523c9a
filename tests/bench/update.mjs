// An open evaluation of 10^6 rows of 10 logits in memory: how long it takes until the report with another value of one setting is there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../wasm/tools/run.mjs'
import { interleave, timed } from './measure.mjs'

export const name = 'update'

const operation = 'update one setting'
const rows = 1e6
const classes = 10
const shape = `${rows}x${classes}`
const packageVersion = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version

/** Two values of each setting, other than the default; each round takes the one that it is not at. */
const settings = {
  gamma: [1.5, 3.3],
  labelSmoothing: [0.05, 0.2],
  classWeight: ['effective', 'complement'],
  bins: [20, 30],
  temperature: [1.25, 0.8],
  ignoreIndex: [3, 4],
  hardest: [10, 40],
}

/** Park and Miller's generator, as numbers from 0 to 1. */
function* randoms(seed) {
  for (let state = seed; ; ) {
    state = (state * 48271) % 2147483647
    yield state / 2147483647
  }
}

function npy(descr, dims, data) {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims.join(', ')},), }`
  const header = Buffer.alloc(Math.ceil((11 + text.length) / 64) * 64, ' ')
  header.write('\x93NUMPY\x01\x00', 0, 'latin1')
  header.writeUInt16LE(header.length - 10, 8)
  header.write(text, 10, 'latin1')
  header.write('\n', header.length - 1)
  return [header, data]
}

/** Logits of a model that is right on most rows. */
function makeFiles() {
  const next = randoms(7)
  const random = () => next.next().value
  const scores = new Float32Array(rows * classes)
  const labels = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    labels[row] = Math.floor(random() * classes)
    for (let c = 0; c < classes; c++) scores[row * classes + c] = (random() + random() + random() - 1.5) * 4 + (c === labels[row] ? 3 : 0)
  }
  return {
    predictions: new File(npy('<f4', [rows, classes], scores), 'logits.npy'),
    labels: new File(npy('<i4', [rows], labels), 'labels.npy'),
  }
}

/** Measures what the options ask for; `show` is given the results as soon as they are there. */
export async function run(options, show) {
  const isWanted = (wanted, text) => wanted === undefined || wanted.some((part) => text.includes(part))
  if (!isWanted(options.only, operation) || !isWanted(options.shape, shape) || !options.where.includes('node')) return []
  const { open } = await import('../../dist/evaluate/index.js')
  const { predictions, labels } = makeFiles()
  const evaluation = await open(predictions, { labels, scores: 'logits', task: 'multiClass' })
  if (!evaluation.isKept) throw new Error(`${shape} does not fit into memory`)
  const changes = Object.entries(settings).map(([setting, values]) => {
    let turn = 0
    return {
      setting,
      run: async () => {
        const begin = performance.now()
        await evaluation.update({ [setting]: values[turn++ % values.length] })
        return performance.now() - begin
      },
    }
  })
  const results = []
  for (const { setting, ...change } of changes.filter(({ setting }) => isWanted(options.contender, setting))) {
    const [times] = await interleave([change], options)
    results.push({ group: name, operation, shape, place: 'node', contender: setting, version: packageVersion, error: 0, ...timed(times) })
  }
  evaluation.dispose()
  show(results)
  return results
}
