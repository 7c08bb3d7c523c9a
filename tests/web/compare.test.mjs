// Several runs: opened together or one after the other, side by side, with intervals and the rows where they disagree.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { choose, downloaded, drop, example, means, phone, sample, shown, startBrowser, textFile, violations } from './page.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

const digits = readFileSync(example('digits_logits.csv'), 'utf8').trim().split(/\r?\n/)

/** The digits with every logit times a factor: the same predictions, more or less sure. */
function scaled(factor) {
  const [head, ...rows] = digits
  const lines = rows.map((row) => {
    const [id, label, ...logits] = row.split(',')
    return [id, label, ...logits.map((logit) => String(Number(logit) * factor))].join(',')
  })
  return [head, ...lines, ''].join('\n')
}

/** A worse one: two columns changed places. */
function swapped() {
  const [head, ...rows] = digits
  const lines = rows.map((row) => {
    const cells = row.split(',')
    return [...cells.slice(0, 2), cells[3], cells[2], ...cells.slice(4)].join(',')
  })
  return [head, ...lines, ''].join('\n')
}

const file = (name, content) => ({ name, buffer: Buffer.from(content) })

const compared = (page, key) =>
  page.locator(`data[data-compared^="${key}."]`).evaluateAll((cells) => cells.map((cell) => Number(cell.value)))

test('files dropped together are compared, and each is looked at by itself', async () => {
  const { page, close } = await browser.open({ init: axe })
  await drop(page, [file('plain.csv', digits.join('\n')), file('sure.csv', scaled(1.5)), file('worse.csv', swapped())])
  await shown(page, '3 runs compared')
  await page.getByRole('heading', { name: 'Side by side' }).waitFor()
  const [plain, sure, worse] = await compared(page, 'crossEntropy')
  assert.ok(Math.abs(plain - 0.43581970057465463) < 1e-6, String(plain))
  assert.ok(sure < plain && plain < worse, `${sure} ${plain} ${worse}`)
  const accuracies = await compared(page, 'accuracy')
  assert.equal(accuracies[0], accuracies[1])

  const pairs = page.getByRole('region', { name: 'Differences' })
  const difference = Number(await pairs.locator('data[data-pair="crossEntropy.0.2"]').getAttribute('value'))
  assert.ok(Math.abs(difference - (plain - worse)) < 1e-9)
  await pairs
    .getByRole('row', { name: /plain\.csv − worse\.csv/ })
    .first()
    .getByText('plain.csv is better')
    .waitFor()
  const differences = (await downloaded(pairs, 'Download CSV')).trim().split('\r\n')
  assert.equal(differences[0], 'measure,run,minus,difference,low,high')
  assert.ok(differences.some((line) => line.startsWith(`crossEntropy,plain.csv,worse.csv,${difference},`)))
  const classes = page.getByRole('region', { name: 'Class by class' })
  const [head, ...ofClasses] = (await downloaded(classes, 'Download CSV')).trim().split('\r\n')
  assert.equal(head, 'class,plain.csv,sure.csv,worse.csv')
  assert.equal(ofClasses.length, 10)
  for (const line of ofClasses) {
    const [name, ...losses] = line.split(',')
    const cells = classes
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name, exact: true }) })
      .getByRole('cell')
    const lowest = losses.indexOf(String(Math.min(...losses.map(Number))))
    assert.match(await cells.nth(lowest).textContent(), /\(best\)$/)
    const highest = losses.indexOf(String(Math.max(...losses.map(Number))))
    const above = Number(/\+(\d+\.\d+)$/.exec(await cells.nth(highest).textContent())[1])
    assert.ok(Math.abs(above - (losses[highest] - losses[lowest])) < 1e-3 * above, `${name}: ${above}`)
  }
  const disagreements = (await downloaded(page.getByRole('region', { name: 'Where they disagree' }), 'Download CSV')).trim().split('\r\n')
  assert.ok(disagreements.length > 10, `${disagreements.length} rows`)
  assert.match(disagreements[0], /^row,line,id,label,plain\.csv predicted/)
  const [label, ...cells] = disagreements[1].split(',').slice(3)
  for (const [index, predicted] of [cells[0], cells[3], cells[6]].entries()) {
    const name = page.locator('.disagreements tbody tr').first().locator('.predicted').nth(index)
    assert.equal(await name.textContent(), predicted === label ? predicted : `${predicted} (wrong)`)
    assert.equal(await name.locator('svg').count(), predicted === label ? 0 : 1)
  }
  assert.deepEqual(await violations(page), [])

  await page.getByRole('navigation', { name: 'Runs' }).getByRole('button', { name: 'worse.csv', exact: true }).click()
  await shown(page, 'worse.csv')
  assert.equal((await means(page)).crossEntropy, worse)
  await page.getByRole('button', { name: 'Close worse.csv' }).click()
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await shown(page, '2 runs compared')
  await page.getByText('All runs predict the same for every row.').waitFor()
  await close()
})

