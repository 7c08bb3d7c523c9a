// Emscripten, Eigen, fast_float and GoogleTest for a machine that has none of them: Debian testing's packages,
// unpacked into .toolchain/ and run from there. Nothing is installed on the system.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { capture, root, run, Stop, which } from './run.mjs'

const folder = join(root, '.toolchain')
const unpacked = join(folder, 'root')
const stamp = join(folder, 'complete.json')
const emscriptenConfig = join(folder, 'emscripten.py')
/** Raised when the steps below change, so that an older folder is made again. */
const recipe = 1

const leastEmscripten = 4
const headerPackages = ['libeigen3-dev', 'libfast-float-dev', 'googletest']

/** What CMake takes from .toolchain/deps, and where it may stand below a prefix such as /usr. */
const dependencies = [
  { name: 'Eigen', link: 'include/Eigen', places: ['include/eigen3/Eigen', 'include/Eigen'] },
  { name: 'fast_float', link: 'include/fast_float', places: ['include/fast_float'] },
  { name: "GoogleTest's headers", link: 'include/gtest', places: ['src/googletest/googletest/include/gtest', 'include/gtest'] },
  { name: "GoogleTest's sources", link: 'src/googletest', places: ['src/googletest', 'include/googletest'] },
]

/** The caller's own Emscripten, when it is on PATH and recent enough. */
function ownEmscripten() {
  const program = which('em++')
  const version = program && /\b(\d+)\.\d+\.\d+/.exec(capture(program, ['--version']) ?? '')
  return version && Number(version[1]) >= leastEmscripten ? program : undefined
}

/** Address of the Debian archive this machine installs from, as apt knows it. */
function mirror() {
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
  const lines = capture('apt-get', ['indextargets', '--format', '$(RELEASE) $(COMPONENT) $(REPO_URI)']) ?? ''
  const target = lines
    .split('\n')
    .map((line) => line.split(' '))
    .find(([release, component]) => release === codename && component === 'main')
  if (!target)
    throw new Stop(
      'no Debian archive is configured for apt: install Emscripten 4 or later (emsdk), Eigen, fast_float and GoogleTest, then try again',
    )
  return target[2]
}

