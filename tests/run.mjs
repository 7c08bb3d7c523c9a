// npm test: sets up what is missing, builds, and runs every test. `npm test -- wasm js` runs the named stages only.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from '../wasm/tools/build.mjs'
import { buildPreset, configurePreset } from '../wasm/tools/cmake.mjs'
import { formatCpp, tidyCpp } from '../wasm/tools/cpp.mjs'
import { makeDocs } from '../wasm/tools/docs.mjs'
import { main, root, run, Stop } from '../wasm/tools/run.mjs'
import { ensurePackages, setUp } from '../wasm/tools/setup.mjs'
import { checkSizes } from '../wasm/tools/sizes.mjs'
import { fuzz } from './fuzz/run.mjs'

const fuzzSeconds = 3

async function lint(env) {
  await formatCpp(['--dry-run', '-Werror'])
  await run('biome', ['check', '--error-on-warnings'], { env })
  await configurePreset('native', env)
  await tidyCpp()
}

const googleTest = (preset) => async (env) => {
  await buildPreset(preset, env)
  await run('ctest', ['--preset', preset], { env })
}

function testFiles(folder) {
  const path = join(root, folder)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => join(folder, name))
}

async function nodeTest(env) {
  const files = [...testFiles('tests/js'), ...testFiles('tests/web')]
  await run(process.execPath, ['--test', '--test-reporter=spec', ...files], { env })
}

async function consumers(env) {
  await ensurePackages('tests/consumers')
  await run(process.execPath, ['--test', '--test-reporter=spec', 'tests/consumers/consumers.test.mjs'], { env })
}

async function examples(env) {
  await buildPreset('native', env, ['losskit'])
  await run(process.execPath, ['--test', '--test-reporter=spec', 'tests/examples/examples.test.mjs'], { env })
}

/** In the order they run; the last one's own summary ends the output. */
const stages = [
  { name: 'build', run: build, programs: [] },
  { name: 'sizes', run: checkSizes, programs: [], needs: 'build' },
  { name: 'lint', run: lint, programs: ['clang-format', 'clang-tidy', 'g++'] },
  { name: 'docs', run: makeDocs, programs: [], needs: 'build' },
  { name: 'native', run: googleTest('native'), programs: ['g++'] },
  { name: 'wasm', run: googleTest('wasm'), programs: [] },
  { name: 'sanitizers', run: googleTest('sanitizers'), programs: ['g++'] },
  { name: 'consumers', run: consumers, programs: ['chromium'], needs: 'build' },
  { name: 'fuzz', run: (env) => fuzz(env, { seconds: fuzzSeconds, quiet: true }), programs: [] },
  { name: 'examples', run: examples, programs: ['chromium', 'g++'], needs: 'build' },
  { name: 'js', run: nodeTest, programs: ['chromium'], needs: 'build' },
]

function selected(names) {
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name))
  if (unknown) throw new Stop(`no stage '${unknown}'; there are: ${stages.map((stage) => stage.name).join(', ')}`)
  if (names.length === 0) return stages
  const needed = stages.filter((stage) => names.includes(stage.name)).map((stage) => stage.needs)
  return stages.filter((stage) => names.includes(stage.name) || needed.includes(stage.name))
}

await main(async () => {
  const chosen = selected(process.argv.slice(2))
  const env = await setUp(chosen.flatMap((stage) => stage.programs))
  for (const stage of chosen) {
    console.log(`\n=== ${stage.name}`)
    const start = performance.now()
    await stage.run(env)
    if (stage !== stages.at(-1)) console.log(`=== ${stage.name}: ${((performance.now() - start) / 1000).toFixed(1)} s`)
  }
})
