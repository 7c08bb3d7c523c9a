// What a person writes and chooses stays theirs while numbers are computed and files are read.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { choose, desktop, holding, means, phone, sample, shown, startBrowser, textFile } from './page.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

const open = (options) => browser.open({ init: holding, ...options })

const hold = (page, kinds) =>
  page.evaluate((kinds) => {
    globalThis.held = ({ kind }) => kinds.includes(kind)
  }, kinds)
const release = (page) => page.evaluate(() => globalThis.release())

/** Until all that is shown is of the settings. */
const settled = (page) =>
  page.waitForFunction(() => document.querySelector('table.losses') && !document.querySelector('[aria-busy="true"]'))

const number = (page, name) => page.getByRole('spinbutton', { name, exact: true })

/** Begins an update by another control than those that are looked at. */
async function beginUpdate(page, value = 2) {
  await number(page, 'Ignored label').fill(String(value))
  await number(page, 'Ignored label').press('Enter')
  await page.locator('table.losses[aria-busy="true"]').waitFor()
}

for (const [kind, name, written, key] of [
  ['spinbutton', 'Temperature', '2.5', 'temperature=2.5'],
  ['spinbutton', 'γ, focusing', '3', 'gamma=3'],
  ['textbox', 'More γ, in rows of their own', '3, 4', 'gammas=3,4'],
]) {
  test(`${name}: what is being written stays when an update ends, and Enter takes it`, async () => {
    const { page, close } = await open()
    await sample(page, 'digits_logits.csv')
    const field = page.getByRole(kind, { name, exact: true })
    await hold(page, ['losses', 'done'])
    await beginUpdate(page)
    await field.fill(written)
    await release(page)
    await settled(page)
    assert.equal(await field.inputValue(), written)
    await field.press('Enter')
    await page.waitForFunction((key) => location.hash.includes(key), key)
    assert.equal(await field.inputValue(), written)
    await close()
  })
}

test('controls stay where they are put while numbers follow', async () => {
  const { page, close } = await open()
  await choose(page, textFile('shares.csv', 'label,p_a,p_b\na,0.25,0.25\nb,1,0\na,0.75,0\n'))
  await shown(page, 'shares.csv')
  const [rescale, weights] = [
    page.getByRole('checkbox', { name: 'Rescale rows to sum 1' }),
    page.getByRole('combobox', { name: 'Class weights' }),
  ]
  await hold(page, ['losses', 'done'])
  await beginUpdate(page)
  await rescale.check()
  await weights.selectOption('complement')
  await number(page, 'γ, focusing').fill('3')
  await number(page, 'γ, focusing').press('Enter')
  const looks = async () => [await rescale.isChecked(), await weights.inputValue(), await number(page, 'γ, focusing').inputValue()]
  const chosen = [true, 'complement', '3']
  assert.deepEqual(await looks(), chosen)
  await page.evaluate(() => {
    globalThis.jumps = []
    const [box, select] = [document.querySelector('.common input[type="checkbox"]'), document.querySelector('.losses select')]
    new MutationObserver(() => globalThis.jumps.push([box.checked, select.value])).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    })
  })
  await release(page)
  await page.locator('[data-loss="crossEntropyComplement"]').waitFor()
  await settled(page)
  assert.deepEqual(await looks(), chosen)
  const jumps = await page.evaluate(() => globalThis.jumps)
  assert.ok(jumps.length > 0)
  assert.deepEqual([...new Set(jumps.map(String))], ['true,complement'])
  await close()
})

test('a change while a file is being read counts when it is read', async () => {
  const { page, close } = await open()
  await hold(page, ['done'])
  const lines = Array.from({ length: 60_000 }, (_, i) => `${i % 3},${Math.sin(i).toFixed(4)},${Math.cos(i).toFixed(4)},0.5\n`)
  await choose(page, textFile('long.csv', `label,logit_0,logit_1,logit_2\n${lines.join('')}`))
  await page.getByText('more of the file is being read').waitFor()
  const gamma = number(page, 'γ, focusing')
  await gamma.fill('0')
  await gamma.press('Enter')
  assert.equal(await gamma.inputValue(), '0')
  await release(page)
  await page.waitForFunction(
    () => document.querySelector('[data-loss="softmaxFocal"]').value === document.querySelector('[data-loss="crossEntropy"]').value,
  )
  await settled(page)
  assert.equal(await gamma.inputValue(), '0')
  await page.locator('.facts data[value="60000"]').waitFor()
  assert.match(await page.evaluate(() => location.hash), /gamma=0/)
  await close()
})