/** An apt that knows only Debian testing and believes that nothing is installed, so that it fetches every dependency. */
function configureApt() {
  const apt = join(folder, 'apt')
  for (const path of ['state/lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, path), { recursive: true })
  writeFileSync(join(apt, 'status'), '')
  writeFileSync(join(apt, 'sources.list'), `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror()} testing main\n`)
  writeFileSync(
    join(apt, 'apt.conf'),
    [
      `Dir::Etc::sourcelist "${apt}/sources.list";`,
      'Dir::Etc::sourceparts "-";',
      `Dir::State "${apt}/state";`,
      `Dir::State::status "${apt}/status";`,
      `Dir::Cache "${apt}/cache";`,
      'APT::Install-Recommends "false";',
      'APT::Sandbox::User "";',
      'Debug::NoLocking "true";',
      '',
    ].join('\n'),
  )
  return { env: { APT_CONFIG: join(apt, 'apt.conf') }, archives: join(apt, 'cache/archives') }
}

async function unpackPackages(names) {
  const { env, archives } = configureApt()
  await run('apt-get', ['update'], { quiet: true, env })
  await run('apt-get', ['install', '-y', '--download-only', ...names], { quiet: true, env })
  mkdirSync(unpacked, { recursive: true })
  for (const name of readdirSync(archives)) {
    if (name.endsWith('.deb')) await run('dpkg', ['-x', join(archives, name), unpacked], { quiet: true })
  }
  rmSync(join(folder, 'apt'), { recursive: true })
}

function isElf(path) {
  if (!statSync(path).isFile()) return false
  return readFileSync(path).subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'))
}

function filesIn(path, keep = () => true) {
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter(keep)
    .map((name) => join(path, name))
    .filter((file) => existsSync(file) && isElf(file))
}

const llvm = () => {
  const lib = join(unpacked, 'usr/lib')
  const name = readdirSync(lib)
    .filter((entry) => /^llvm-\d+$/.test(entry))
    .sort()
    .at(-1)
  return join(lib, name)
}

/** Points the unpacked programs at the unpacked C library, which is newer than the machine's. */
async function patchPrograms() {
  const libraries = join(unpacked, 'usr/lib/x86_64-linux-gnu')
  const loader = join(unpacked, 'usr/lib64/ld-linux-x86-64.so.2')
  const interpreter = existsSync(loader) ? loader : join(libraries, 'ld-linux-x86-64.so.2')
  const path = `${libraries}:${llvm()}/lib`
  const executables = [...filesIn(`${llvm()}/bin`), ...filesIn(join(unpacked, 'usr/bin'), (name) => name.startsWith('wasm-'))]
  for (const file of executables) {
    await run('patchelf', ['--set-interpreter', interpreter, '--force-rpath', '--set-rpath', path, file], { quiet: true })
  }
  const isLlvmLibrary = (name) => /^lib(LLVM|clang).*\.so/.test(name)
  for (const file of [...filesIn(libraries, isLlvmLibrary), ...filesIn(`${llvm()}/lib`, isLlvmLibrary)]) {
    await run('patchelf', ['--remove-rpath', file], { quiet: true })
  }
}

/** Written only when it changes: Emscripten drops its built libraries when the file is newer than they are. */
function writeEmscriptenConfig() {
  const settings = { LLVM_ROOT: `${llvm()}/bin`, BINARYEN_ROOT: `${unpacked}/usr`, NODE_JS: process.execPath, CACHE: `${folder}/cache` }
  const text = Object.entries(settings)
    .map(([name, value]) => `${name} = '${value}'\n`)
    .join('')
  if (existsSync(emscriptenConfig) && readFileSync(emscriptenConfig, 'utf8') === text) return
  writeFileSync(emscriptenConfig, text)
  // Emscripten's scripts are CommonJS; without this they would inherit `"type": "module"` from the project.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
}

async function unpack(withEmscripten) {
  rmSync(folder, { recursive: true, force: true })
  console.log(`Fetching ${withEmscripten ? 'Emscripten, ' : ''}Eigen, fast_float and GoogleTest into .toolchain/ …`)
  await unpackPackages(withEmscripten ? ['emscripten', ...headerPackages] : headerPackages)
  if (withEmscripten) await patchPrograms()
  writeFileSync(stamp, JSON.stringify({ recipe, withEmscripten, folder }))
}

function isUnpacked(withEmscripten) {
  if (!existsSync(stamp)) return false
  const made = JSON.parse(readFileSync(stamp, 'utf8'))
  return made.recipe === recipe && made.folder === folder && (made.withEmscripten || !withEmscripten)
}

/** Prefixes that hold libraries on a machine whose packages cannot be unpacked here. */
const systemPrefixes = () => [
  ...(process.env.CMAKE_PREFIX_PATH ?? '').split(delimiter).filter(Boolean),
  '/usr/local',
  '/opt/homebrew',
  '/usr',
]

/** Gathers the dependencies, and nothing that stands beside them, in one folder. */
function linkDependencies(prefixes) {
  const missing = []
  for (const { name, link, places } of dependencies) {
    const found = prefixes.flatMap((prefix) => places.map((place) => join(prefix, place))).find((path) => existsSync(path))
    if (found) placeLink(found, join(folder, 'deps', link))
    else missing.push(name)
  }
  if (missing.length > 0)
    throw new Stop(`please install ${missing.join(', ')}, or name in CMAKE_PREFIX_PATH the prefix they are installed in`)
}

function placeLink(target, link) {
  const text = relative(dirname(link), target)
  if (lstatSync(link, { throwIfNoEntry: false })) {
    if (readlinkSync(link) === text) return
    rmSync(link)
  }
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(text, link)
}

/** Only Debian's packages are known to fit, and Emscripten's programs are patched for one architecture. */
function canUnpack(withEmscripten) {
  const isDebian = existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8')) && which('dpkg')
  return isDebian && (process.arch === 'x64' || !withEmscripten)
}

/** Programs the toolchain needs from the machine. */
export function toolchainPrograms() {
  const own = ownEmscripten()
  if (own) return []
  return isUnpacked(true) || !canUnpack(true) ? ['python3'] : ['python3', 'patchelf']
}

/** Makes the toolchain ready and says where it is: Emscripten's folder, and the environment its programs need. */
export async function ensureToolchain() {
  const own = ownEmscripten()
  if (!own && !canUnpack(true)) throw new Stop(`please install Emscripten ${leastEmscripten} or later (emsdk) so that em++ is on PATH`)
  const unpacks = canUnpack(!own)
  if (unpacks && !isUnpacked(!own)) await unpack(!own)
  linkDependencies(unpacks ? [join(unpacked, 'usr')] : systemPrefixes())
  if (own) return { emscripten: capture('em-config', ['EMSCRIPTEN_ROOT']).trim(), env: {} }
  writeEmscriptenConfig()
  return {
    emscripten: join(unpacked, 'usr/share/emscripten'),
    env: { EM_CONFIG: emscriptenConfig, NODE_PATH: join(unpacked, 'usr/share/nodejs') },
  }
}
