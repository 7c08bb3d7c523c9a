// Everything a fresh clone needs before it can be built or tested, and nothing that is there already.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ensurePrograms } from './apt.mjs'
import { root, run } from './run.mjs'
import { ensureToolchain, toolchainPrograms } from './toolchain.mjs'

const readPackages = (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).packages

/** True when the folder's node_modules holds just what its lock file asks for on this platform. */
function hasPackages(folder) {
  const record = join(folder, 'node_modules/.package-lock.json')
  if (!existsSync(join(root, record))) return false
  const { '': project, ...wanted } = readPackages(join(folder, 'package-lock.json'))
  const there = readPackages(record)
  const isSame = (path) => there[path].version === wanted[path]?.version
  const isThere = (path) => path in there || wanted[path].optional || wanted[path].devOptional
  return Object.keys(there).every(isSame) && Object.keys(wanted).every(isThere)
}

/** Installs what a folder's package-lock.json asks for, where it is not there. */
export async function ensurePackages(folder = '') {
  if (hasPackages(folder)) return
  console.log(`Installing npm packages ${folder && `in ${folder} `}…`)
  // Vite, once loaded, sets NODE_ENV to production here, with which npm leaves development packages out.
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']
  await run('npm', args, { quiet: true, cwd: join(root, folder) })
}

/** Installs what is missing, `programs` among it, and returns the environment in which both CMake presets work. */
export async function setUp(programs = []) {
  await ensurePrograms(['cmake', 'ninja', ...programs, ...toolchainPrograms()])
  await ensurePackages()
  const { emscripten, env } = await ensureToolchain()
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  return { ...env, LOSSKIT_EMSCRIPTEN: emscripten, PATH: path }
}
