// One loss over rows that several workers share: each sends back the state of its part, a few hundred bytes, and the main thread merges them.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { load } from 'losskit'

const lines = readFileSync(fileURLToPath(new URL('../data/digits_logits.csv', import.meta.url)), 'utf8')
  .trim()
  .split('\n')
  .slice(1)

/** The state of the rows from `start` to before `end`, worked in a thread of its own. */
async function stateOf(start, end) {
  const [state] = await once(new Worker(new URL('./worker.js', import.meta.url), { workerData: lines.slice(start, end) }), 'message')
  return state
}

async function lossWith(workers) {
  const part = Math.ceil(lines.length / workers)
  const states = await Promise.all(Array.from({ length: workers }, (_, i) => stateOf(i * part, (i + 1) * part)))
  const nn = await load({ variant: 'simd' })
  const criterion = nn.crossEntropyLoss()
  const total = criterion.accumulator()
  for (const state of states) total.merge(criterion.accumulator(state))
  return total.result().mean
}

// The same bits, however the rows are shared out.
for (const workers of [1, 2, 5]) console.log(`${workers} workers: ${await lossWith(workers)}`)
