// How long the package keeps one waiting in Node: each round is a process of its own, on files that the system has read before.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from '../../wasm/tools/run.mjs'
import { timed } from './measure.mjs'
import { nodeFlags } from './places/node.mjs'

export const name = 'loading'

const child = fileURLToPath(new URL('./loading/child.mjs', import.meta.url))
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const operations = ['import', 'load to first loss']

async function visit(variant) {
  const [times] = await once(fork(child, [variant], { execArgv: nodeFlags }), 'message')
  return times
}

export async function run(options, show) {
  if (!options.where.includes('node')) return
  const rounds = []
  for (let round = 0; round <= options.repeats; round++) {
    const times = []
    for (const variant of options.variant) times.push(await visit(variant))
    rounds.push(times)
  }
  for (const [i, operation] of operations.entries()) {
    const results = options.variant.map((variant, v) => ({
      group: name,
      operation,
      shape: 'own process',
      place: 'Node',
      contender: `losskit ${variant}`,
      version,
      ...timed(rounds.slice(1).map((round) => round[v][i])),
    }))
    show(results)
  }
}
