// The readers of other people that the package uses, bundled into dist/vendor with their licences: the package itself depends on nothing.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleVendor } from './bundle.mjs'
import { root } from './run.mjs'

const packages = ['hyparquet', 'hyparquet-compressors', 'fzstd', 'hysnappy', '@uwdata/flechette']

function licenceOf(name) {
  const folder = join(root, 'node_modules', name)
  if (!existsSync(folder)) throw new Error(`${name} is not installed`)
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
  if (!file) throw new Error(`${name} has no licence text`)
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}

/** Puts what the modules in `folder` import into them. */
export async function putVendorIn(folder) {
  for (const name of ['hyparquet', 'flechette']) {
    const path = join(folder, `${name}.js`)
    writeFileSync(path, await bundleVendor(path))
  }
  for (const file of readdirSync(folder)) {
    if (!/^(hyparquet|flechette)\.js$/.test(file)) rmSync(join(folder, file))
  }
  const rule = `\n${'-'.repeat(80)}\n\n`
  writeFileSync(join(folder, 'LICENSES.txt'), packages.map(licenceOf).join(rule))
}
