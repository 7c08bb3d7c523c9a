// The promise that a file stays in the tab is kept by the browser, in the page and in its worker alike.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { brotliCompressSync } from 'node:zlib'
import { sample, site, startBrowser } from './page.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

const elsewhere = 'http://localhost:9/'

/** Tries to send something away and says which directive forbade it. */
async function send(address) {
  const violation = new Promise((resolve) => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective))
  })
  const sent = await fetch(address, { method: 'POST', body: 'secret', mode: 'no-cors' }).then(
    () => true,
    () => false,
  )
  return sent ? 'sent' : violation
}

test('neither the page nor its worker can send anything elsewhere', async () => {
  const { page } = await browser.open()
  await sample(page, 'digits_logits.csv')
  assert.equal(await page.evaluate(send, elsewhere), 'connect-src')
  const [worker] = page.workers()
  assert.equal(await worker.evaluate(send, elsewhere), 'connect-src')
  await page.context().close()
})

test('the policy shown to the person is the one in force', async () => {
  const { page, close } = await browser.open()
  await page.getByText('How to check that').click()
  const shown = await page.locator('.privacy code').textContent()
  const { headers } = await page.evaluate(async () => ({ headers: Object.fromEntries((await fetch('.')).headers) }))
  for (const directive of shown.split('; ')) assert.ok(headers['content-security-policy'].includes(directive), directive)
  await close()
})

/** Notes in the page what it has fetched when it can first be used. */
function noteFirst() {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.drop-zone button')) return
    observer.disconnect()
    const fetched = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
    globalThis.first = ['/index.html', ...fetched]
  }).observe(document, { childList: true, subtree: true })
}

test('the first load is light; charts, readers and other languages wait', async () => {
  const { page, close } = await browser.open({ init: `(${noteFirst})()` })
  const paths = await page.evaluate(() => globalThis.first)
  assert.ok(paths.length > 2, paths.join('\n'))
  const weight = paths.reduce((sum, path) => sum + brotliCompressSync(readFileSync(join(site, path))).length, 0)
  assert.ok(weight <= 90_000, `${weight} bytes, compressed: ${paths.join('\n')}`)
  // Any letters may be in the hash of what a file holds.
  const names = paths.map((path) => path.replace(/-[\w-]{8}(?=\.\w+$)/, ''))
  assert.ok(!names.some((name) => /worker|simd|plotting|Results|zh|\.csv|\.npz/.test(name)), paths.join('\n'))
  await close()
})
