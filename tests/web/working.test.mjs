// Work that takes time: progress, cancelling, and a worker that dies.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { choose, dropLarge, example, means, sample, shown, startBrowser } from './page.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

test('a large file shows its progress and its result', async () => {
  const { page, close } = await browser.open()
  await dropLarge(page, 6000)
  await page.getByRole('progressbar').waitFor()
  assert.match(await page.locator('.working p').textContent(), /large\.csv .* of \d+ MB, [\d,]+ rows?/)
  await shown(page, 'large.csv')
  await page.locator('.facts data[value="12000000"]').waitFor()
  await page.getByRole('progressbar').waitFor({ state: 'detached' })
  assert.match(await page.getByRole('status').textContent(), /Done: 12,000,000 rows?/)
  await close()
})

test('while a large file is read the page answers, and reads none of it in its own thread', async () => {
  const { page, close } = await browser.open()
  await page.evaluate(() => {
    globalThis.reads = 0
    for (const name of ['slice', 'stream', 'arrayBuffer', 'text']) {
      const read = Blob.prototype[name]
      Blob.prototype[name] = function (...range) {
        globalThis.reads++
        return read.apply(this, range)
      }
    }
    addEventListener('click', () => {
      // When all handlers are done with it.
      setTimeout(() => {
        globalThis.seen = {
          isReading: document.querySelector('progress') !== null,
          isOpen: document.querySelector('details[open]') !== null,
        }
      })
    })
  })
  await dropLarge(page, 10000)
  await page.getByText('more of the file is being read').waitFor()
  await page.locator('.privacy summary, details summary').first().click()
  assert.deepEqual(await page.evaluate(() => globalThis.seen), { isReading: true, isOpen: true })
  await page.getByRole('progressbar').waitFor({ state: 'detached' })
  await page.locator('.facts data[value="20000000"]').waitFor()
  assert.equal(await page.evaluate(() => globalThis.reads), 0)
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

test('a file that comes while the worker does not answer is read by another worker', async () => {
  const { page, close } = await browser.open()
  const [worker] = page.workers()
  const isGone = worker.waitForEvent('close')
  // At the next thing that it is asked.
  await worker.evaluate(() => {
    addEventListener('message', () => {
      for (;;);
    })
  })
  await dropLarge(page, 1)
  await page.getByRole('progressbar').waitFor()
  await choose(page, example('cancer_scores.csv'))
  await isGone
  await shown(page, 'cancer_scores.csv')
  assert.equal(await page.getByRole('alert').count(), 0)
  const before = await means(page)
  const gamma = page.getByRole('spinbutton', { name: 'γ, focusing' })
  await gamma.fill('0')
  await gamma.press('Enter')
  await page.waitForFunction((old) => Number(document.querySelector('[data-loss="sigmoidFocal"]').value) !== old, before.sigmoidFocal)
  await close()
})

/** Writes a number into a control, as a person does. */
async function setNumber(page, name, value) {
  const field = page.getByRole('spinbutton', { name, exact: true })
  await field.fill(value)
  await field.press('Enter')
}

/** What the worker has done from now on is not heard of. */
const mute = (worker) =>
  worker.evaluate(() => {
    const post = globalThis.postMessage
    globalThis.postMessage = (reply) => reply.kind !== 'done' && post.call(globalThis, reply)
  })

for (const [why, problems, spoil] of [
  [
    'another task has to be ended',
    0,
    async (page, worker) => {
      const isGone = worker.waitForEvent('close')
      await worker.evaluate(() => {
        addEventListener('message', () => {
          for (;;);
        })
      })
      await dropLarge(page, 1)
      await page.getByRole('button', { name: 'Cancel' }).click()
      await isGone
    },
  ],
  [
    'another task has used up the memory',
    1,
    async (page, worker) => {
      await worker.evaluate(() => {
        Blob.prototype.arrayBuffer = async () => {
          throw new RangeError('Array buffer allocation failed')
        }
      })
      await dropLarge(page, 1)
      await page.getByRole('alert').filter({ hasText: 'large.csv' }).waitFor()
    },
  ],
])
  test(`what a person has asked of a worker that is replaced because ${why} is done by the next one`, async () => {
    const { page, close } = await browser.open()
    await sample(page, 'digits_logits.csv')
    await page.locator('.pager').getByText('of 899').waitFor()
    const [worker] = page.workers()
    await mute(worker)
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await setNumber(page, 'γ, focusing', '0')
    await page.locator('table.losses[aria-busy="true"]').waitFor()
    await spoil(page, worker)
    await page.waitForFunction(
      () => document.querySelector('[data-loss="softmaxFocal"]').value === document.querySelector('[data-loss="crossEntropy"]').value,
    )
    await page.locator('.pager span').filter({ hasText: '26 to 50 of 899' }).waitFor()
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
    // That of the other task stays.
    assert.equal(await page.locator('.problem').count(), problems)
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

/** Ends the worker as the browser does when it crashes: nothing more is heard of it but an error. Until the page has heard that. */
async function crash(page) {
  const [worker] = page.workers()
  const isGone = worker.waitForEvent('close')
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error('crashed')
    })
  })
  await isGone
}

