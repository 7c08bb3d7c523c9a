// What the machine itself must have, by Debian package, and how to get it.
import { existsSync } from 'node:fs'
import { capture, run, Stop, which } from './run.mjs'

/** Programs by the Debian package that brings them. */
const programs = {
  'g++': 'g++',
  cmake: 'cmake',
  ninja: 'ninja-build',
  python3: 'python3',
  patchelf: 'patchelf',
  'clang-format': 'clang-format',
  'clang-tidy': 'clang-tidy',
  'clang++': 'clang',
  chromium: 'chromium',
}

const isRoot = () => process.getuid?.() === 0

async function install(packages) {
  const command = `apt-get install --no-install-recommends -y ${packages.join(' ')}`
  if (!existsSync('/usr/bin/apt-get')) throw new Stop(`please install: ${packages.join(', ')}`)
  if (!isRoot()) throw new Stop(`please install what is missing: sudo ${command}`)
  console.log(`Installing ${packages.join(', ')} …`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update'], { quiet: true, env })
  await run('apt-get', command.split(' ').slice(1), { quiet: true, env })
}

/** Makes the named programs available, by apt where that is possible. */
export async function ensurePrograms(names) {
  const missing = names.filter((name) => !which(name))
  if (missing.length > 0) await install([...new Set(missing.map((name) => programs[name]))])
}

function hasFuzzer() {
  const input = 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, decltype(sizeof 0)) { return 0; }'
  return capture('clang++', ['-fsanitize=fuzzer,address', '-xc++', '-', '-o', '/dev/null'], { input }) !== undefined
}

/** Makes libFuzzer available: clang, and the runtime that Debian packs apart from it. */
export async function ensureFuzzer() {
  await ensurePrograms(['clang++'])
  if (!hasFuzzer()) await install([`libclang-rt-${capture('clang++', ['-dumpversion']).split('.')[0]}-dev`])
}
