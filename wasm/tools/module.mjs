// From Emscripten's output to the modules the package loads: the glue as an ES module that any bundler takes, the wasm beside it as text.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, Stop } from './run.mjs'

const output = join(root, 'build/wasm/module')
const folder = join(root, 'wasm/module')

function writeChanged(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  writeFileSync(path, text)
}

/** Emscripten's glue, by the name it has in the package, and the modules it is for: the variants of one list of functions. */
const glues = { losses: ['simd', 'relaxed-simd'], evaluation: ['evaluate-simd', 'evaluate-relaxed-simd'] }

/** The wasm modules of the package: losses and evaluation, each in both variants. */
export const modules = Object.values(glues).flat()

/** What is the glue of a module. */
export const glueOf = (name) => Object.keys(glues).find((glue) => glues[glue].includes(name))

/**
 * The glue without `import.meta.url` and the name of a wasm file: with them, bundlers would look for one beside the module and copy it.
 * The package always hands the bytes over itself.
 */
async function minifiedGlue(name) {
  const { minify } = await import('vite')
  const source = readFileSync(join(output, `${name}.js`), 'utf8')
    .replaceAll('import.meta.url', "''")
    .replaceAll(`${name}.wasm`, '')
  const { code, errors } = await minify(`${name}.js`, source, { module: true })
  if (errors.length > 0) throw new Stop(`${name}.js: ${errors[0].message}`)
  const unwanted = /\bimport\s*\(|\bimport\.meta|\brequire\s*\(|['"]node:/.exec(code)
  if (unwanted) throw new Stop(`${name}.js contains ${unwanted[0]}, which bundlers stumble over`)
  return code
}

/** One for both variants, which differ in what is behind their functions alone. */
async function writeGlue(glue) {
  const [first, ...others] = glues[glue]
  const code = await minifiedGlue(first)
  for (const name of others) {
    if ((await minifiedGlue(name)) !== code) throw new Stop(`the glue of ${name} is not that of ${first}`)
  }
  writeChanged(join(folder, `${glue}.js`), code)
  writeChanged(join(folder, `${glue}.d.ts`), readFileSync(join(output, `${first}.d.ts`), 'utf8'))
}

export const readWasm = (name) => readFileSync(join(output, `${name}.wasm`))

/** Writes wasm/module from what the preset `wasm` has built. */
export async function writeModules() {
  mkdirSync(folder, { recursive: true })
  for (const glue of Object.keys(glues)) await writeGlue(glue)
  for (const name of modules) {
    writeChanged(join(folder, `${name}-bytes.js`), `export default '${readWasm(name).toString('base64')}'\n`)
    writeChanged(join(folder, `${name}-bytes.d.ts`), 'declare const base64: string\nexport default base64\n')
  }
}
