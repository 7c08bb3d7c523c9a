// The result as files and as code. Every snippet is run, and gives the numbers that the page shows.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { zip } from '../js/zip.mjs'
import { choose, downloaded, example, means, sample, shown, startBrowser, textFile } from './page.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

let browser
let folder
before(async () => {
  browser = await startBrowser()
  folder = mkdtempSync(join(tmpdir(), 'losskit-share-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/losskit'))
})
after(async () => {
  await browser.close()
  rmSync(folder, { recursive: true })
})

async function snippet(page, name) {
  await page.getByRole('radio', { name }).check()
  return page.locator('[data-snippet]').textContent()
}

const python = ['/usr/bin/python3', 'python3'].find((path) => spawnSync(path, ['-c', 'import torch, numpy']).status === 0)

/** 'key value' in every line. */
const printed = (text) =>
  Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]),
  )

function assertSame(actual, wanted, tolerance) {
  for (const [key, value] of Object.entries(wanted)) {
    assert.ok(Math.abs(actual[key] - value) <= tolerance * Math.max(1, Math.abs(value)), `${key}: ${actual[key]} instead of ${value}`)
  }
}

async function setGamma(page, value) {
  const before = await means(page)
  const key = 'softmaxFocal' in before ? 'softmaxFocal' : 'sigmoidFocal'
  const gamma = page.getByRole('spinbutton', { name: 'γ, focusing' })
  await gamma.fill(String(value))
  await gamma.press('Enter')
  await page.waitForFunction(([key, old]) => Number(document.querySelector(`[data-loss=${key}]`).value) !== old, [key, before[key]])
}

const quirks = textFile('it’s odd.csv', '﻿true label;score (a);p_b\n0;0,25;0,75\n1;0,4;0,6\n1;0,125;0,875\n-100;0,5;0,5\n')

const shares = textFile('shares.csv', 'label,p_a,p_b,p_c\n0,0.5,0.25,0.25\n1,0.25,0.5,0.125\n2,0,0.25,0.75\n0,0,0.5,0.5\n2,0.25,0.5,0.25\n')
const chances = textFile('chances.csv', 'y_true,p\n0,0.25\n1,0.5\n1,0\n0,0.875\n1,1\n')

async function set(page, name, value) {
  const input = page.getByRole('spinbutton', { name, exact: true })
  await input.fill(String(value))
  await input.press('Enter')
  await page.waitForFunction((flag) => document.querySelector('[data-snippet]').textContent.includes(flag), ` ${value}`)
}

/** One file, or predictions and labels. */
const chosen = (given, change) => async (page) => {
  const files = [given].flat()
  await choose(page, files)
  await shown(page, files[0].name)
  await change?.(page)
  for (const { name, buffer } of files) writeFileSync(join(folder, name), buffer)
  return join(folder, files[0].name)
}

const weighted = textFile('weighted.csv', 'label,weight,a,b,c\n0,1,2,1,0\n1,0.5,1,2,0.5\n2,2,0,1,2\n0,0,5,5,1\n1,3,2,1.5,0\n')
const weightedScores = textFile('weighted scores.csv', 'y_true,weight,score\n0,1,-2\n1,0.5,1.5\n1,2,-0.5\n0,0,3\n0,3,0.25\n')
const parts = [
  textFile('submission.csv', 'id,p_a,p_b\nr1,0.5,0.5\nr2,0.25,0.75\nr3,0.75,0.25\n'),
  textFile('answers.csv', 'id;label\nr3;1\nr1;0\nr2;0\n'),
]
const packed = {
  ...textFile('packed.csv.gz', ''),
  buffer: gzipSync('label,logit_0,logit_1,logit_2\n0,2,1,0\n1,1,2,0.5\n2,0,1,2\n0,-1,0.5,1\n'),
}
const archived = {
  ...textFile('archive.zip', ''),
  buffer: zip({ 'tab/scores.csv': Buffer.from('label,logit_0,logit_1,logit_2\n0,2,1,0\n1,1,2,0.5\n2,0,1,2\n0,-1,0.5,1\n') }, true),
}
const archivedLabels = [
  textFile('to join.csv', 'id,p_a,p_b\nr1,0.5,0.5\nr2,0.25,0.75\nr3,0.75,0.25\n'),
  { ...textFile('answers.zip', ''), buffer: zip({ 'the answers (2).csv': Buffer.from('id;label\nr3;1\nr1;0\nr2;0\n') }, true) },
]
const several = textFile('several.csv', 'y_dog,y_cat,z_cat,z_dog\n1,0,-2,1.5\n1,1,0.5,0.25\n0,0,-1,-3\n0,1,-0.5,1\n')
const soft = textFile('soft.csv', 'y_dog,y_cat,logit_dog,logit_cat\n0.75,0,1.5,-2\n1,0.5,0.25,0.5\n0,0.125,-3,-1\n')
const tagged = textFile('tagged.csv', 'tags,p_cat,p_dog,p_fox\ncat|dog,0.75,0.5,0.125\n,0.25,0.25,0.5\nfox,0.125,0.5,0.875\n')
const rows = ['rows.npy', 'labels.npy'].map((name, i) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: readFileSync(new URL(`../fixtures/tables/joined-rows.${['npy', 'labels.npy'][i]}`, import.meta.url)),
}))

