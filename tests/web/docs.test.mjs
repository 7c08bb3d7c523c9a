// The documentation: no dead link, no script, the strict policy, light and dark, on a phone.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { load } from 'losskit'
import { makeDocs } from '../../wasm/tools/docs.mjs'
import { root } from '../../wasm/tools/run.mjs'
import { buildDocs } from '../../web/docs/build.mjs'
import { contents } from '../../web/docs/contents.mjs'
import { phone, startBrowser } from './page.mjs'

const site = join(root, 'build/site')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8')
const files = contents.flatMap((section) => section.files.map((file) => `docs/${file.replace(/\.md$/, '.html')}`))
const read = (file) => readFileSync(join(site, file), 'utf8')
const valuesOf = (text, attribute) => [...text.matchAll(new RegExp(`\\s${attribute}="([^"]*)"`, 'g'))].map(([, value]) => value)

describe('the documentation', () => {
  let browser
  before(async () => {
    if (!existsSync(join(site, 'api'))) await makeDocs()
    browser = await startBrowser()
  })
  after(() => browser.close())

  it('has every page that its sources have', () => {
    const there = readdirSync(join(site, 'docs'), { recursive: true }).filter((name) => name.endsWith('.html'))
    assert.deepEqual(there.map((name) => `docs/${name}`).sort(), [...files].sort())
  })

  it('has no dead link', () => {
    const dead = files.flatMap((file) =>
      [...valuesOf(read(file), 'href'), ...valuesOf(read(file), 'src')]
        .filter((address) => !/^(https?|data):/.test(address))
        .filter((address) => {
          const [path, anchor] = address.split('#')
          const target = path === '' ? file : normalize(join(dirname(file), path))
          return !existsSync(join(site, target)) || (anchor && !valuesOf(read(target), 'id').includes(anchor))
        })
        .map((address) => `${file}: ${address}`),
    )
    assert.deepEqual(dead, [])
  })

  it('links to the pages of the API where they are', async () => {
    assert.match(read('docs/index.html'), /href="\.\.\/api\/index\.html"/)
    const alone = mkdtempSync(join(tmpdir(), 'losskit-docs-'))
    try {
      await buildDocs(join(alone, 'docs'), await load({ variant: 'simd' }))
      assert.doesNotMatch(readFileSync(join(alone, 'docs/index.html'), 'utf8'), /\/api\//)
    } finally {
      rmSync(alone, { recursive: true })
    }
  })

  it('is linked to from the page, and leads back', async () => {
    const { page, close } = await browser.open()
    await page.getByRole('link', { name: 'Documentation' }).first().click()
    await page.getByRole('heading', { level: 1, name: 'Get started' }).waitFor()
    await page.getByRole('link', { name: 'Losskit', exact: true }).click()
    await page.waitForURL(/\/(index\.html)?$/)
    await close({ mayAsk: true })
  })

  it('shows the formula and the plot of every loss, computed without a number missing', () => {
    const losses = files.filter((file) => file.startsWith('docs/losses/') && !/choosing|class-weights|activations/.test(file))
    assert.equal(losses.length, 9)
    for (const file of losses) {
      const text = read(file)
      assert.match(text, /<math /, file)
      assert.match(text, /<path class="line line-0" d="M[\d.]+ [\d.]+L/, file)
      assert.doesNotMatch(text, /<merror|\sd="[^"]*(NaN|undefined)/, file)
    }
  })

  it('runs nothing and styles nothing inline', () => {
    for (const file of files) assert.doesNotMatch(read(file), /<script|<style|\sstyle=|\son\w+=/, file)
  })

  const screens = { 'in light on a desktop': {}, 'in dark on a phone': { colorScheme: 'dark', viewport: phone } }
  for (const [name, options] of Object.entries(screens)) {
    it(`keeps its policy, is accessible and fits the screen, ${name}`, async () => {
      const { page, close } = await browser.open({ ...options, init: axe })
      for (const file of files) {
        // A busy machine may take its time: what is waited for is the page, not the clock.
        await page.goto(new URL(file, browser.url).href, { timeout: 0 })
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        assert.equal(wide, 0, `${file} is too wide by ${wide}`)
        const { violations } = await page.evaluate(() => globalThis.axe.run())
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${file}: ${id} ${nodes[0].html}`),
          [],
        )
      }
      await close({ mayAsk: true })
    })
  }
})