test('a run is added to the one that is open', async () => {
  const { page, close } = await browser.open({ viewport: phone, init: axe })
  await sample(page, 'digits_logits.csv')
  const dialog = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Compare with another run' }).click()
  await (await dialog).setFiles(textFile('sure.csv', scaled(1.5)))
  await shown(page, '2 runs compared')
  await page.getByRole('heading', { name: 'Side by side' }).waitFor()
  assert.deepEqual(await violations(page), [])
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }))
  assert.equal(scroll, client)
  await close()
})

test('runs on other rows are refused with the reason, and one bad file of several is told of', async () => {
  const { page, close } = await browser.open()
  await drop(page, [file('plain.csv', digits.join('\n')), file('short.csv', digits.slice(0, 50).join('\n'))])
  await shown(page, '2 runs compared')
  await page.getByRole('alert').getByText('The runs could not be compared').waitFor()
  await choose(page, example('cancer_scores.csv'))
  await shown(page, 'cancer_scores.csv')
  assert.equal(await page.getByRole('navigation', { name: 'Runs' }).count(), 0)
  await close()
})

test('five runs are read without scrolling sideways, and on a phone with the classes in sight', async () => {
  const { page, close } = await browser.open({ init: axe })
  await drop(
    page,
    [1, 1.25, 1.5, 1.75, 2].map((factor) => file(`resnet50_digits_times_${factor}.csv`, scaled(factor))),
  )
  await shown(page, '5 runs compared')
  const classes = page.getByRole('region', { name: 'Class by class', exact: true })
  await classes.waitFor()
  assert.equal(await page.locator('.scroll[tabindex]').count(), 0)
  assert.deepEqual(await violations(page), [])
  await page.setViewportSize(phone)
  const table = classes.locator('.scroll')
  await table.evaluate((place) => place.scrollTo(place.scrollWidth, 0))
  const name = await classes.getByRole('rowheader').first().boundingBox()
  const place = await table.boundingBox()
  assert.ok(Math.abs(name.x - place.x) < 1, `${name.x}, ${place.x}`)
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
  await close()
})

test('more runs than can be compared are refused', async () => {
  const { page, close } = await browser.open()
  await drop(
    page,
    Array.from({ length: 6 }, (_, index) => file(`${index}.csv`, 'y_true,score\n0,-2\n1,3\n')),
  )
  await page.getByRole('alert').getByText('6 runs were given, and at most 5 are compared at a time.').waitFor()
  await close()
})

test('long names are told by what differs in them, and whole once', async () => {
  const { page, close } = await browser.open({ viewport: phone })
  const names = ['a', 'b'].map((run) => `resnet50_trained_on_digits_run_${run}_of_july.csv`)
  await choose(
    page,
    names.map((name, index) => textFile(name, scaled(1 + index))),
  )
  await shown(page, '2 runs compared')
  await page.getByRole('heading', { name: 'Differences' }).waitFor()
  await page
    .getByRole('row', { name: /…a… − …b…/ })
    .first()
    .waitFor()
  for (const name of names) {
    assert.equal(await page.getByRole('columnheader', { name }).count(), 1)
    assert.equal(await page.getByTitle(name).count(), 1)
  }
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
  await close()
})
