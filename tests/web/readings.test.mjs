// Readings that others overtake: what is shown, what is said, and what the worker still holds.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { choose, dropLarge, holding, means, phone, sample, shown, startBrowser, textFile } from './page.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

/** What the worker is asked and has done, and all that a screen reader is told. */
const listening = `
globalThis.asked = []
globalThis.done = []
const Started = Worker
globalThis.Worker = class extends Started {
  constructor(...given) {
    super(...given)
    super.addEventListener('message', ({ data: { id, kind } }) => kind === 'done' && globalThis.done.push(id))
  }
}
const post = Worker.prototype.postMessage
Worker.prototype.postMessage = function (request, ...rest) {
  globalThis.asked.push({ id: request.id, kind: request.kind, session: request.session })
  return post.call(this, request, ...rest)
}
globalThis.said = []
addEventListener('DOMContentLoaded', () => {
  const hear = () => {
    const words = document.querySelector('p[role="status"].visually-hidden')?.textContent
    if (words && words !== globalThis.said.at(-1)) globalThis.said.push(words)
  }
  new MutationObserver(hear).observe(document.body, { childList: true, subtree: true, characterData: true })
})
`

const open = (options) => browser.open({ init: holding + listening, ...options })

/** From now on no file is read to its end, as far as the page knows; nor has it first numbers, where these are held too. */
const hold = (page, ...others) =>
  page.evaluate(
    (kinds) => {
      globalThis.held = ({ kind }) => kinds.includes(kind)
    },
    ['done', ...others],
  )
const release = (page) => page.evaluate(() => globalThis.release())
const said = (page) => page.evaluate(() => globalThis.said)

/** Sessions that the worker holds. */
const openSessions = (page) =>
  page.evaluate(() => {
    const of = (kind) => globalThis.asked.filter((request) => request.kind === kind)
    const closed = of('close').map(({ session }) => session)
    return of('open').filter(({ id }) => globalThis.done.includes(id) && !closed.includes(id)).length
  })

/** Rows of three classes, enough for first numbers before the last ones. */
const long = (name) => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `${i % 3},${Math.sin(i).toFixed(4)},${Math.cos(i).toFixed(4)},0.5\n`)
  return textFile(name, `label,logit_0,logit_1,logit_2\n${lines.join('')}`)
}
const bad = textFile('bad.csv', 'label,score\n0,x\n')
const small = (name) => textFile(name, 'label,logit_0,logit_1\n0,1,2\n1,0,1\n')

const firstNumbers = (page, name) =>
  Promise.all([
    page.getByRole('heading', { level: 1, name }).waitFor(),
    page.getByText('more of the file is being read').waitFor(),
    page.getByRole('progressbar').waitFor(),
  ])

async function add(page, file) {
  const dialog = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Compare with another run' }).click()
  await (await dialog).setFiles(file)
}

/** Until nothing is read any more. */
async function settled(page) {
  await page.getByRole('progressbar').waitFor({ state: 'detached' })
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
}

const scores = (page) => page.getByRole('combobox', { name: 'Scores', exact: true })
const task = (page) => page.getByRole('combobox', { name: 'Task', exact: true })

test('first numbers that are read differently take the place of the run before for good, or give it back', async () => {
  const { page, close } = await open()
  await sample(page, 'digits_logits.csv')
  const before = await means(page)
  for (const [choice, value, name] of [
    [task, 'binary', 'digits_logits.csv'],
    [scores, 'logits', 'long.csv'],
  ]) {
    await hold(page)
    await choose(page, long('long.csv'))
    await firstNumbers(page, 'long.csv')
    await choice(page).selectOption(value)
    await release(page)
    await shown(page, name)
    await settled(page)
    assert.equal(await page.getByRole('alert').count(), name === 'long.csv' ? 0 : 1)
    if (name !== 'long.csv') assert.deepEqual(await means(page), before)
    assert.equal(await page.getByText('more of the file is being read').count(), 0)
    assert.equal(await openSessions(page), 1, name)
  }
  await close()
})

