// Files from the person: by the dialog, by dropping; bad ones are explained and lose nothing.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { choose, drop, example, means, sample, shown, startBrowser, textFile } from './page.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

const good = textFile('good.csv', 'y_true,score\n0,-2\n1,3\n1,-0.5\n0,-1\n')

/** The places that the error names, by their titles. */
async function places(page) {
  const terms = await page.getByRole('alert').locator('dt').allTextContents()
  const values = await page.getByRole('alert').locator('dd').allTextContents()
  return Object.fromEntries(terms.map((term, index) => [term, values[index]]))
}

test('a chosen file', async () => {
  const { page, close } = await browser.open()
  await choose(page, example('digits_logits.csv'))
  await shown(page, 'digits_logits.csv')
  assert.equal(await page.title(), 'digits_logits.csv · Losskit')
  await choose(page, good)
  await shown(page, 'good.csv')
  await close()
})

test('a file of which no row counts says so, and how to mend it, and shows nothing of none', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('ignored.csv', 'label,logit_0,logit_1,logit_2\n-100,1,2,3\n-100,3,1,2\n'))
  await shown(page, 'ignored.csv')
  await page.getByText('All 2 rows have the ignored label -100.').waitFor()
  assert.equal(await page.locator('.facts data').nth(1).textContent(), '–')
  for (const name of ['Confusion matrix', 'Rows', 'Classes']) {
    assert.equal(await page.getByRole('region', { name, exact: true }).count(), 0, name)
  }
  const label = page.getByRole('spinbutton', { name: 'Ignored label' })
  await label.fill('5')
  await label.press('Enter')
  // No class is called -100: that is a fault of the file then.
  await page.getByRole('alert').waitFor()
  await close()
})

test('a file dropped anywhere, on the first screen and on a result', async () => {
  const { page, close } = await browser.open()
  await drop(page, [{ name: 'cancer_scores.csv', buffer: readFileSync(example('cancer_scores.csv')) }])
  await shown(page, 'cancer_scores.csv')
  await drop(page, [good])
  await shown(page, 'good.csv')
  await close()
})

const bad = [
  { what: 'an empty file', file: textFile('empty.csv', ''), message: /empty/i, place: { File: 'empty.csv' } },
  {
    what: 'no label column',
    file: textFile('scores.csv', 'logit_a,logit_b\n0.5,1.5\n-0.5,2.5\n'),
    message: /label/i,
    place: { File: 'scores.csv' },
  },
  {
    what: 'a label out of range',
    file: textFile('range.csv', 'label,logit_0,logit_1,logit_2\n0,2,1,0\n7,1,2,0\n2,0,1,2\n'),
    message: /7/,
    place: { File: 'range.csv', Row: '2', Column: 'label', Line: '3' },
  },
  {
    what: 'text in a score cell',
    file: textFile('text.csv', 'y_true,score\n0,-1.5\n1,2.25\n1,high\n0,-0.5\n'),
    message: /high/,
    place: { File: 'text.csv', Row: '3', Column: 'score', Line: '4' },
  },
]

for (const { what, file, message, place } of bad) {
  test(`${what} is explained, and a good file follows`, async () => {
    const { page, close } = await browser.open()
    await choose(page, file)
    const alert = page.getByRole('alert')
    await alert.waitFor()
    assert.match(await alert.locator('.problem-message').textContent(), message)
    assert.deepEqual(await places(page), place)
    if (place.Line) assert.equal(await alert.locator('mark').textContent(), file.buffer.toString().split('\n')[place.Line - 1])
    await choose(page, good)
    await shown(page, 'good.csv')
    assert.equal(await alert.count(), 0)
    await close()
  })
}

test('a bad file after a good one leaves the result', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  const before = await means(page)
  await choose(page, bad[3].file)
  await page.getByRole('alert').getByText('What was shown before is still below.').waitFor()
  assert.deepEqual(await means(page), before)
  await page.getByRole('button', { name: 'Dismiss' }).click()
  assert.equal(await page.getByRole('alert').count(), 0)
  await shown(page, 'cancer_scores.csv')
  await close()
})

test('a file that is gone when it is read again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'losskit-'))
  const path = join(folder, 'gone.csv')
  writeFileSync(path, good.buffer)
  const { page, close } = await browser.open()
  await choose(page, path)
  await shown(page, 'gone.csv')
  rmSync(folder, { recursive: true })
  // Parameters need the file no more, another reading does.
  await page.getByRole('region', { name: 'How the file was read' }).getByLabel('Scores').selectOption('logits')
  await page.getByRole('alert').getByText('The browser cannot read it').waitFor()
  await shown(page, 'gone.csv')
  await close()
})

test('probabilities said to be logits are refused with the reason, and the result stays', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('shares.csv', 'label,p_a,p_b,p_c\na,0.7,0.2,0.1\nb,0.1,0.6,0.3\nc,0.25,0.25,0.5\n'))
  await shown(page, 'shares.csv')
  const before = await means(page)
  const scores = page.getByRole('region', { name: 'How the file was read' }).getByLabel('Scores')
  await scores.selectOption('logits')
  const alert = page.getByRole('alert')
  await alert.waitFor()
  assert.match(await alert.locator('.problem-message').textContent(), /said to be logits, but they are probabilities/)
  assert.deepEqual(await places(page), { File: 'shares.csv' })
  assert.deepEqual(await means(page), before)
  assert.equal(await scores.inputValue(), '')
  await choose(page, good)
  await shown(page, 'good.csv')
  await close()
})

