// What the machine itself must have, by Debian package, and how to get it.
import { existsSync } from 'node:fs'
import { run, Stop, which } from './run.mjs'

/** Programs by the Debian package that brings them. */
const programs = {
  'g++': 'g++',
  cmake: 'cmake',
  ninja: 'ninja-build',
  python3: 'python3',
  patchelf: 'patchelf',
  'clang-format': 'clang-format',
  'clang-tidy': 'clang-tidy',
  chromium: 'chromium',
}

const isRoot = () => process.getuid?.() === 0

/** Makes the named programs available, by apt where that is possible. */
export async function ensurePrograms(names) {
  const missing = names.filter((name) => !which(name))
  if (missing.length === 0) return
  const packages = [...new Set(missing.map((name) => programs[name]))]
  const command = `apt-get install --no-install-recommends -y ${packages.join(' ')}`
  if (!existsSync('/usr/bin/apt-get')) throw new Stop(`please install: ${missing.join(', ')}`)
  if (!isRoot()) throw new Stop(`please install what is missing: sudo ${command}`)
  console.log(`Installing ${packages.join(', ')} …`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update'], { quiet: true, env })
  await run('apt-get', command.split(' ').slice(1), { quiet: true, env })
}
