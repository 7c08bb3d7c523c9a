// Each sample, opened by its button, shows the numbers of examples/data/expected.json, and gives them as files.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { desktop, downloaded, example, means, sample, startBrowser } from './page.mjs'

const expected = JSON.parse(readFileSync(example('expected.json'), 'utf8'))
const tolerance = 1e-6

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

function assertClose(actual, wanted, what) {
  assert.ok(Math.abs(actual - wanted) <= tolerance, `${what}: ${actual} instead of ${wanted}`)
}

/** The shown values of one column of the table of classes, in the order of the rows. */
const column = (page, key) =>
  page.locator(`.classes data[data-column="${key}"]`).evaluateAll((cells) => cells.map((cell) => Number(cell.value)))

const report = async (page) => JSON.parse(await downloaded(page, 'Report as JSON'))

test('all samples are on the first screen of a desktop, in both languages', async () => {
  for (const locale of ['en-US', 'zh-CN']) {
    const { page, close } = await browser.open({ locale })
    const samples = await page.locator('.sample').all()
    assert.equal(samples.length, 4)
    for (const each of samples) {
      const { y, height } = await each.boundingBox()
      assert.ok(y + height <= desktop.height, `a sample ends at ${y + height}`)
    }
    await close()
  }
})

test('ten classes: cross entropy, focal loss and accuracy, per class too', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  const wanted = expected.digits_logits
  const shown = await means(page)
  assertClose(shown.crossEntropy, wanted.cross_entropy, 'cross entropy')
  assertClose(shown.crossEntropyBalanced, wanted.cross_entropy_balanced, 'balanced cross entropy')
  assertClose(shown.crossEntropySmoothed, wanted.label_smoothing_0_1, 'label smoothing')
  assertClose(shown.softmaxFocal, wanted.softmax_focal_gamma2, 'softmax focal loss')
  const perClass = await column(page, 'crossEntropy')
  assert.equal(perClass.length, 10)
  for (const [index, value] of wanted.per_class_mean.entries()) assertClose(perClass[index], value, `class ${index}`)
  const { rows, accuracy, task } = await report(page)
  assert.deepEqual({ rows, task }, { rows: wanted.rows, task: 'multiClass' })
  assertClose(accuracy, wanted.accuracy, 'accuracy')
  await close()
})

test('binary: BCE, focal loss, GHM-C and the histogram of gradient norms', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  const wanted = expected.cancer_scores
  const shown = await means(page)
  assertClose(shown.bceWithLogits, wanted.bce_with_logits, 'BCE')
  assertClose(shown.sigmoidFocal, wanted.sigmoid_focal, 'sigmoid focal loss')
  assertClose(shown.ghmc, wanted.ghmc, 'GHM-C')
  assert.equal((await report(page)).rows, wanted.rows)
  await close()
})

test('several labels at once: BCE, multi-label soft margin and GHM-C of an array of logits', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_attributes.npz')
  const wanted = expected.digits_attributes
  const shown = await means(page)
  assertClose(shown.bceWithLogits, wanted.bce_with_logits, 'BCE')
  assertClose(shown.multiLabelSoftMargin, wanted.multilabel_soft_margin, 'multi-label soft margin')
  assertClose(shown.ghmc, wanted.ghmc, 'GHM-C')
  const { rows, task, ghm } = await report(page)
  assert.deepEqual({ rows, task }, { rows: wanted.rows, task: 'multiLabel' })
  assert.deepEqual(ghm.counts, wanted.ghmc_counts)
  await close()
})

test('tokens: those with the label -100 are ignored and counted', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'punctuation_tokens.npz')
  const wanted = expected.punctuation_tokens
  const shown = await means(page)
  assertClose(shown.crossEntropy, wanted.cross_entropy, 'cross entropy')
  assertClose(shown.softmaxFocal, wanted.softmax_focal_gamma2, 'softmax focal loss')
  const perClass = await column(page, 'crossEntropy')
  assert.equal(perClass.length, 4)
  for (const [index, value] of wanted.per_class_mean.entries()) assertClose(perClass[index], value, `class ${index}`)
  await page.getByText('2,431 more ignored').waitFor()
  const { rows, ignored, task, accuracy } = await report(page)
  assert.deepEqual({ rows, ignored, task }, { rows: wanted.rows, ignored: wanted.ignored, task: 'tokenClassification' })
  assertClose(accuracy, wanted.accuracy, 'accuracy')
  await close()
})

test('the table of classes is sorted by the heads of its columns', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  const names = () => page.locator('.classes tbody th').allTextContents()
  const recall = page.getByRole('columnheader', { name: 'Recall' })
  await recall.getByRole('button').click()
  assert.equal(await recall.getAttribute('aria-sort'), 'descending')
  assert.deepEqual((await names()).slice(0, 2), ['0', '7'])
  await recall.getByRole('button').click()
  assert.equal((await names())[0], '8')
  await page.getByRole('button', { name: 'Class', exact: true }).click()
  assert.deepEqual(await names(), ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  const table = await downloaded(page.getByRole('region', { name: 'Classes', exact: true }), 'Download CSV')
  assert.equal(table.trim().split('\r\n').length, 11)
  await close()
})

test('how the file was read: roles with reasons, the first rows, and a parameter that computes anew', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  const reading = page.getByRole('region', { name: 'How the file was read' })
  assert.match(await reading.locator('.roles').textContent(), /label.*logit_0 … logit_9 \(10 columns\)/s)
  const firstRow = readFileSync(example('digits_logits.csv'), 'utf8').split(/\r?\n/)[1].split(',')
  assert.deepEqual(await reading.locator('.preview tbody tr').first().locator('td').allTextContents(), firstRow)

  const gamma = page.getByRole('spinbutton', { name: 'γ, focusing' })
  const before = await means(page)
  await gamma.fill('0')
  await gamma.press('Enter')
  await page.waitForFunction((before) => Number(document.querySelector('[data-loss=softmaxFocal]').value) !== before, before.softmaxFocal)
  const shown = await means(page)
  assertClose(shown.softmaxFocal, shown.crossEntropy, 'focal loss with γ = 0 is cross entropy')
  assert.ok(await gamma.evaluate((input) => input === document.activeElement), 'the focus stays')
  await close()
})
