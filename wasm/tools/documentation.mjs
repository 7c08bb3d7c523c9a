// The documentation beside the page.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './run.mjs'

/** Both are loaded late: the one needs packages that are not installed yet when this file is, the other is built here. */
export async function buildDocumentation() {
  const { buildDocs } = await import('../../web/docs/build.mjs')
  const { load } = await import(pathToFileURL(join(root, 'dist/index.js')).href)
  await buildDocs(join(root, 'build/site/docs'), await load({ variant: 'simd' }))
}
