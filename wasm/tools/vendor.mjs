// The readers of other people that the package uses, bundled into dist/vendor with their licences: the package itself depends on nothing.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
export async function bundleVendor(folder) {
  for (const name of ['hyparquet', 'flechette']) {
    const entry = join(folder, `${name}.js`)
    // Loaded here: what a fresh clone lacks is installed by the scripts that import this file.
    const { build } = await import('vite')
    const result = await build({
      configFile: false,
      root,
      logLevel: 'warn',
      build: {
        lib: { entry, formats: ['es'] },
        write: false,
        minify: true,
        target: 'es2022',
        rollupOptions: { output: { codeSplitting: false } },
      },
    })
    const [{ output }] = [result].flat()
    if (output.length !== 1) throw new Error(`${name} was bundled into ${output.length} files`)
    writeFileSync(entry, output[0].code)
  }
  for (const file of readdirSync(folder)) {
    if (!/^(hyparquet|flechette)\.js$/.test(file)) rmSync(join(folder, file))
  }
  const rule = `\n${'-'.repeat(80)}\n\n`
  writeFileSync(join(folder, 'LICENSES.txt'), packages.map(licenceOf).join(rule))
}