/** Each view gives the path of its file. */
const views = {
  'digits_logits.csv': async (page) => {
    await sample(page, 'digits_logits.csv')
    await setGamma(page, 1.5)
    await page.getByRole('combobox', { name: 'Class weights' }).selectOption('effective')
    await page.locator('[data-loss="crossEntropyEffective"]').waitFor()
    return example('digits_logits.csv')
  },
  'cancer_scores.csv': async (page) => {
    await sample(page, 'cancer_scores.csv')
    await setGamma(page, 3)
    await set(page, 'Temperature', 1.25)
    await page.getByRole('checkbox', { name: 'α on' }).uncheck()
    await page.getByText('--alpha -1').waitFor()
    return example('cancer_scores.csv')
  },
  'digits_attributes.npz': async (page) => {
    await sample(page, 'digits_attributes.npz')
    return example('digits_attributes.npz')
  },
  'punctuation_tokens.npz': async (page) => {
    await sample(page, 'punctuation_tokens.npz')
    return example('punctuation_tokens.npz')
  },
  [quirks.name]: chosen(quirks),
  [shares.name]: chosen(shares, async (page) => {
    await page.getByRole('checkbox', { name: 'Rescale rows to sum 1' }).check()
    await page.getByText('--renormalise').waitFor()
    await set(page, 'Least probability', 0.001)
    await page.getByRole('textbox', { name: 'More γ, in rows of their own' }).fill('0, 3')
    await page.keyboard.press('Enter')
    await page.locator('[data-loss="softmaxFocalGamma3"]').waitFor()
  }),
  [weighted.name]: chosen(weighted),
  [weightedScores.name]: chosen(weightedScores),
  [parts[0].name]: chosen(parts),
  [packed.name]: chosen(packed),
  [archived.name]: chosen(archived),
  [archivedLabels[0].name]: chosen(archivedLabels),
  [several.name]: chosen(several),
  [soft.name]: chosen(soft),
  [tagged.name]: chosen(tagged),
  [rows[0].name]: chosen(rows),
  [chances.name]: chosen(chances, async (page) => {
    await set(page, 'Least probability', 0.01)
    await set(page, 'Temperature', 2)
  }),
}

