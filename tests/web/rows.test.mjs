// The rows: sorted, chosen by class and range, turned page by page, exported; and those whose label is likely wrong.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { choose, desktop, downloaded, phone, sample, shown, startBrowser, textFile } from './page.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

const rowsOf = (page) => page.getByRole('region', { name: 'Rows', exact: true })

const values = (rows, key) => rows.locator(`[data-row="${key}"]`).evaluateAll((cells) => cells.map(({ value }) => value))
const numbers = async (rows, key) => (await values(rows, key)).map(Number)

const isFalling = (list) => list.every((value, index) => index === 0 || list[index - 1] >= value)

/** Waits for the range that the pager tells. */
const total = (rows, text) => rows.locator('.pager span').filter({ hasText: text }).waitFor()

test('a desktop shows all columns of the rows, a phone those up to the loss', async () => {
  for (const [viewport, last] of [
    [desktop, 'Line'],
    [phone, 'Loss'],
  ]) {
    const { page, close } = await browser.open({ viewport })
    await sample(page, 'digits_logits.csv')
    const head = page.locator('table.rows').getByRole('columnheader', { name: last, exact: true })
    const { x, width } = await head.boundingBox()
    const place = await page.locator('.scroll', { has: page.locator('table.rows') }).boundingBox()
    assert.ok(x + width <= place.x + place.width + 1, `${last} ends at ${x + width}, in sight is what ends at ${place.x + place.width}`)
    await close()
  }
})

test('a desktop shows all columns of the classes, whatever their losses are called', async () => {
  for (const name of ['digits_logits.csv', 'cancer_scores.csv', 'digits_attributes.npz']) {
    const { page, close } = await browser.open()
    await sample(page, name)
    const widths = await page
      .locator('.scroll', { has: page.locator('table.classes') })
      .evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])
    assert.equal(widths[0], widths[1], name)
    await close()
  }
})

test('on a phone the names of classes pass below the head of the page', async () => {
  const { page, close } = await browser.open({ viewport: phone })
  await sample(page, 'digits_logits.csv')
  const name = page.locator('.classes tbody th').nth(4)
  await name.waitFor()
  const isCovered = await name.evaluate((cell) => {
    const { left, top, height } = cell.getBoundingClientRect()
    const { bottom } = document.querySelector('.header').getBoundingClientRect()
    scrollBy({ top: top + height / 2 - bottom / 2, behavior: 'instant' })
    return document.elementFromPoint(left + 4, bottom / 2).closest('.header') !== null
  })
  assert.ok(isCovered)
  await close()
})

test('wrong rows have a mark, and a row without a label says so', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_attributes.npz')
  const cells = await page.locator('table.rows tbody tr').evaluateAll((rows) =>
    rows.map((row) => {
      const cell = (key) => row.querySelector(`[data-row="${key}"]`)
      const [label, predicted] = ['label', 'predicted'].map((key) => ({ value: cell(key).value, text: cell(key).textContent }))
      return { label, predicted, said: cell('predicted').parentElement.textContent, marks: row.querySelectorAll('svg').length }
    }),
  )
  for (const { label, predicted, said, marks } of cells) {
    for (const { value, text } of [label, predicted]) assert.equal(text, value || 'none')
    assert.equal(marks, label.value === predicted.value ? 0 : 1)
    assert.equal(said, label.value === predicted.value ? predicted.text : `${predicted.text} (wrong)`)
  }
  assert.ok(cells.some(({ predicted }) => predicted.value === ''))
  await close()
})

test('the hardest first, sorted by any measure, a page at a time', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  const rows = rowsOf(page)
  await total(rows, '1 to 25 of 899')
  const losses = await numbers(rows, 'loss')
  assert.equal(losses.length, 25)
  assert.ok(isFalling(losses), losses.join())
  await rows.getByRole('button', { name: 'Next' }).click()
  await total(rows, '26 to 50 of 899')
  await rows.locator(`[data-row="loss"]`).first().waitFor()
  await rows.getByRole('columnheader', { name: 'Confidence' }).getByRole('button').click()
  await total(rows, '1 to 25 of 899')
  await page.waitForFunction(() => {
    const confidences = [...document.querySelectorAll('[data-row="confidence"]')].map(({ value }) => Number(value))
    return confidences.length === 25 && confidences.every((value, index) => index === 0 || confidences[index - 1] >= value)
  })
  assert.equal(await rows.getByRole('columnheader', { name: 'Confidence' }).getAttribute('aria-sort'), 'descending')
  await close()
})

