// Packages of Debian testing, unpacked into a folder and run from there on an older Debian. Nothing is installed on the system.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture, run, Stop, which } from './run.mjs'

const osRelease = () => (existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '')

export const isDebian = () => /^ID=debian$/m.test(osRelease()) && Boolean(which('apt-get') && which('dpkg'))

/** Address of the Debian archive this machine installs from, as apt knows it. */
function mirror() {
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(osRelease())?.[1]
  const lines = capture('apt-get', ['indextargets', '--format', '$(RELEASE) $(COMPONENT) $(REPO_URI)']) ?? ''
  const targets = lines.split('\n').map((line) => line.split(' '))
  const target = targets.find(([release, component]) => release === codename && component === 'main')
  if (!target)
    throw new Stop(`please add the archive of Debian ${codename} main to apt's sources: its address is where the toolchain comes from`)
  return target[2]
}

/** An apt that knows only Debian testing and believes that nothing is installed, so that it fetches every dependency. */
function configureApt(folder) {
  for (const path of ['state/lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, path), { recursive: true })
  writeFileSync(join(folder, 'status'), '')
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
  writeFileSync(join(folder, 'sources.list'), `deb [signed-by=${keyring}] ${mirror()} testing main\n`)
  const settings = [
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    'Dir::Etc::sourceparts "-";',
    `Dir::State "${folder}/state";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::Cache "${folder}/cache";`,
    'APT::Install-Recommends "false";',
    'APT::Sandbox::User "";',
    'Debug::NoLocking "true";',
    '',
  ]
  writeFileSync(join(folder, 'apt.conf'), settings.join('\n'))
  return { env: { APT_CONFIG: join(folder, 'apt.conf') }, archives: join(folder, 'cache/archives') }
}

/** Unpacks the packages, with all they depend on, into `target`; `work` is a folder for apt, gone afterwards. */
export async function unpackPackages(names, target, work) {
  const { env, archives } = configureApt(work)
  await run('apt-get', ['update'], { quiet: true, env })
  await run('apt-get', ['install', '-y', '--download-only', ...names], { quiet: true, env })
  mkdirSync(target, { recursive: true })
  for (const name of readdirSync(archives)) {
    if (name.endsWith('.deb')) await run('dpkg', ['-x', join(archives, name), target], { quiet: true })
  }
  rmSync(work, { recursive: true })
}

function isElf(path) {
  if (!existsSync(path) || !statSync(path).isFile()) return false
  return readFileSync(path).subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'))
}

function filesIn(path, pattern) {
  const names = readdirSync(path).filter((name) => pattern.test(name))
  return names.map((name) => join(path, name)).filter(isElf)
}

/** LLVM's folder among the unpacked files. */
export function llvmFolder(target) {
  const lib = join(target, 'usr/lib')
  return join(
    lib,
    readdirSync(lib).find((name) => /^llvm-\d+$/.test(name)),
  )
}

/** Points the unpacked programs of LLVM and Binaryen at the unpacked C library, which is newer than the machine's. */
export async function patchPrograms(target) {
  const llvm = llvmFolder(target)
  const libraries = join(target, 'usr/lib/x86_64-linux-gnu')
  const interpreter = join(libraries, 'ld-linux-x86-64.so.2')
  const places = `${libraries}:${llvm}/lib`
  for (const file of [...filesIn(join(llvm, 'bin'), /./), ...filesIn(join(target, 'usr/bin'), /^wasm-/)]) {
    await run('patchelf', ['--set-interpreter', interpreter, '--force-rpath', '--set-rpath', places, file], { quiet: true })
  }
  // Their own search path would come before the programs' and miss what stands in the other folder.
  const names = /^lib(LLVM|clang).*\.so/
  for (const file of [...filesIn(libraries, names), ...filesIn(join(llvm, 'lib'), names)]) {
    await run('patchelf', ['--remove-rpath', file], { quiet: true })
  }
}
