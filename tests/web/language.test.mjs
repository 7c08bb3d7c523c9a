// English and Chinese: chosen by the browser's languages, by the address or by the person, and the same numbers in both.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { means, phone, sample, startBrowser, violations } from './page.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

const language = (page) => page.evaluate(() => document.documentElement.lang)

test('the browser’s language, and a switch that keeps what is shown and where the focus is', async () => {
  const { page, close } = await browser.open({ locale: 'zh-CN' })
  await page.getByRole('heading', { level: 1, name: '你的模型损失究竟是多少？' }).waitFor()
  assert.equal(await language(page), 'zh-Hans')
  await sample(page, 'digits_logits.csv')
  const chinese = await means(page)
  const english = page.getByRole('button', { name: 'English' })
  await english.click()
  await page.getByRole('heading', { name: 'Losses', exact: true }).waitFor()
  assert.equal(await language(page), 'en')
  assert.deepEqual(await means(page), chinese)
  assert.equal(await page.evaluate(() => document.activeElement.textContent), '中文')
  assert.match(new URL(page.url()).hash, /lang=en/)
  await close()
})

test('the language in the address', async () => {
  const { page, close } = await browser.open({ hash: '#lang=zh' })
  await page.getByRole('button', { name: '选择文件' }).waitFor()
  await close()
})

test('no word of the page is left in English', async () => {
  const { page, close } = await browser.open({ locale: 'zh-CN' })
  const words = await page.locator('h1, h2, .button, .sample .quiet, summary, .lead').allTextContents()
  assert.deepEqual(
    words.filter((text) => !/\p{Script=Han}/u.test(text)),
    [],
  )
  await sample(page, 'digits_logits.csv')
  const more = await page.locator('.result h2, .result .button, .result summary, .section-side .quiet, .loss-title').allTextContents()
  assert.deepEqual(
    more.filter((text) => !/\p{Script=Han}/u.test(text)),
    [],
  )
  await close()
})

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing in Chinese on a phone, ${colorScheme}`, async () => {
    const { page, close } = await browser.open({ locale: 'zh-CN', viewport: phone, colorScheme, init: axe })
    assert.deepEqual(await violations(page), [])
    await sample(page, 'digits_logits.csv')
    await page.locator('.drawn svg').first().waitFor()
    assert.deepEqual(await violations(page), [])
    await close()
  })
}
