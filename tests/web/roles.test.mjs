// What each column is taken for: seen, and changed with one click.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { choose, means, shown, startBrowser, textFile, violations } from './page.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

const dot = (page, column, role) => page.getByRole('button', { name: `${column}: ${role}`, exact: true })

/** The roles of the columns as the switchboard has them. */
async function roles(page) {
  await page.locator('.dot').first().waitFor()
  const pressed = await page.locator('.dot[aria-pressed="true"]').evaluateAll((dots) => dots.map((each) => each.ariaLabel))
  return Object.fromEntries(pressed.map((words) => words.split(': ')))
}

const isSet = (page, column, role) => page.locator(`.dot[aria-pressed="true"][aria-label="${column}: ${role}"]`).waitFor()

const close2 = (value, wanted) => assert.ok(Math.abs(value - wanted) < 1e-6, `${value} instead of ${wanted}`)

const weighted = textFile('weighted.csv', 'name,label,other,first,second,much\na,0,1,0.5,0.5,1\nb,1,1,0.25,0.75,3\nc,0,0,0.5,0.5,0\n')
const [ln2, ln43] = [Math.log(2), Math.log(4 / 3)]

test('one click makes a column the weight, another the id or unused, and back', async () => {
  const { page, close } = await browser.open({ init: axe })
  await choose(page, weighted)
  await shown(page, 'weighted.csv')
  // Which columns are scores is not to be seen from these names.
  await dot(page, 'other', 'not used').click()
  await isSet(page, 'other', 'not used')
  await dot(page, 'much', 'weight').click()
  await isSet(page, 'much', 'weight')
  assert.deepEqual(await violations(page), [])
  close2((await means(page)).crossEntropy, (ln2 + 3 * ln43) / 4)
  await dot(page, 'much', 'not used').click()
  await isSet(page, 'much', 'not used')
  close2((await means(page)).crossEntropy, (2 * ln2 + ln43) / 3)
  await dot(page, 'name', 'id').click()
  await isSet(page, 'name', 'id')
  await page.locator('[data-row="id"]').first().waitFor()
  const ids = await page.locator('[data-row="id"]').evaluateAll((cells) => cells.map(({ value }) => value))
  assert.deepEqual(ids.sort(), ['a', 'b', 'c'])
  await close()
})

test('a column of weights by its name is not used when that is said', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('named.csv', 'label,p_a,p_b,sample_weight\n0,0.5,0.5,1\n1,0.25,0.75,3\n'))
  await shown(page, 'named.csv')
  assert.equal((await roles(page)).sample_weight, 'weight')
  close2((await means(page)).crossEntropy, (ln2 + 3 * ln43) / 4)
  await dot(page, 'sample_weight', 'not used').click()
  await isSet(page, 'sample_weight', 'not used')
  close2((await means(page)).crossEntropy, (ln2 + ln43) / 2)
  const command = await page.locator('[data-snippet="command"]').textContent()
  assert.match(command, /--weight ''/)
  await close()
})

test('another label, and several labels at once', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('labels.csv', 'label,second,logit_0,logit_1\n0,1,0,1\n1,1,0,-1\n0,0,2,0\n'))
  await shown(page, 'labels.csv')
  const before = (await means(page)).crossEntropy
  await dot(page, 'second', 'label').click()
  await isSet(page, 'second', 'label')
  assert.equal((await roles(page)).label, 'not used')
  assert.notEqual((await means(page)).crossEntropy, before)
  await dot(page, 'label', 'multi-label').click()
  await isSet(page, 'label', 'multi-label')
  await isSet(page, 'second', 'multi-label')
  const values = await means(page)
  const pairs = [
    [0, 0],
    [1, 1],
    [1, 0],
    [1, -1],
    [0, 2],
    [0, 0],
  ]
  close2(values.bceWithLogits, pairs.reduce((sum, [t, x]) => sum + Math.log1p(Math.exp(x)) - t * x, 0) / pairs.length)
  await close()
})

test('the keyboard moves over the switchboard and chooses', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('labels.csv', 'label,second,logit_0,logit_1\n0,1,0,1\n1,1,0,-1\n0,0,2,0\n'))
  await shown(page, 'labels.csv')
  // The table of columns is drawn after the first numbers.
  await page.locator('.dot').first().waitFor()
  assert.equal(await page.locator('.dot[tabindex="0"]').count(), 1, 'one stop of the Tab key')
  await page.locator('.dot[tabindex="0"]').focus()
  await page.keyboard.press('ArrowRight')
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), 'second: label')
  await page.keyboard.press('Enter')
  await isSet(page, 'second', 'label')
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), 'second: label', 'the focus stays')
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowDown')
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), 'logit_1: multi-label')
  await close()
})

test('a role that makes no sense is explained, and all stays as it was', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('labels.csv', 'label,second,logit_0,logit_1\n0,1,0,1\n1,1,0,-1\n0,0,2,0\n'))
  await shown(page, 'labels.csv')
  const before = await roles(page)
  await dot(page, 'logit_1', 'multi-label').click()
  await page.getByRole('alert').waitFor()
  assert.deepEqual(await roles(page), before)
  await close()
})