test('chosen by classes and by range, and all of them exported', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  const rows = rowsOf(page)
  await rows.getByRole('combobox', { name: 'True class' }).selectOption('8')
  await total(rows, /of 87$/)
  await rows.getByLabel('from', { exact: true }).fill('1')
  await rows.getByLabel('from', { exact: true }).press('Enter')
  await page.waitForFunction(() => [...document.querySelectorAll('[data-row="loss"]')].every(({ value }) => Number(value) >= 1))
  const shown = await rows.locator('.pager span').textContent()
  const count = Number(/of (\d+)$/.exec(shown)[1])
  assert.ok(count > 0 && count < 87, shown)
  const [head, ...lines] = (await downloaded(rows, /Download .* as CSV/)).trim().split('\r\n')
  assert.equal(lines.length, count)
  const at = head.split(',').indexOf('loss')
  assert.ok(lines.every((line) => Number(line.split(',')[at]) >= 1))
  await rows.getByRole('button', { name: 'Show all rows' }).click()
  await total(rows, /of 899$/)
  await close()
})

test('likely label errors are wrong, sure and few, and are exported', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  const rows = rowsOf(page)
  await rows.getByRole('radio', { name: 'Likely label errors' }).check()
  await rows.getByText('confident learning').waitFor()
  const labels = await values(rows, 'label')
  const predicted = await values(rows, 'predicted')
  assert.ok(labels.length > 0 && labels.length <= 20)
  assert.ok(labels.every((label, index) => label !== predicted[index]))
  const file = (await downloaded(rows, /Download .* as CSV/)).trim().split('\r\n')
  assert.equal(file.length, labels.length + 1)
  await close()
})

test('of several labels at once, those with a label set, by a click in its bar', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_attributes.npz')
  await page.locator('#class-counts .drawn > svg').waitFor()
  await page.locator('#class-counts .plot').focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  const [name, count] = await page
    .locator('#class-counts .plot')
    .evaluate((plot) => /^(.*): Rows ([\d,]+)$/.exec(plot.getAttribute('aria-valuetext')).slice(1))
  await page.getByText(`1 to 25 of ${count}`).waitFor()
  const labels = await page.locator('[data-row="label"]').evaluateAll((cells) => cells.map(({ value }) => value))
  assert.ok(labels.length === 25 && labels.every((label) => label.split('|').includes(name)), labels.join())
  await close()
})

test('a bin of several labels gives the rows that have one of them in it', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_attributes.npz')
  const slider = page.locator('#gradient-norms').getByRole('slider')
  await slider.focus()
  await page.keyboard.press('End')
  const pairs = Number(/: ([\d,]+) pair/.exec(await slider.getAttribute('aria-valuetext'))[1])
  assert.ok(pairs > 0)
  await page.keyboard.press('Enter')
  const pager = page.locator('.pager span')
  const totalOf = async () => Number(/ of ([\d,]+)$/.exec(await pager.textContent())[1].replace(',', ''))
  await page.waitForFunction(() => !document.querySelector('.pager span').textContent.endsWith(' 899'))
  assert.ok((await totalOf()) <= pairs && 3 * (await totalOf()) >= pairs, `${await totalOf()} rows for ${pairs} pairs`)
  const rows = page.getByRole('region', { name: 'Rows' })
  assert.equal(await rows.getByLabel('within it').inputValue(), 'any')
  const any = await totalOf()
  await rows.getByLabel('within it').selectOption('the mean over the labels')
  await page.waitForFunction((old) => !document.querySelector('.pager span').textContent.endsWith(` of ${old}`), any)
  await close()
})

test('what rows are chosen by is of one run as it was read', async () => {
  const { page, close } = await browser.open()
  await choose(page, [
    textFile('pets.csv', 'label,second,logit_cat,logit_dog\ncat,dog,1,2\ndog,cat,0,1\ncat,dog,2,0\n'),
    textFile('fruits.csv', 'label,logit_apple,logit_pear\napple,1,2\npear,0,1\n'),
  ])
  await shown(page, '2 runs compared')
  const chooseClass = async (name, count) => {
    await rowsOf(page).getByRole('combobox', { name: 'True class' }).selectOption(name)
    await total(rowsOf(page), new RegExp(`of ${count}$`))
  }
  await page.getByRole('button', { name: 'pets.csv', exact: true }).click()
  await shown(page, 'pets.csv')
  await chooseClass('dog', 1)
  await page.locator('.dot[aria-label="second: label"]').click()
  await total(rowsOf(page), /of 3$/)
  await page.locator('.dot[aria-label="label: label"]').click()
  await page.locator('.dot[aria-pressed="true"][aria-label="label: label"]').waitFor()
  await chooseClass('dog', 1)
  await page.getByRole('button', { name: 'Close pets.csv' }).click()
  await shown(page, 'fruits.csv')
  await total(rowsOf(page), /of 2$/)
  assert.equal(await page.getByRole('alert').count(), 0)
  await close()
})
