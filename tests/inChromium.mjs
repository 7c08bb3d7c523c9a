// A page of any project in Chromium, with a watch over what none of them may do.
import assert from 'node:assert/strict'
import { launch, watchViolations } from './web/page.mjs'

/** Loads the page at a server's address for `use`; an error, a breach of the policy or a request elsewhere fails the test. Stops the server. */
export async function inChromium(server, use) {
  const browser = await launch()
  try {
    const page = await browser.newPage()
    const errors = []
    const elsewhere = []
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(error.message))
    page.on(
      'request',
      (request) => !/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.url) && elsewhere.push(request.url()),
    )
    await page.addInitScript(watchViolations)
    await page.goto(server.url)
    await use(page)
    assert.deepEqual(errors, [], 'no error is logged')
    assert.deepEqual(await page.evaluate(() => globalThis.policyViolations), [], 'the content security policy is kept')
    assert.deepEqual(elsewhere, [], 'no request leaves the origin')
  } finally {
    await browser.close()
    await server.close()
  }
}
