// The built page in Chromium, with a watch over what no test may do: leave the origin, break the policy, log an error.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { serve } from '../../web/serve.mjs'

export const site = fileURLToPath(new URL('../../build/site', import.meta.url))
const examples = new URL('../../examples/data/', import.meta.url)

export const example = (name) => fileURLToPath(new URL(name, examples))

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path))

// The browser's own errands would stand among the requests that are looked at.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const desktop = { width: 1440, height: 900 }
export const phone = { width: 390, height: 844 }

export const launch = () => chromium.launch({ executablePath, args })

/** Serves the page and starts a browser; `open` gives a fresh page of it. */
export async function startBrowser({ folder = site, isChanging = false } = {}) {
  const asked = []
  const server = await serve(folder, { isChanging, onRequest: (path) => asked.push(path) })
  const browser = await launch()
  const close = async () => {
    await browser.close()
    await server.close()
  }
  return { url: server.url, asked, close, open: (options) => openPage(browser, server.url, asked, options) }
}

/** To be run in a page before its own scripts. */
export function watchViolations() {
  globalThis.policyViolations = []
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    globalThis.policyViolations.push(`${violatedDirective} ${blockedURI}`)
  })
}

/** For `init`: what the worker says waits while `held` is true of it, until `release` is called. */
export const holding = `
const waiting = []
globalThis.held = () => false
globalThis.isHolding = () => waiting.length > 0
globalThis.release = () => {
  globalThis.held = () => false
  for (const deliver of waiting.splice(0)) deliver()
}
const listen = Worker.prototype.addEventListener
Worker.prototype.addEventListener = function (type, listener, ...options) {
  const hear = (event) => {
    const isHeld = type === 'message' && (waiting.length > 0 || globalThis.held(event.data))
    if (isHeld) waiting.push(() => listener(event))
    else listener(event)
  }
  return listen.call(this, type, hear, ...options)
}`

/** Until the page's program is kept: from then on it asks its server for nothing. */
const kept = (page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null)

async function openPage(
  browser,
  url,
  asked,
  { colorScheme = 'light', viewport = desktop, init, locale = 'en-US', hash = '', permissions = [] } = {},
) {
  const context = await browser.newContext({ colorScheme, viewport, reducedMotion: 'reduce', locale, permissions })
  const page = await context.newPage()
  const errors = []
  const requests = []
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && errors.push(message.text()))
  page.on('pageerror', (error) => errors.push(error.message))
  context.on('request', (request) => requests.push(request.url()))
  // From the start, or the first dialog may open before it is known that a test takes its place.
  page.on('filechooser', () => {})
  await page.addInitScript(watchViolations)
  if (init) await page.addInitScript({ content: init })
  await page.goto(url + hash)
  await kept(page)
  const loaded = asked.length

  /** What every test ends with. `expectedErrors` are those that the test itself brought about. */
  const close = async ({ expectedErrors = [], mayAsk = false } = {}) => {
    const unexpected = errors.filter((error) => !expectedErrors.some((pattern) => pattern.test(error)))
    assert.deepEqual(unexpected, [], 'no error is logged')
    assert.deepEqual(await page.evaluate(() => globalThis.policyViolations), [], 'the content security policy is kept')
    const elsewhere = requests.filter(
      (address) => !address.startsWith(url) && !address.startsWith(`blob:${url}`) && !address.startsWith('data:'),
    )
    assert.deepEqual(elsewhere, [], 'no request leaves the origin')
    // The browser itself looks for a newer service worker now and then.
    const later = asked.slice(loaded).filter((path) => path !== '/service-worker.js')
    if (!mayAsk) assert.deepEqual(later, [], 'no request reaches the server after the page is loaded')
    assert.deepEqual(await context.storageState(), { cookies: [], origins: [] }, 'nothing is stored')
    await context.close()
  }
  return { page, context, requests, close }
}

/** Gives files to the page as its button does. */
export async function choose(page, file) {
  const dialog = page.waitForEvent('filechooser')
  await page
    .getByRole('button', { name: /^(Choose a file|Open another file|选择文件|打开其他文件)$/ })
    .first()
    .click()
  await (await dialog).setFiles(file)
}

export const textFile = (name, content) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })

/** Drops files on the page's body as a file manager does. */
export async function drop(page, files) {
  const contents = files.map(({ name, buffer }) => ({ name, content: buffer.toString('utf8') }))
  const transfer = await page.evaluateHandle((contents) => {
    const data = new DataTransfer()
    for (const { name, content } of contents) data.items.add(new File([content], name))
    return data
  }, contents)
  for (const type of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('body', type, { dataTransfer: transfer })
}

/** Drops a file of `copies` times the rows of the digits sample, made in the page: nothing is written to a disk. */
export async function dropLarge(page, copies) {
  await page.evaluate(async (copies) => {
    const [head, ...rows] = ['label,a,b,c', ...Array.from({ length: 2000 }, (_, row) => `${row % 3},0.123456,-1.234567,2.345678`)]
    const block = new Blob([`${rows.join('\n')}\n`])
    const file = new File([`${head}\n`, ...Array(copies).fill(block)], 'large.csv')
    const transfer = new DataTransfer()
    transfer.items.add(file)
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true }))
  }, copies)
}

/** Opens one of the page's samples and waits for its result. */
export async function sample(page, name) {
  await page.getByRole('button', { name }).click()
  await shown(page, name)
}

// Chromium drops what a page downloads beyond ten files in a second, and says nothing.
const burst = { files: 10, milliseconds: 1000 }
const bursts = new WeakMap()

/** Waits until the page may download once more. */
async function pace(page) {
  const { first, files } = bursts.get(page) ?? { files: 0 }
  if (files < burst.files) return
  await page.waitForTimeout(Math.max(0, first + 1.1 * burst.milliseconds - performance.now()))
  bursts.delete(page)
}

function count(page) {
  const { first = performance.now(), files = 0 } = bursts.get(page) ?? {}
  bursts.set(page, { first, files: files + 1 })
}

/** The bytes of the file that a button of this place downloads. */
export async function download(place, name) {
  const page = place.page?.() ?? place
  await pace(page)
  const begun = page.waitForEvent('download')
  // A click that hangs is told as what it is.
  begun.catch(() => {})
  await place.getByRole('button', { name }).click()
  const path = await (await begun).path()
  count(page)
  return readFileSync(path)
}

/** The same as text. */
export const downloaded = async (place, name) => (await download(place, name)).toString('utf8')

/** Waits until the result of a file is shown, with all that is drawn a paint after the first numbers. */
export async function shown(page, name) {
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
}

/** The means of the shown losses by key. Their table is drawn a paint after the first numbers. */
export async function means(page) {
  await page.locator('data[data-loss]').first().waitFor({ state: 'attached' })
  const entries = await page.locator('data[data-loss]').evaluateAll((cells) => cells.map((cell) => [cell.dataset.loss, Number(cell.value)]))
  return Object.fromEntries(entries)
}

/** After a layout and what the page makes of it. */
const settled = (page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))))

/** What axe has to say; the page must have been opened with it. */
export async function violations(page) {
  await settled(page)
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}
