// The package as npm would publish it, put where a project would have it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../wasm/tools/run.mjs'

/** Packs the package into an empty folder and returns the tarball's path. */
export function pack() {
  const folder = mkdtempSync(join(tmpdir(), 'losskit-'))
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'pipe' })
  return join(folder, readdirSync(folder)[0])
}

/** What `npm install` of the tarball does; the package depends on nothing that would come along. */
export function unpackInto(project, tarball) {
  const target = join(project, 'node_modules/losskit')
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
}
