// Work that takes time: progress, cancelling, and a worker that dies.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { means, sample, shown, startBrowser } from './page.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

/** Drops a file of `copies` times the rows of the digits sample, made in the page: nothing is written to a disk. */
async function dropLarge(page, copies) {
  await page.evaluate(async (copies) => {
    const [head, ...rows] = ['label,a,b,c', ...Array.from({ length: 2000 }, (_, row) => `${row % 3},0.123456,-1.234567,2.345678`)]
    const block = new Blob([`${rows.join('\n')}\n`])
    const file = new File([`${head}\n`, ...Array(copies).fill(block)], 'large.csv')
    const transfer = new DataTransfer()
    transfer.items.add(file)
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true }))
  }, copies)
}

test('a large file shows its progress and its result', async () => {
  const { page, close } = await browser.open()
  await dropLarge(page, 6000)
  await page.getByRole('progressbar').waitFor()
  assert.match(await page.locator('.working p').textContent(), /large\.csv .* of \d+ MB, [\d,]+ rows/)
  await shown(page, 'large.csv')
  await page.locator('.facts data[value="12000000"]').waitFor()
  await page.getByRole('progressbar').waitFor({ state: 'detached' })
  assert.match(await page.getByRole('status').textContent(), /Done: 12,000,000 rows/)
  await close()
})

test('cancelling leaves what was shown', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  const before = await means(page)
  await dropLarge(page, 10000)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('status').filter({ hasText: 'Stopped reading large.csv' }).waitFor({ state: 'attached' })
  assert.equal(await page.getByRole('alert').count(), 0)
  assert.deepEqual(await means(page), before)
  await sample(page, 'digits_logits.csv')
  await close()
})

test('a worker that dies is replaced, and the page says so', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  await dropLarge(page, 10000)
  await page.getByRole('progressbar').waitFor()
  const [worker] = page.workers()
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error('out of memory')
    })
  })
  const alert = page.getByRole('alert')
  await alert.waitFor()
  assert.match(await alert.textContent(), /not enough memory.*reader was restarted/s)
  await shown(page, 'cancer_scores.csv')
  await sample(page, 'digits_logits.csv')
  await close({ expectedErrors: [/out of memory/] })
})
