// The promise that a file stays in the tab is kept by the browser, in the page and in its worker alike.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sample, startBrowser } from './page.mjs'

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

test('the first load is light, and the evaluation is fetched with the first file', async () => {
  const { page, requests, close } = await browser.open()
  await page.waitForLoadState('networkidle')
  const transferred = await page.evaluate(() =>
    performance.getEntries().reduce((sum, { encodedBodySize }) => sum + (encodedBodySize ?? 0), 0),
  )
  assert.ok(transferred > 0 && transferred < 150_000, `${transferred} bytes before compression`)
  assert.ok(!requests.some((address) => /worker|simd|Picture|\.csv/.test(address)), requests.join('\n'))
  await sample(page, 'digits_logits.csv')
  assert.ok(requests.some((address) => /evaluation\.worker/.test(address)))
  assert.ok(!requests.some((address) => /Picture/.test(address)), 'no picture, no library for it')
  await close()
})
