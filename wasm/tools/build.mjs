// npm run build: the wasm modules, the package in dist/ and the page in build/site.
import { copyFileSync, cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundlePackage } from './bundle.mjs'
import { buildPreset } from './cmake.mjs'
import { buildDocumentation } from './documentation.mjs'
import { modules, writeModules } from './module.mjs'
import { main, root, run } from './run.mjs'
import { setUp } from './setup.mjs'
import { checkSizes } from './sizes.mjs'
import { putVendorIn } from './vendor.mjs'

/** The package's modules as they are written, one for each file of wasm/. */
const written = join(root, 'build/package')

async function buildPackage(env) {
  const dist = join(root, 'dist')
  for (const folder of [written, dist]) rmSync(folder, { recursive: true, force: true })
  await run('tsc', ['--project', 'wasm/tsconfig.json'], { env })
  await putVendorIn(join(written, 'vendor'))
  cpSync(join(root, 'wasm/module'), join(written, 'module'), { recursive: true })
  await bundlePackage(written, dist)
  for (const name of modules) copyFileSync(join(root, `build/wasm/module/${name}.wasm`), join(dist, `${name}.wasm`))
}

async function buildPage(env) {
  await run('tsc', ['--project', 'web/tsconfig.json'], { env })
  await run('vite', ['build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'], { env })
}

/** Builds all of it; `env` comes from `setUp`. */
export async function build(env) {
  await buildPreset('wasm', env, modules)
  await writeModules()
  await buildPackage(env)
  await buildPage(env)
  await buildDocumentation()
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await build(await setUp())
    checkSizes()
  })
}