/** The numbers that the command and the module give; both are run beside the file. */
async function assertCommandAndModule(page, wanted, reduction = 'mean') {
  const line = await snippet(page, 'Command line')
  assert.match(line, /^npx losskit /)
  assert.equal(/--json$/.test(line), reduction === 'sum')
  const command = line.replace(/^npx losskit/, `${process.execPath} ${join(root, 'dist/cli/main.js')}`).replace(/( --json)?$/, ' --json')
  const report = JSON.parse(execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' }))
  assertSame(Object.fromEntries(report.losses.map((loss) => [loss.key, loss[reduction]])), wanted, 1e-7)
  writeFileSync(join(folder, 'run.mjs'), await snippet(page, 'JavaScript'))
  assertSame(printed(execFileSync(process.execPath, ['run.mjs'], { cwd: folder, encoding: 'utf8' })), wanted, 1e-7)
}

async function assertScript(page, wanted) {
  const script = await snippet(page, 'Python (PyTorch)')
  if (!python) return
  writeFileSync(join(folder, 'run.py'), script)
  const output = printed(execFileSync(python, ['run.py'], { cwd: folder, encoding: 'utf8' }))
  assert.deepEqual(Object.keys(output).sort(), Object.keys(wanted).sort())
  assertSame(output, wanted, 2e-6)
}

for (const [name, show] of Object.entries(views)) {
  test(`${name}: the command, the module and the script give the numbers shown`, async () => {
    const { page, close } = await browser.open()
    const path = await show(page)
    // The snippets follow the losses.
    await shown(page, name)
    const place = join(folder, name)
    if (path !== place) copyFileSync(path, place)
    const wanted = await means(page)
    assert.ok(Object.keys(wanted).length > 2)
    await assertCommandAndModule(page, wanted)
    await assertScript(page, wanted)
    await page.getByRole('radio', { name: 'Sum' }).check()
    await page.locator('[data-snippet]').filter({ hasText: '.sum()' }).waitFor()
    assert.match(await page.evaluate(() => location.hash), /reduction=sum/)
    const sums = await means(page)
    assert.notDeepEqual(sums, wanted)
    await assertScript(page, sums)
    await assertCommandAndModule(page, sums, 'sum')
    await close()
  })
}

test('predictions and labels in two files, rows left out: the command and the module give the numbers shown', async () => {
  const predictions = textFile('predictions.csv', 'id,p_a,p_b\nr1,0.5,0.5\nr2,,0.75\nr3,0.75,0.25\n')
  const labels = textFile('truth.csv', 'id,label\nr3,1\nr1,0\nr2,0\n')
  for (const { name, buffer } of [predictions, labels]) writeFileSync(join(folder, name), buffer)
  const { page, close } = await browser.open({ hash: '#missing=leaveOut' })
  await choose(page, [predictions, labels])
  await shown(page, 'predictions.csv')
  await page.getByText(/left out, as asked/).waitFor()
  await assertCommandAndModule(page, await means(page))
  assert.equal(await page.getByRole('radio', { name: 'Python (PyTorch)' }).count(), 0)
  await close()
})

test('the report as Markdown and as a page that needs nothing and runs nothing', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  await page.locator('.drawn svg').first().waitFor()
  const text = await downloaded(page, 'As Markdown')
  assert.match(text, /^# digits_logits\.csv\n/)
  assert.match(text, /\| Cross entropy \| {2}\| 0\.435820 \|/)
  const html = await downloaded(page, 'As a page of its own')
  assert.ok(!/(src|href)=/.test(html), 'nothing is fetched')
  const other = await page.context().newPage()
  await other.setContent(html)
  assert.match(await other.locator('body').textContent(), /0\.435820/)
  assert.ok((await other.locator('svg[aria-label]').count()) >= 2, 'the pictures are in it')
  assert.equal(await other.evaluate(() => JSON.parse(document.getElementById('losskit-report').textContent).rows), 899)
  await close()
})

test('the report as a page has the colours of whoever reads it, and tells what changed every loss', async () => {
  const { page, close } = await browser.open({ colorScheme: 'dark' })
  await sample(page, 'digits_logits.csv')
  await set(page, 'Temperature', 1.5)
  await shown(page, 'digits_logits.csv')
  await page.locator('.drawn svg').first().waitFor()
  assert.match(await downloaded(page, 'As Markdown'), /Temperature 1\.5/)
  const html = await downloaded(page, 'As a page of its own')
  for (const [colorScheme, paper] of [
    ['light', 'rgb(252, 252, 250)'],
    ['dark', 'rgb(18, 21, 22)'],
  ]) {
    const other = await page.context().newPage()
    await other.emulateMedia({ colorScheme })
    await other.setContent(html)
    await other.getByText(/Temperature 1\.5/).waitFor()
    const found = await other.evaluate(() => [
      getComputedStyle(document.body).backgroundColor,
      getComputedStyle(document.querySelector('svg > rect')).fill,
    ])
    assert.deepEqual(found, [paper, paper])
  }
  await close()
})

test('settings are in the address, and nothing of the file', async () => {
  const { page, close } = await browser.open({ hash: '#gamma=0&labelSmoothing=0.2&bins=none' })
  await choose(page, textFile('secret-name.csv', 'hidden_name,logit_0,logit_1,logit_2\n0,2,1,0\n1,1,2,0\n2,0,1,2\n'))
  await page.getByRole('alert').getByLabel('Label column').fill('hidden_name')
  await page.getByRole('button', { name: 'Try again' }).click()
  await shown(page, 'secret-name.csv')
  const values = await means(page)
  assert.ok(Math.abs(values.softmaxFocal - values.crossEntropy) < 1e-12, 'γ = 0 came from the address')
  await setGamma(page, 4)
  await shown(page, 'secret-name.csv')
  assert.match(await page.evaluate(() => location.hash), /gamma=4/)
  assert.match(await page.evaluate(() => location.hash), /labelSmoothing=0\.2/)
  assert.doesNotMatch(await page.evaluate(() => location.href), /secret|hidden/)
  await close()
})
