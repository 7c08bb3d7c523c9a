// English and Chinese: chosen by the browser's languages, by the address or by the person, and the same numbers in both.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { allCodes } from '../js/messages.mjs'
import { choose, means, phone, sample, shown, startBrowser, textFile, violations } from './page.mjs'

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
  assert.match(await page.evaluate(() => location.hash), /lang=en/)
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

/** What the page says in Chinese for the messages of the package: a list of plain words, read as JavaScript without its types. */
async function chineseMessages() {
  const source = readFileSync(new URL('../../web/src/text/zhMessages.ts', import.meta.url), 'utf8')
  const plain = source.replace(/^(export const \w+): .+ = /gm, '$1 = ')
  return (await import(`data:text/javascript,${encodeURIComponent(plain)}`)).messages
}

test('every message of the package has its Chinese, with the same values, and none has it in vain', async () => {
  const messages = await chineseMessages()
  const codes = allCodes()
  assert.ok(codes.size > 150)
  for (const code of codes) {
    assert.ok(code in messages, `there is no Chinese for ${JSON.stringify(code)}`)
    const known = new Set(code.match(/\{\d+\}/g))
    for (const value of messages[code].match(/\{\d+\}/g) ?? []) assert.ok(known.has(value), `${code} has no ${value}`)
    const words = code.replace(/\{\d+\}/g, '')
    if (/[a-z]{2}/.test(words)) assert.match(messages[code], /\p{Script=Han}|^0 (至|或)/u, code)
  }
})

/** Three English words in a row are a sentence, or part of one. */
const english = /[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}/

test('what is said of a file, of its columns and of what is wrong in it is Chinese', async () => {
  const { page, close } = await browser.open({ locale: 'zh-CN' })
  for (const [name, content] of [
    ['good.csv', 'id,label,logit_a,logit_b,weight,note\n1,a,2,1,1,x\n2,b,0,1,2,y\n3,a,1,1,1,z\n'],
    ['sums.csv', 'label,p_0,p_1,p_2\n0,0.5,0.5,0.5\n2,0,0.5,0.25\n'],
    ['several.csv', 'y_a,y_b,p_a,p_b\n1,0,0.75,0.5\n1,1,0.5,0.25\n0,0,0.5,0.125\n'],
  ]) {
    await choose(page, textFile(name, content))
    await shown(page, name)
    const evidence = await page.locator('#reading-heading').locator('xpath=ancestor::section').textContent()
    assert.match(evidence, /\p{Script=Han}/u)
    assert.doesNotMatch(evidence, english, name)
  }
  for (const [name, content] of [
    ['faults.csv', 'label,logit_a,logit_b\na,1,2\na,,2\nb,x,2\nc,1,2\nb,1\n'],
    ['missing.csv', 'label,logit_a,logit_b\na,1,2\nb,,2\n'],
    ['ranked.csv', 'filename,index,label,prob\nx.png,3,cat,0.9\ny.png,5,dog,0.8\n'],
    ['lists.csv', 'label,logits\n0,"[-0.17 -0.14 ... 0.51 0.03]"\n1,"[-0.1 -0.4 ... 0.5 0.3]"\n'],
    ['none.csv', 'name,colour\nx,red\ny,blue\n'],
    ['empty.csv', ''],
    ['value.json', 'null'],
    ['percentages.csv', 'label,score\n0,5%\n1,70%\n'],
    ['percentage.csv', 'label,score\n0,0.5\n1,70%\n'],
  ]) {
    await choose(page, textFile(name, content))
    const alert = page.getByRole('alert').filter({ hasText: name })
    await alert.waitFor()
    const problem = (await alert.textContent()).replaceAll(name, '')
    assert.match(problem, /\p{Script=Han}/u)
    assert.doesNotMatch(problem, english, name)
  }
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
