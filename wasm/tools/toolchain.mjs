// Emscripten and the C++ dependencies: the caller's own where there are some, otherwise Debian's packages unpacked into .toolchain/.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { isDebian, llvmFolder, patchPrograms, unpackPackages } from './debian.mjs'
import { dependencyPackages, linkDependencies } from './dependencies.mjs'
import { capture, root, Stop, which } from './run.mjs'

const folder = join(root, '.toolchain')
const unpacked = join(folder, 'root')
const stamp = join(folder, 'complete.json')
const emscriptenConfig = join(folder, 'emscripten.py')
/** Raised when what `unpack` does changes, so that an older folder is made again. */
const recipe = 1

const leastEmscripten = 4

/** True when the caller's PATH has an Emscripten that is recent enough. */
function hasOwnEmscripten() {
  const version = /\b(\d+)\.\d+\.\d+/.exec((which('em++') && capture('em++', ['--version'])) ?? '')
  return version !== null && Number(version[1]) >= leastEmscripten
}

/** Emscripten's programs are patched for one architecture. */
const canUnpack = (withEmscripten) => isDebian() && (process.arch === 'x64' || !withEmscripten)

function isUnpacked(withEmscripten) {
  if (!existsSync(stamp)) return false
  const made = JSON.parse(readFileSync(stamp, 'utf8'))
  return made.recipe === recipe && made.folder === folder && (made.withEmscripten || !withEmscripten)
}

async function unpack(withEmscripten) {
  rmSync(folder, { recursive: true, force: true })
  console.log(`Fetching ${withEmscripten ? 'Emscripten, ' : ''}Eigen, fast_float and GoogleTest into .toolchain/ …`)
  const packages = withEmscripten ? ['emscripten', ...dependencyPackages] : dependencyPackages
  await unpackPackages(packages, unpacked, join(folder, 'apt'))
  if (withEmscripten) await patchPrograms(unpacked)
  writeFileSync(stamp, JSON.stringify({ recipe, withEmscripten, folder }))
}

/** Written only when it changes: Emscripten drops its built libraries when the file is newer than they are. */
function writeEmscriptenConfig() {
  const settings = {
    LLVM_ROOT: join(llvmFolder(unpacked), 'bin'),
    BINARYEN_ROOT: join(unpacked, 'usr'),
    NODE_JS: process.execPath,
    CACHE: join(folder, 'cache'),
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`)
  if (existsSync(emscriptenConfig) && readFileSync(emscriptenConfig, 'utf8') === lines.join('')) return
  writeFileSync(emscriptenConfig, lines.join(''))
  // Emscripten's scripts are CommonJS; without this they would inherit `"type": "module"` from the project.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
}

/** Prefixes to look below on a machine whose packages cannot be unpacked. */
function systemPrefixes() {
  const named = (process.env.CMAKE_PREFIX_PATH ?? '').split(delimiter).filter(Boolean)
  return [...named, '/usr/local', '/opt/homebrew', '/usr']
}

/** Programs the toolchain needs from the machine. */
export function toolchainPrograms() {
  if (hasOwnEmscripten()) return []
  return isUnpacked(true) || !canUnpack(true) ? ['python3'] : ['python3', 'patchelf']
}

/** Makes the toolchain ready and says where it is: Emscripten's folder, and the environment its programs need. */
export async function ensureToolchain() {
  const own = hasOwnEmscripten()
  if (!own && !canUnpack(true)) throw new Stop(`please install Emscripten ${leastEmscripten} or later (emsdk) so that em++ is on PATH`)
  const unpacks = canUnpack(!own)
  if (unpacks && !isUnpacked(!own)) await unpack(!own)
  linkDependencies(unpacks ? [join(unpacked, 'usr')] : systemPrefixes(), join(folder, 'deps'))
  if (own) return { emscripten: capture('em-config', ['EMSCRIPTEN_ROOT']).trim(), env: {} }
  writeEmscriptenConfig()
  return {
    emscripten: join(unpacked, 'usr/share/emscripten'),
    env: { EM_CONFIG: emscriptenConfig, NODE_PATH: join(unpacked, 'usr/share/nodejs') },
  }
}
