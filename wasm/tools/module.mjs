// From Emscripten's output to the modules the package loads: the glue as an ES module that any bundler takes, the wasm beside it as text.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, Stop } from './run.mjs'

/** The wasm modules of the package: losses and evaluation, each in both variants. */
export const modules = ['simd', 'relaxed-simd', 'evaluate-simd', 'evaluate-relaxed-simd']

const output = join(root, 'build/wasm/module')
const folder = join(root, 'wasm/module')

function writeChanged(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  writeFileSync(path, text)
}

/**
 * The glue without `import.meta.url`: with it, bundlers would look for a wasm file beside the module and copy it.
 * The package always hands the bytes over itself.
 */
async function glue(name) {
  const { minify } = await import('vite')
  const source = readFileSync(join(output, `${name}.js`), 'utf8').replaceAll('import.meta.url', "''")
  const { code, errors } = await minify(`${name}.js`, source, { module: true })
  if (errors.length > 0) throw new Stop(`${name}.js: ${errors[0].message}`)
  const unwanted = /\bimport\s*\(|\bimport\.meta|\brequire\s*\(|['"]node:/.exec(code)
  if (unwanted) throw new Stop(`${name}.js contains ${unwanted[0]}, which bundlers stumble over`)
  return code
}

export const readWasm = (name) => readFileSync(join(output, `${name}.wasm`))

/** Writes wasm/module from what the preset `wasm` has built. */
export async function writeModules() {
  mkdirSync(folder, { recursive: true })
  for (const name of modules) {
    const wasm = readWasm(name)
    writeChanged(join(folder, `${name}.js`), await glue(name))
    writeChanged(join(folder, `${name}.d.ts`), readFileSync(join(output, `${name}.d.ts`), 'utf8'))
    writeChanged(join(folder, `${name}-bytes.js`), `export default '${wasm.toString('base64')}'\n`)
    writeChanged(join(folder, `${name}-bytes.d.ts`), 'declare const base64: string\nexport default base64\n')
  }
}
