// An open evaluation of 10^6 rows of 10 logits in memory: how long it takes until the report with another value of one setting is there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../wasm/tools/run.mjs'
import { interleave, timed } from './measure.mjs'
import { classes, makePredictions, npyHeader } from './predictions.mjs'

export const name = 'update'

const operation = 'update one setting'
const rows = 1e6
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

function makeFiles() {
  const { labels, logits } = makePredictions(rows)
  return {
    predictions: new File([npyHeader('<f4', [rows, classes]), logits], 'logits.npy'),
    labels: new File([npyHeader('<i4', [rows]), labels], 'labels.npy'),
  }
}

/** Measures what the options ask for; `show` is given the results as soon as they are there. */
export async function run(options, show) {
  const isWanted = (wanted, text) => wanted === undefined || wanted.some((part) => text.includes(part))
  if (!isWanted(options.only, operation) || !isWanted(options.shape, shape) || !options.where.includes('node')) return
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
}