test('runs that are read while a control is moved have what the control says', async () => {
  const { page, close } = await open()
  await sample(page, 'digits_logits.csv')
  await hold(page, ['done'])
  const dialog = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Compare with another run' }).click()
  await (await dialog).setFiles(textFile('other.csv', 'label,logit_0,logit_1\n0,1,2\n1,0,1\n'))
  await number(page, 'Temperature').fill('2')
  await number(page, 'Temperature').press('Enter')
  await release(page)
  await page.getByRole('button', { name: 'other.csv', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'other.csv' }).waitFor()
  await settled(page)
  assert.equal(await number(page, 'Temperature').inputValue(), '2')
  // Margins of -1 and 1 at temperature 2.
  const wanted = (Math.log1p(Math.exp(0.5)) + Math.log1p(Math.exp(-0.5))) / 2
  const { crossEntropy } = await means(page)
  assert.ok(Math.abs(crossEntropy - wanted) < 1e-6, `${crossEntropy}, not ${wanted}`)
  await close()
})

test('how a file is read stays as chosen while it is read again, and two choices are two', async () => {
  const { page, close } = await open()
  await sample(page, 'digits_logits.csv')
  const scores = page.getByRole('combobox', { name: 'Scores', exact: true })
  const task = page.getByRole('combobox', { name: 'Task', exact: true })
  await hold(page, ['done'])
  await scores.selectOption('logits')
  await page.getByRole('progressbar').waitFor()
  assert.equal(await scores.inputValue(), 'logits')
  await task.selectOption('multiClass')
  await page.getByRole('progressbar').waitFor()
  const choices = async () => [await scores.inputValue(), await task.inputValue()]
  assert.deepEqual(await choices(), ['logits', 'multiClass'])
  await release(page)
  await page.getByRole('progressbar').waitFor({ state: 'detached' })
  await settled(page)
  assert.equal(await page.getByRole('alert').count(), 0)
  assert.deepEqual(await choices(), ['logits', 'multiClass'])
  await close()
})

test('what cannot be taken stays, with the reason, and Escape takes it back', async () => {
  const { page, close } = await open()
  await sample(page, 'digits_logits.csv')
  const before = await means(page)
  const temperature = number(page, 'Temperature')
  const gammas = page.getByRole('textbox', { name: 'More γ, in rows of their own' })
  for (const [field, written, reason, last] of [
    [temperature, '9', 'A number from 0.05 to 5 is wanted', '1'],
    [gammas, '1, two', 'Numbers of 0 or more are wanted, with commas between them', '0.5, 1, 2, 5'],
  ]) {
    await field.fill(written)
    await field.press('Enter')
    const said = page.getByText(reason, { exact: true })
    await said.waitFor()
    assert.equal(await field.getAttribute('aria-invalid'), 'true')
    assert.equal(await field.evaluate((input) => document.getElementById(input.getAttribute('aria-describedby'))?.textContent), reason)
    await number(page, 'γ, focusing').fill(written.length > 1 ? '4' : '3')
    await number(page, 'γ, focusing').press('Enter')
    await page.waitForFunction((hash) => location.hash.includes(hash), `gamma=${written.length > 1 ? 4 : 3}`)
    await settled(page)
    assert.equal(await field.inputValue(), written, 'another update leaves it')
    await said.waitFor()
    await field.press('Escape')
    assert.equal(await field.inputValue(), last)
    await said.waitFor({ state: 'detached' })
    assert.equal(await field.getAttribute('aria-invalid'), null)
  }
  assert.equal((await means(page)).crossEntropy, before.crossEntropy)
  await temperature.fill('1.00')
  await temperature.press('Enter')
  assert.equal(await temperature.inputValue(), '1')
  await temperature.fill('9')
  await temperature.press('Enter')
  await page.getByRole('button', { name: 'Back to the defaults' }).click()
  assert.equal(await temperature.inputValue(), '1')
  await page.getByText('A number from 0.05 to 5 is wanted').waitFor({ state: 'detached' })
  await close()
})

