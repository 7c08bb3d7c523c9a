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

test('several faults are a list with file, row, line, column and remedy, and one click applies a remedy', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  const [worker] = page.workers()
  // What readers say of several rows, on its way from the worker to the page.
  await worker.evaluate(() => {
    const post = self.postMessage
    self.postMessage = (reply, ...rest) => {
      const place = { file: 'gaps.csv', column: 'score' }
      const problems = [
        {
          message: 'the score is missing',
          ...place,
          row: 2,
          line: 3,
          remedy: 'leave out such rows',
          remedySettings: { missing: 'leaveOut' },
        },
        { message: 'the score is missing ("NA")', ...place, row: 4, line: 5, remedySettings: { missing: 'leaveOut' } },
      ]
      if (reply.kind === 'failed') Object.assign(reply.failure, { problems, moreProblems: true })
      post.call(self, reply, ...rest)
    }
  })
  await choose(page, textFile('gaps.csv', 'y_true,score\n0,-2\n1,\n1,-0.5\n0,NA\n'))
  const alert = page.getByRole('alert')
  await alert.getByText('More than 2 things are wrong with it.').waitFor()
  const cells = await alert
    .locator('.faults tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)))
  assert.deepEqual(cells, [
    ['gaps.csv', '2', '3', 'score', 'The score is missing', 'Leave out such rows'],
    ['gaps.csv', '4', '5', 'score', 'The score is missing ("NA")', ''],
  ])
  await alert.getByText('There is more behind these rows').waitFor()
  assert.equal(await alert.getByRole('button', { name: 'Leave out rows with missing values' }).count(), 1)
  await alert.getByRole('button', { name: 'Leave out rows with missing values' }).click()
  await shown(page, 'gaps.csv')
  await page.getByText('2 rows left out, as asked').waitFor()
  await close()
})
