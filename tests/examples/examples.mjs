// The projects in examples/, installed as their README says and then given the package as it is built now.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../wasm/tools/run.mjs'
import { ensurePackages } from '../../wasm/tools/setup.mjs'
import { pack, unpackInto } from '../packed.mjs'

const tarball = pack()

/** Installs an example's packages and returns its folder. */
export async function prepare(name) {
  const folder = join(root, 'examples', name)
  if (existsSync(join(folder, 'package-lock.json'))) await ensurePackages(`examples/${name}`)
  unpackInto(folder, tarball)
  return folder
}

/** Standard output of a program that must succeed. */
export function output(command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed with ${status ?? error}:\n${stdout}${stderr}`)
  return stdout
}