test('after a crash between two tasks a control still computes: the file is read once more', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  const before = await means(page)
  await crash(page)
  const gamma = page.getByRole('spinbutton', { name: 'γ, focusing' })
  await gamma.fill('0')
  await gamma.press('Enter')
  await page.waitForFunction(
    () => document.querySelector('[data-loss="softmaxFocal"]').value === document.querySelector('[data-loss="crossEntropy"]').value,
  )
  const after = await means(page)
  assert.equal(after.crossEntropy, before.crossEntropy)
  await page.getByRole('button', { name: 'Next', exact: true }).click()
  await page.locator('.pager span').filter({ hasText: '26 to 50 of 899' }).waitFor()
  await close({ expectedErrors: [/crashed/] })
})

test('a file that memory has no room for is told of, and the next one is read', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  const before = await means(page)
  const [worker] = page.workers()
  await worker.evaluate(() => {
    Blob.prototype.arrayBuffer = async () => {
      throw new RangeError('Array buffer allocation failed')
    }
  })
  await choose(page, example('digits_logits.csv'))
  const alert = page.getByRole('alert')
  await alert.waitFor()
  assert.match(await alert.textContent(), /not enough memory.*reader was restarted/s)
  assert.deepEqual(await means(page), before)
  await sample(page, 'digits_logits.csv')
  await close()
})

test('first numbers are there before the file is read to its end, and moving a control does not read it again', async () => {
  const { page, close } = await browser.open()
  await page.evaluate(() => {
    globalThis.partials = 0
    new MutationObserver(() => {
      if (document.querySelector('.facts data') && document.body.textContent.includes('more of the file is being read'))
        globalThis.partials++
    }).observe(document.body, { childList: true, subtree: true })
  })
  await dropLarge(page, 2000)
  await page.locator('.facts data[value="4000000"]').waitFor()
  assert.ok((await page.evaluate(() => globalThis.partials)) > 0, 'a first result was shown while the file was read')
  const [worker] = page.workers()
  await worker.evaluate(() => {
    globalThis.reads = 0
    const slice = Blob.prototype.slice
    Blob.prototype.slice = function (...range) {
      globalThis.reads++
      return slice.apply(this, range)
    }
  })
  const before = await means(page)
  const gamma = page.getByRole('spinbutton', { name: 'γ, focusing' })
  await gamma.fill('0')
  await gamma.press('Enter')
  await page.waitForFunction((old) => Number(document.querySelector('[data-loss="softmaxFocal"]').value) !== old, before.softmaxFocal)
  assert.equal(await worker.evaluate(() => globalThis.reads), 0)
  await close()
})
