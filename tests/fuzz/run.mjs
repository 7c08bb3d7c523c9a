// npm run fuzz: `npm run fuzz -- [program …] [seconds]` runs the programs of tests/fuzz one after another, each so long (600 seconds by
// default). What one finds ends it, and is kept in build/fuzz/findings; new inputs that reach further are gathered in build/fuzz/corpus.
// `npm run fuzz -- merge [program …]` adds those of them to tests/fuzz/corpus that reach code no input there does, as few as that takes: every
// run begins with them.
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureFuzzer } from '../../wasm/tools/apt.mjs'
import { buildPreset } from '../../wasm/tools/cmake.mjs'
import { main, root, run, Stop } from '../../wasm/tools/run.mjs'
import { setUp } from '../../wasm/tools/setup.mjs'

const folder = join(root, 'tests/fuzz')
const output = join(root, 'build/fuzz')
const longestInput = 4096

const programs = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.cpp'))
    .map((name) => name.slice(0, -'.cpp'.length))

async function fuzzOne(name, seconds, quiet) {
  const gathered = join(output, 'corpus', name)
  const findings = join(output, 'findings/')
  for (const path of [gathered, findings]) mkdirSync(path, { recursive: true })
  const limits = [`-max_total_time=${seconds}`, `-max_len=${longestInput}`, '-rss_limit_mb=1024', '-timeout=10']
  const corpora = [gathered, join(folder, 'corpus', name)]
  await run(join(output, `fuzz_${name}`), [...limits, `-artifact_prefix=${findings}${name}-`, '-print_final_stats=1', ...corpora], {
    quiet,
  })
}

/** What each input reaches, not how often: a few kB for a program. */
const coverOnly = ['-merge=1', '-set_cover_merge=1', '-use_counters=0']

async function mergeOne(name) {
  const corpora = [join(folder, 'corpus', name), join(output, 'corpus', name)]
  await run(join(output, `fuzz_${name}`), [...coverOnly, ...corpora], { quiet: true })
  console.log(`${name}: ${readdirSync(corpora[0]).length} inputs`)
}

/** Builds and runs the named programs, or all; `quiet` keeps the output of those that find nothing to themselves. */
export async function fuzz(env, { names = programs(), seconds, quiet = false, isMerge = false }) {
  await ensureFuzzer()
  await buildPreset(
    'fuzz',
    env,
    names.map((name) => `fuzz_${name}`),
  )
  for (const name of names) {
    if (isMerge) {
      await mergeOne(name)
      continue
    }
    console.log(`${name}: ${seconds} s`)
    await fuzzOne(name, seconds, quiet)
  }
}

function readArguments(args) {
  const numbers = args.filter((argument) => /^\d+$/.test(argument))
  const isMerge = args[0] === 'merge'
  const names = args.filter((argument, i) => !numbers.includes(argument) && !(isMerge && i === 0))
  const unknown = names.find((name) => !programs().includes(name))
  if (unknown) throw new Stop(`no program '${unknown}'; there are: ${programs().join(', ')}`)
  return { names: names.length === 0 ? undefined : names, seconds: Number(numbers[0] ?? 600), isMerge }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const chosen = readArguments(process.argv.slice(2))
    await fuzz(await setUp(), chosen)
  })
}
