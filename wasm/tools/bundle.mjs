// The package's modules joined into few files: Node takes half a millisecond for each that it loads, and there are a hundred.
import { cpSync, existsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { Stop } from './run.mjs'

/** What package.json names, by the place of its module. */
const entries = ['index', 'evaluate/index', 'dialects/index', 'external', 'tfjs', 'cli/main']

/** Where all that several entries share is put, and the worker with it, which is started from there by its place. */
const shared = 'shared'

/** What is loaded when it is first needed stays a file of its own: the wasm as text, and readers of formats. */
const isKept = (source, path) => /^(module[/\\].+-bytes\.js$|vendor[/\\])/.test(relative(source, path))

/** The code in place of what it imports from node_modules, minified. */
export async function bundleVendor(path) {
  // Loaded here: what a fresh clone lacks is installed by the scripts that import this file.
  const { build } = await import('rolldown')
  const result = await build({
    input: path,
    platform: 'browser',
    write: false,
    output: { minify: true, codeSplitting: false },
  })
  return result.output[0].code
}

function checkPlaces(folder, { fileName, code }) {
  for (const [, place] of code.matchAll(/new URL\("(.+?)", import\.meta\.url\)/g)) {
    if (!existsSync(join(folder, dirname(fileName), place))) throw new Stop(`dist/${fileName} looks for ${place}, which is not there`)
  }
}

/** From the modules in `source`, one for each file of wasm/, to those in `folder`, with all declarations. */
export async function bundlePackage(source, folder) {
  const { build } = await import('rolldown')
  const input = Object.fromEntries(entries.map((entry) => [entry, join(source, `${entry}.js`)]))
  input[`${shared}/worker`] = join(source, 'evaluate/workers/worker.js')
  const { output } = await build({
    input,
    platform: 'neutral',
    external: (id) => id.startsWith('node:') || (isAbsolute(id) && isKept(source, id)),
    makeAbsoluteExternalsRelative: true,
    output: {
      dir: folder,
      entryFileNames: '[name].js',
      chunkFileNames: `${shared}/[name].js`,
      comments: { annotation: true, jsdoc: false },
    },
  })
  cpSync(source, folder, { recursive: true, filter: (path) => !path.endsWith('.js') || isKept(source, path) })
  for (const chunk of output) checkPlaces(folder, chunk)
}