test('a file without a label column is read when the person names it', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('odd.csv', 'odd_name,logit_0,logit_1,logit_2\n0,2,1,0\n1,1,2,0\n2,0,1,2\n'))
  await page.getByRole('alert').getByLabel('Label column').fill('odd_name')
  await page.getByRole('button', { name: 'Try again' }).click()
  await shown(page, 'odd.csv')
  await close()
})

test('text pasted on the page, and text pasted into the field', async () => {
  const { page, close } = await browser.open()
  await page.evaluate((content) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', content)
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
  }, good.buffer.toString())
  await shown(page, 'pasted.csv')
  const pasted = await means(page)
  await page.reload()
  await page.getByText('Or paste text').click()
  await page.getByRole('textbox', { name: 'Text of a prediction file' }).fill(good.buffer.toString())
  await page.getByRole('button', { name: 'Read it' }).click()
  await shown(page, 'pasted.csv')
  assert.deepEqual(await means(page), pasted)
  await close()
})

test('rows with missing values are left out when that is asked for, and counted', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('gaps.csv', 'y_true,score\n0,-2\n1,\n1,-0.5\n0,NA\n'))
  await page.getByRole('button', { name: 'Leave out rows with missing values' }).click()
  await shown(page, 'gaps.csv')
  await page.getByText('2 rows left out, as asked').waitFor()
  assert.equal((await page.locator('.facts data[value="2"]').count()) > 0, true)
  await close()
})

const leaveOut = 'Rows in which something is missing can be left out and counted'

/** The cells of the list of faults, line by line. */
const faults = (page) =>
  page
    .getByRole('alert')
    .locator('.faults tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)))

test('several faults are a list with file, row, line, column and remedy; one click applies a remedy and leaves what it does not mend', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('faults.csv', 'y_true,score\n0,-2\n1,\n1,high\n0,NA\n,1\n1,2\n'))
  const alert = page.getByRole('alert')
  await alert.getByText('4 things are wrong with it.').waitFor()
  assert.deepEqual(await faults(page), [
    ['faults.csv', '2', '3', 'score', 'The score is missing', leaveOut],
    ['faults.csv', '3', '4', 'score', '"high" is not a number', ''],
    ['faults.csv', '4', '5', 'score', 'The score is missing ("NA")', leaveOut],
    ['faults.csv', '5', '6', 'y_true', 'The label is missing', leaveOut],
  ])
  assert.equal(await alert.locator('mark').textContent(), '1,', 'the first one is shown in the file')
  assert.equal(await alert.getByText('There is more behind these rows').count(), 0)
  assert.equal(await alert.getByRole('button', { name: 'Leave out rows with missing values' }).count(), 1)
  await alert.getByRole('button', { name: 'Leave out rows with missing values' }).click()
  await alert.getByText('"high" is not a number').waitFor()
  assert.deepEqual(await places(page), { File: 'faults.csv', Row: '3', Column: 'score', Line: '4' })
  assert.equal(await alert.getByRole('button', { name: 'Leave out rows with missing values' }).count(), 0, 'it is done already')
  await choose(page, good)
  await shown(page, 'good.csv')
  await close()
})

test('of very many faults the first twenty are listed, and all are left out at once', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => (i % 5 === 0 ? `${i % 2},${i - 15}` : `${i % 2},`))
  const { page, close } = await browser.open()
  await choose(page, textFile('gaps.csv', `y_true,score\n${rows.join('\n')}\n`))
  const alert = page.getByRole('alert')
  await alert.getByText('More than 20 things are wrong with it.').waitFor()
  const listed = await faults(page)
  assert.deepEqual(
    listed.map(([, row]) => Number(row)),
    rows.flatMap((row, i) => (row.endsWith(',') ? [i + 1] : [])).slice(0, 20),
  )
  await alert.getByText('There is more behind these rows').waitFor()
  await alert.getByRole('button', { name: 'Leave out rows with missing values' }).click()
  await shown(page, 'gaps.csv')
  await page.getByText('24 rows left out, as asked').waitFor()
  await close()
})

test('of predictions and labels the file is named that is at fault, with its own row and line', async () => {
  const { page, close } = await browser.open()
  const labels = textFile('truth.csv', 'id,label\na,0\nb,1\nc,\nd,1\n')
  await choose(page, [textFile('scores.csv', 'id,logit_0,logit_1\na,1,2\nb,0.5,1\nc,0,1\nd,2,1\n'), labels])
  const alert = page.getByRole('alert')
  await alert.getByText('The label is missing').waitFor()
  assert.deepEqual(await places(page), { File: 'truth.csv', Row: '3', Column: 'label', Line: '4' })
  assert.equal(await alert.locator('mark').textContent(), 'c,')
  await alert.getByRole('button', { name: 'Leave out rows with missing values' }).click()
  await shown(page, 'scores.csv')
  await close()
})