test('a file that is opened while first numbers of another are shown takes the place of both for good, or gives back the one before', async () => {
  const { page, close } = await open()
  await sample(page, 'digits_logits.csv')
  for (const [file, name] of [
    [bad, 'digits_logits.csv'],
    [small('small.csv'), 'small.csv'],
  ]) {
    await hold(page)
    await choose(page, long('long.csv'))
    await firstNumbers(page, 'long.csv')
    await choose(page, file)
    await release(page)
    await settled(page)
    await shown(page, name)
    assert.equal(await page.getByRole('navigation', { name: 'Runs' }).count(), 0)
    assert.equal(await openSessions(page), 1, name)
  }
  await close()
})

test('a file that was read in vain leaves no session', async () => {
  const { page, close } = await open()
  await sample(page, 'digits_logits.csv')
  await hold(page)
  await choose(page, small('first.csv'))
  await page.getByRole('progressbar').waitFor()
  // The worker has read it, and the page does not know that yet.
  await page.waitForFunction(() => globalThis.isHolding())
  await choose(page, small('second.csv'))
  await release(page)
  await shown(page, 'second.csv')
  await settled(page)
  assert.equal(await openSessions(page), 1)
  await close()
})

test('only a reading that the person stops is said to be stopped', async () => {
  const { page, close } = await open()
  await dropLarge(page, 10000)
  await firstNumbers(page, 'large.csv')
  await scores(page).selectOption('logits')
  await page.waitForFunction(() => globalThis.asked.filter(({ kind }) => kind === 'open').length === 2)
  await choose(page, small('small.csv'))
  await shown(page, 'small.csv')
  await page.getByRole('status').filter({ hasText: 'Done: 2 rows' }).waitFor({ state: 'attached' })
  assert.deepEqual(
    (await said(page)).filter((words) => words.startsWith('Stopped')),
    [],
  )
  await close()
})

test('a run that is closed while it is read is not read on', async () => {
  const { page, close } = await open()
  await sample(page, 'digits_logits.csv')
  await hold(page)
  await add(page, long('long.csv'))
  await firstNumbers(page, 'long.csv')
  await page.getByRole('button', { name: 'Close long.csv' }).click()
  await release(page)
  await settled(page)
  await shown(page, 'digits_logits.csv')
  assert.equal(await page.getByRole('navigation', { name: 'Runs' }).count(), 0)
  assert.equal(await page.getByRole('alert').count(), 0)
  await close()
})

for (const viewport of [undefined, phone])
  test(`what is chosen while another file is added waits for it, and the page says so${viewport ? ' on a phone' : ''}`, async () => {
    const { page, close } = await open(viewport && { viewport })
    await sample(page, 'digits_logits.csv')
    const waits = page.locator('.working').getByText('What you have chosen follows when it is read.')
    // On a slow machine the smallest file has first numbers, and is what a choice is for.
    await hold(page, 'partial')
    await add(page, small('small.csv'))
    await page.getByRole('progressbar').waitFor()
    assert.equal(await waits.count(), 0)
    await scores(page).selectOption('logits')
    await waits.waitFor()
    assert.equal((await said(page)).at(-1), 'What you have chosen follows when small.csv is read.')
    const temperature = page.getByRole('spinbutton', { name: 'Temperature', exact: true })
    await temperature.fill('2')
    await temperature.press('Enter')
    await add(page, small('third.csv'))
    await task(page).selectOption('multiClass')
    assert.equal(await scores(page).inputValue(), 'logits')
    await release(page)
    await page.getByRole('button', { name: 'third.csv', exact: true }).waitFor()
    await settled(page)
    for (const [name, chosen] of [
      ['small.csv', ['', '']],
      ['digits_logits.csv', ['logits', 'multiClass']],
    ]) {
      await page.getByRole('button', { name, exact: true }).click()
      await shown(page, name)
      await settled(page)
      assert.deepEqual([await scores(page).inputValue(), await task(page).inputValue()], chosen, name)
      assert.equal(await temperature.inputValue(), '2')
    }
    assert.equal(await page.getByText('What you have chosen follows').count(), 0)
    assert.equal(await page.getByRole('alert').count(), 0)
    assert.equal(await openSessions(page), 3)
    await close()
  })
