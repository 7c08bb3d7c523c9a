// npm run bench: measures the package beside others, and writes what came out to build/bench/speed.json. Needs `npm run build` before.
// A group of measurements is a module with `name` and `run(options, show)`: it measures what the options ask for and gives the results of each case
// to `show`, which writes them down at once. A result has group, operation, shape, place, contender, version, ms (median), fastest and rounds.
import { join } from 'node:path'
import { main, root } from '../../wasm/tools/run.mjs'
import { setUp } from '../../wasm/tools/setup.mjs'
import { readArguments } from './arguments.mjs'
import * as evaluate from './evaluate.mjs'
import * as kernels from './kernels.mjs'
import * as loading from './loading.mjs'
import { machine } from './machine.mjs'
import { saveDocument } from './markdown.mjs'
import * as page from './page.mjs'
import { mergeResults } from './results.mjs'
import { printCase } from './table.mjs'
import * as update from './update.mjs'

const groups = [kernels, evaluate, loading, page, update]

await main(async () => {
  const options = readArguments(
    process.argv.slice(2),
    groups.map(({ name }) => name),
  )
  if (options === undefined) return
  const env = await setUp()
  const keep = (results) => {
    printCase(results)
    mergeResults(join(root, 'build/bench/speed.json'), machine(), results)
    if (options.save) saveDocument(machine(), results)
  }
  for (const group of groups.filter(({ name }) => options.group.includes(name))) await group.run({ ...options, env }, keep)
})
