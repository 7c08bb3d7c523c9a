// The packed package in every place that imports it: no settings anywhere, and the page's own strict policy in every browser.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { createServer } from 'vite'
import { contentSecurityPolicy, serve } from '../../web/serve.mjs'
import { inChromium } from '../inChromium.mjs'
import { makeProject, tarball } from './projects.mjs'

const loss = Math.log1p(Math.exp(-2))
const wrong = 1 / (1 + Math.exp(2))

const isClose = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`)

function assertLoss({ value, gradient }) {
  isClose(value, loss)
  isClose(gradient[0], -wrong)
  isClose(gradient[1], wrong)
}

function assertComputed(result) {
  assertLoss(result)
  assert.equal(result.rows, 3)
  isClose(result.mean, (loss + loss + loss + 2) / 3)
}

const large = (page, workers) => page.evaluate((workers) => globalThis.evaluateLarge(workers), workers)
function assertLarge({ rows, mean }) {
  assert.equal(rows, 1_500_000)
  isClose(mean, (loss + loss + loss + 2) / 3)
}

const computed = async (page) => assertComputed(await page.evaluate(() => globalThis.result))
const onPage = async (page) => {
  await computed(page)
  assertLarge(await large(page))
}
/** Where the bundler takes the package's own workers along. */
const withWorkers = async (page) => assertLarge(await large(page, 2))
/** Where it does not: the calling thread reads, unless workers were asked for. */
const withoutWorkers = async (page) => {
  await onPage(page)
  await assert.rejects(large(page, 2), /large\.csv|worker/)
}
const onPageAndInWorker = async (page) => {
  await onPage(page)
  await withWorkers(page)
  assertComputed(await page.evaluate(() => globalThis.computeInWorker()))
}

it('has types that fit, however TypeScript looks for them', async () => {
  const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const modules = Object.keys(exports).filter((name) => exports[name].types)
  const found = await checkPackage(createPackageFromTarballData(readFileSync(tarball)), { entrypoints: modules })
  assert.deepEqual(Object.keys(found.entrypoints), modules)
  // It is ES modules only: a CommonJS file asks for them with import(), and Node 10 knew neither them nor "exports".
  const isWrong = ({ kind, resolutionKind }) => resolutionKind !== 'node10' && kind !== 'CJSResolvesToESM'
  assert.deepEqual(found.problems.filter(isWrong), [])
})

describe('in Node', () => {
  const print = (name, args = []) => JSON.parse(makeProject(name).run('node', [...args, 'main.js']))

  it('is imported as an ES module', () => assertComputed(print('node')))

  it('runs in worker_threads', () => assertComputed(print('worker-threads')))

  it('is imported by a page that is rendered on a server, and touches nothing there', () => {
    const { html, later } = print('server', ['--import', './forbid.js'])
    assert.equal(html, '<button>Evaluate</button><p>0.9901 0.0099</p>')
    assert.deepEqual(later, Array(4).fill('function'))
  })

  it('takes a compiled module where bytes may not be compiled', () => assertLoss(print('external')))
})

describe('in a browser without a bundler', () => {
  it('is imported through an import map', async () => {
    const { folder } = makeProject('import-map')
    const [, map] = /<script type="importmap">([\s\S]*?)<\/script>/.exec(readFileSync(join(folder, 'index.html'), 'utf8'))
    const hash = createHash('sha256').update(map).digest('base64')
    const policy = contentSecurityPolicy.replace("script-src 'self'", `script-src 'self' 'sha256-${hash}'`)
    await inChromium(await serve(folder, { policy }), async (page) => {
      await onPage(page)
      await withWorkers(page)
    })
  })

  it('is imported by a module worker', async () => {
    await inChromium(await serve(makeProject('module-worker').folder), computed)
  })
})

describe('bundled', () => {
  it('by Vite, with its worker', async () => {
    const { folder, run } = makeProject('vite')
    run('vite', ['build'])
    await inChromium(await serve(join(folder, 'dist')), onPageAndInWorker)
  })

  it("by Vite's development server, with its worker", async () => {
    const { folder } = makeProject('vite')
    const server = await createServer({ root: folder, server: { port: 0 }, logLevel: 'error' })
    await server.listen()
    await inChromium({ url: server.resolvedUrls.local[0], close: () => server.close() }, onPageAndInWorker)
  })

  it('by webpack, with its worker', async () => {
    const { folder, run } = makeProject('webpack')
    run('webpack', ['--mode', 'production', './page.js'])
    await inChromium(await serve(folder), onPageAndInWorker)
  })

  it('by Rollup', async () => {
    const { folder, run } = makeProject('rollup')
    run('rollup', ['--plugin', 'node-resolve', '--dir', 'dist', 'page.js'])
    await inChromium(await serve(folder), withoutWorkers)
  })

  it('by esbuild, split and in one file', async () => {
    const { folder, run } = makeProject('esbuild')
    for (const options of [['--splitting'], []]) {
      run('esbuild', ['page.js', '--bundle', '--format=esm', '--outdir=dist', ...options])
      await inChromium(await serve(folder), withoutWorkers)
    }
  })
})
