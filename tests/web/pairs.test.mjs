// Predictions and labels in two files: found out which is which, joined, compared, and the same in code.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { drop, means, shown, startBrowser } from './page.mjs'

const fixture = (name) => readFileSync(new URL(`../fixtures/tables/${name}`, import.meta.url))
const expected = JSON.parse(fixture('joined-by-id.json')).report

const predictions = { name: 'submission.csv', buffer: fixture('joined-by-id.csv') }
const labels = { name: 'answers.csv', buffer: fixture('joined-by-id.labels.csv') }
const surer = {
  name: 'surer.csv',
  buffer: Buffer.from('id,Class_1,Class_2,Class_3\nb1,0,1,0\na7,0.75,0.25,0\nd4,0.25,0.5,0.25\nc9,0,0,1\n'),
}

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

for (const [order, files] of Object.entries({ 'predictions first': [predictions, labels], 'labels first': [labels, predictions] })) {
  test(`predictions and labels dropped together, ${order}`, async () => {
    const { page, close } = await browser.open()
    await drop(page, files)
    await shown(page, 'submission.csv')
    await page.getByText('labels from answers.csv').waitFor()
    const values = await means(page)
    for (const [key, mean] of Object.entries(expected.losses)) assert.ok(Math.abs(values[key] - mean) < 1e-6, `${key}: ${values[key]}`)
    await close()
  })
}

test('two runs and the labels of both are compared', async () => {
  const { page, close } = await browser.open()
  // Rows are compared in their order, so the second run has them in that of the first.
  const sorted = surer.buffer.toString().split('\n')
  const inOrder = { ...surer, buffer: Buffer.from([sorted[0], sorted[2], sorted[1], sorted[4], sorted[3], ''].join('\n')) }
  await drop(page, [labels, predictions, inOrder])
  await shown(page, '2 runs compared')
  const cell = (run) => page.locator(`data[data-compared="crossEntropy.${run}"]`)
  await cell(0).waitFor()
  const [one, other] = await Promise.all([0, 1].map(async (run) => Number(await cell(run).getAttribute('value'))))
  assert.ok(Math.abs(one - expected.losses.crossEntropy) < 1e-6, String(one))
  assert.ok(Math.abs(other - (Math.log(2) - Math.log(0.75)) / 4) < 1e-6, String(other))
  await page.getByRole('navigation', { name: 'Runs' }).getByRole('button', { name: 'surer.csv', exact: true }).click()
  await shown(page, 'surer.csv')
  assert.equal((await means(page)).crossEntropy, other)
  await close()
})

test('of several files one that cannot be read is told of, and the others are shown', async () => {
  const { page, close } = await browser.open()
  const run = (name, score) => ({ name, buffer: Buffer.from(`y_true,score\n0,-2\n1,${score}\n1,-0.5\n0,-1\n`) })
  await drop(page, [run('one.csv', '3'), run('broken.csv', 'high'), run('two.csv', '4')])
  await page.getByRole('alert').getByRole('heading', { name: 'broken.csv' }).waitFor()
  await shown(page, '2 runs compared')
  await page.locator('data[data-compared="bceWithLogits.1"]').waitFor()
  await close()
})
