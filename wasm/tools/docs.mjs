// npm run docs: the API's pages in build/site/api, from the comments in wasm/*.ts. Any warning is an error.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildPreset } from './cmake.mjs'
import { buildDocumentation } from './documentation.mjs'
import { modules, writeModules } from './module.mjs'
import { main, root, run } from './run.mjs'
import { ensurePackages, setUp } from './setup.mjs'

/** typedoc calls TypeScript's own compiler, which TypeScript 7 no longer has: it stands here with the last one that does. */
const folder = 'wasm/tools/docs'

/** Makes the pages, and the documentation anew, which links to them; `env` comes from `setUp`. The modules' declarations must be there, as after a build. */
export async function makeDocs() {
  await ensurePackages(folder)
  await run(process.execPath, [join(folder, 'node_modules/typedoc/bin/typedoc'), '--options', folder])
  if (existsSync(join(root, 'build/site/docs'))) await buildDocumentation()
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const env = await setUp()
    if (!existsSync(join(root, 'wasm/module/losses.d.ts'))) {
      await buildPreset('wasm', env, modules)
      await writeModules()
    }
    await makeDocs()
  })
}
