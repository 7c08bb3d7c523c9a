// clang-format and clang-tidy over the C++ sources, with the version the configuration is written for.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { capture, root, run, Stop, which } from './run.mjs'

const version = 14

/** The named clang tool in the wanted version; undefined, with a line that says so, when the machine has another one. */
function clangTool(name) {
  const exact = which(`${name}-${version}`)
  if (exact) return exact
  const found = which(name)
  if (found && new RegExp(`version ${version}\\.`).test(capture(found, ['--version']) ?? '')) return found
  console.log(`${name} ${version} is not installed: its check is left out`)
}

/** Every C++ file below the folders, as paths from the project's root. */
function cppFiles(folders, pattern) {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true })
        .filter((name) => pattern.test(name))
        .map((name) => join(folder, name)),
    )
}

const allFiles = () => cppFiles(['src', 'wasm', 'tests', 'examples/cpp'], /\.(cpp|h)$/)

export async function formatCpp(mode) {
  const program = clangTool('clang-format')
  if (program) await run(program, [...mode, ...allFiles()])
}

/** Hash of all that decides clang-tidy's verdict on a file; any header counts as included. */
function verdictKey(file, common) {
  return createHash('sha256')
    .update(common)
    .update(file)
    .update(readFileSync(join(root, file)))
    .digest('hex')
}

/** Runs clang-tidy on the core's sources that have not passed as they are now. Needs build/native configured. */
export async function tidyCpp() {
  const program = clangTool('clang-tidy')
  if (!program) return
  const passed = join(root, 'build/tidy')
  mkdirSync(passed, { recursive: true })
  const shared = ['.clang-tidy', 'CMakeLists.txt', ...cppFiles(['src'], /\.h$/)]
  const common = shared.map((file) => readFileSync(join(root, file), 'utf8')).join('\0')
  const queue = cppFiles(['src'], /\.cpp$/).filter((file) => !existsSync(join(passed, verdictKey(file, common))))
  const failed = []
  const work = async () => {
    for (let file = queue.pop(); file; file = queue.pop()) {
      const command = ['--quiet', '-p', 'build/native', '--extra-arg=-Wno-unknown-warning-option', file]
      const verdict = run(program, command, { quiet: true }).then(() => writeFileSync(join(passed, verdictKey(file, common)), ''))
      await verdict.catch(() => failed.push(file))
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  if (failed.length > 0) throw new Stop(`clang-tidy is not content with ${failed.join(', ')}`)
}
