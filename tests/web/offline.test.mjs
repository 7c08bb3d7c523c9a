// After one visit the page needs no network; a newer version is told of and taken only when the person says so.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sample, site, startBrowser } from './page.mjs'

let browser
let folder
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'losskit-site-'))
  cpSync(site, folder, { recursive: true })
  browser = await startBrowser({ folder, isChanging: true })
})
after(async () => {
  await browser.close()
  rmSync(folder, { recursive: true })
})

test('without a network the page loads, draws and evaluates', async () => {
  const { page, context, close } = await browser.open()
  await context.setOffline(true)
  await page.reload()
  await sample(page, 'digits_logits.csv')
  await page.locator('.drawn svg').first().waitFor()
  await page.getByRole('button', { name: '中文' }).click()
  await page.getByRole('button', { name: '打开其他文件' }).waitFor()
  await close({ expectedErrors: [/ERR_INTERNET_DISCONNECTED/] })
})

test('nothing of a file is kept: the caches hold the build’s files alone', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  const kept = await page.evaluate(async () => {
    const names = await caches.keys()
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return requests.flat().map(({ url }) => new URL(url).pathname)
  })
  const listed = JSON.parse(/files = (\[.*\])/.exec(readFileSync(join(folder, 'service-worker.js'), 'utf8'))[1])
  assert.deepEqual(kept.sort(), listed.map((file) => (file === './' ? '/' : `/${file}`)).sort())
  assert.deepEqual(await page.evaluate(async () => (await indexedDB.databases()).length), 0)
  await close()
})

test('no file is kept twice', () => {
  const names = readdirSync(join(folder, 'assets')).map((file) => file.replace(/-[\w-]{8}(?=\.\w+$)/, ''))
  assert.deepEqual(names, [...new Set(names)])
  assert.ok(names.includes('hyparquet.js'), names.join())
})

test('a newer version waits for the person', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  const script = join(folder, 'service-worker.js')
  const before = readFileSync(script, 'utf8')
  writeFileSync(join(folder, 'index.html'), readFileSync(join(folder, 'index.html'), 'utf8').replace('<html', '<html data-newer'))
  writeFileSync(script, before.replace(/losskit-\$\{"\w+"\}/, 'losskit-newer'))
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update())
  await page.getByText('A newer version of this page is ready').waitFor()
  assert.equal(await page.locator('html[data-newer]').count(), 0)
  await page.getByRole('heading', { level: 1, name: 'cancer_scores.csv' }).waitFor()
  await page.getByRole('button', { name: 'Take it now' }).click()
  await page.locator('html[data-newer]').waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Choose a file' }).waitFor()
  await close({ mayAsk: true })
})
