// The small projects of this folder, each made anew with the packed package and nothing else in its node_modules.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pack, unpackInto } from '../packed.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
// Inside this folder, whose node_modules has the bundlers.
const work = join(here, 'work')

export const tarball = pack()
rmSync(work, { recursive: true, force: true })

/** Makes a project and returns its folder and how to run a program there. */
export function makeProject(name) {
  const folder = join(work, name)
  mkdirSync(folder, { recursive: true })
  cpSync(join(here, 'shared'), folder, { recursive: true })
  cpSync(join(here, 'projects', name), folder, { recursive: true })
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  unpackInto(folder, tarball)
  return { folder, run: (program, args) => run(folder, program, args) }
}

/** Standard output of a program of this folder's node_modules, or of Node itself. */
function run(cwd, program, args) {
  const path = program === 'node' ? process.execPath : join(here, 'node_modules/.bin', program)
  const { status, stdout, stderr } = spawnSync(path, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed with ${status}:\n${stdout}${stderr}`)
  return stdout
}
