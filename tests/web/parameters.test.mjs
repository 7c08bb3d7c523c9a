// Parameters as live controls: the file is not read again, and what they give is what they say.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { choose, means, sample, shown, startBrowser, textFile } from './page.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

/** Waits until a shown loss is another, and gives all of them. */
async function changed(page, key, before) {
  await page.waitForFunction(([key, old]) => Number(document.querySelector(`[data-loss="${key}"]`)?.value) !== old, [key, before])
  return means(page)
}

async function set(page, name, value) {
  const input = page.getByRole('spinbutton', { name, exact: true })
  await input.fill(String(value))
  await input.press('Enter')
}

test('a slider that is moved computes all the time', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  const before = await means(page)
  const slider = page.getByRole('slider', { name: 'γ, focusing, slider' })
  await slider.focus()
  await page.keyboard.press('ArrowRight')
  const moved = await changed(page, 'softmaxFocal', before.softmaxFocal)
  assert.ok(moved.softmaxFocal < before.softmaxFocal)
  assert.equal(await page.getByRole('spinbutton', { name: 'γ, focusing' }).inputValue(), '2.1')
  assert.ok(await slider.evaluate((input) => input === document.activeElement), 'the focus stays')
  await page.keyboard.press('Home')
  await page.waitForFunction(
    () => document.querySelector('[data-loss="softmaxFocal"]').value === document.querySelector('[data-loss="crossEntropy"]').value,
  )
  await close()
})

test('temperature changes every loss, and the proposed one makes cross entropy least', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  const before = await means(page)
  await page.getByRole('button', { name: /^Compute with temperature 0\.688/ }).click()
  const least = (await changed(page, 'crossEntropy', before.crossEntropy)).crossEntropy
  for (const temperature of [0.65, 0.75]) {
    await set(page, 'Temperature', temperature)
    assert.ok((await changed(page, 'crossEntropy', least)).crossEntropy > least)
    await set(page, 'Temperature', 0.688)
    await page.waitForFunction((least) => Number(document.querySelector('[data-loss="crossEntropy"]').value) === least, least)
  }
  await page.getByRole('button', { name: 'Back to temperature 1' }).click()
  await page.waitForFunction((old) => Number(document.querySelector('[data-loss="crossEntropy"]').value) === old, before.crossEntropy)
  await close()
})

test('class weights by scheme and one by one', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('weighted.csv', 'label,logit_0,logit_1,logit_2\n2,1,2,3\n0,0,0,0\n'))
  await shown(page, 'weighted.csv')
  await page.getByRole('combobox', { name: 'Class weights' }).selectOption('own')
  const weights = page.getByRole('textbox', { name: '3 weights, in the order of the classes' })
  await weights.fill('1, 2, 3')
  await weights.press('Enter')
  const cell = page.locator('[data-loss="crossEntropyWeighted"]')
  await cell.waitFor()
  await page.waitForFunction(() => Math.abs(Number(document.querySelector('[data-loss="crossEntropyWeighted"]').value) - 0.58035755) < 1e-7)
  await page.getByRole('combobox', { name: 'Class weights' }).selectOption('complement')
  await page.locator('[data-loss="crossEntropyComplement"]').waitFor()
  await close()
})

test('an ignored label is left out and counted', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  await set(page, 'Ignored label', 3)
  await page.getByText('92 more ignored').waitFor()
  assert.equal(await page.locator('.facts data[value="807"]').count(), 1)
  await close()
})