test('what is told of a field moves no other beside it, and its ring is whole', async () => {
  for (const viewport of [desktop, phone]) {
    const { page, close } = await open({ viewport })
    await sample(page, 'digits_logits.csv')
    const widthOf = (field) => field.evaluate((input) => input.closest('.control').offsetWidth)
    const fields = { Temperature: '9', 'γ, focusing': '11' }
    for (const [name, wrong] of Object.entries(fields)) {
      const width = await widthOf(number(page, name))
      await number(page, name).fill(wrong)
      await number(page, name).press('Enter')
      await page.locator('.field-fault').first().waitFor()
      assert.equal(await widthOf(number(page, name)), width, `${name} at ${viewport.width}`)
    }
    const gammas = page.getByRole('textbox', { name: 'More γ, in rows of their own' })
    await gammas.focus()
    const beside = await gammas.evaluate((input) => {
      const place = input.closest('.scroll').getBoundingClientRect()
      const { left, right } = input.getBoundingClientRect()
      const { outlineWidth, outlineOffset } = getComputedStyle(input)
      return {
        left: left - place.left,
        right: place.right - right,
        ring: Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset),
      }
    })
    assert.ok(beside.left >= beside.ring && beside.right >= beside.ring, JSON.stringify(beside))
    await close()
  }
})

test('a bound of the rows that is being written stays, and an impossible one is told of', async () => {
  const { page, close } = await open()
  await sample(page, 'digits_logits.csv')
  const rows = page.getByRole('region', { name: 'Rows', exact: true })
  const from = rows.getByLabel('from', { exact: true })
  await hold(page, ['losses', 'done'])
  await beginUpdate(page)
  await from.fill('1')
  await release(page)
  await settled(page)
  assert.equal(await from.inputValue(), '1')
  await from.press('Enter')
  await page.waitForFunction(() => {
    const losses = [...document.querySelectorAll('[data-row="loss"]')]
    return (
      losses.length > 0 &&
      losses.every(({ value }) => Number(value) >= 1) &&
      !document.querySelector('.pager').textContent.includes('of 807')
    )
  })
  await from.press('End')
  await page.keyboard.type('e')
  await from.press('Enter')
  await rows.getByText('A number is wanted').waitFor()
  await from.press('Escape')
  assert.equal(await from.inputValue(), '1')
  const to = rows.getByLabel('to, without it', { exact: true })
  await to.press('-')
  await page.keyboard.press('Tab')
  await rows.getByText('A number is wanted').waitFor()
  await rows.getByRole('button', { name: 'Show all rows' }).click()
  await rows.getByText('A number is wanted').waitFor({ state: 'detached' })
  assert.deepEqual(await to.evaluate(({ validity }) => validity.badInput), false)
  assert.equal(await from.inputValue(), '')
  await close()
})

test('a run may be closed while its numbers are computed, and the others are not read again', async () => {
  const { page, close } = await open()
  const lines = Array.from({ length: 300_000 }, (_, i) => `${i % 3},${Math.sin(i).toFixed(4)},${Math.cos(i).toFixed(4)},0.5\n`)
  await choose(page, [
    textFile('long.csv', `label,logit_0,logit_1,logit_2\n${lines.join('')}`),
    textFile('short.csv', 'label,logit_0,logit_1\n0,1,2\n1,0,1\n'),
  ])
  await page.getByRole('button', { name: 'long.csv', exact: true }).click()
  await shown(page, 'long.csv')
  await settled(page)
  const [worker] = page.workers()
  await worker.evaluate(() => {
    globalThis.isFirst = true
  })
  await page.evaluate(async () => {
    const label = [...document.querySelectorAll('label')].find(({ textContent }) => textContent === 'Ignored label')
    const input = label.querySelector('input')
    input.value = '2'
    input.dispatchEvent(new Event('change', { bubbles: true }))
    // The worker has begun with it.
    await new Promise((resolve) => setTimeout(resolve))
    document.querySelector('[aria-label="Close long.csv"]').click()
  })
  await shown(page, 'short.csv')
  await number(page, 'γ, focusing').fill('0')
  await number(page, 'γ, focusing').press('Enter')
  await page.waitForFunction(
    () => document.querySelector('[data-loss="softmaxFocal"]').value === document.querySelector('[data-loss="crossEntropy"]').value,
  )
  assert.equal(await page.getByRole('alert').count(), 0)
  assert.equal(await page.workers()[0].evaluate(() => globalThis.isFirst), true)
  await close()
})
