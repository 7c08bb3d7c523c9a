// Parameters as live controls: the file is not read again, and what they give is what they say.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { choose, means, sample, shown, startBrowser, textFile } from './page.mjs'

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

/** Waits until a shown loss is another, and gives all of them. */
async function changed(page, key, before) {
  await page.waitForFunction(([key, old]) => Number(document.querySelector(`[data-loss="${key}"]`)?.value) !== old, [key, before])
  return means(page)
}

/** Waits until all of a result is that of its settings. */
async function settledResult(page) {
  await page.waitForFunction(() => document.querySelector('table.losses') && !document.querySelector('[aria-busy="true"]'))
}

async function set(page, name, value) {
  const input = page.getByRole('spinbutton', { name, exact: true })
  await input.fill(String(value))
  await input.press('Enter')
}

test('a slider that is moved computes all the time', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  const before = await means(page)
  const slider = page.getByRole('slider', { name: 'γ, focusing, slider' })
  await slider.focus()
  await page.keyboard.press('ArrowRight')
  const moved = await changed(page, 'softmaxFocal', before.softmaxFocal)
  assert.ok(moved.softmaxFocal < before.softmaxFocal)
  assert.equal(await page.getByRole('spinbutton', { name: 'γ, focusing' }).inputValue(), '2.1')
  assert.ok(await slider.evaluate((input) => input === document.activeElement), 'the focus stays')
  await page.keyboard.press('Home')
  await page.waitForFunction(
    () => document.querySelector('[data-loss="softmaxFocal"]').value === document.querySelector('[data-loss="crossEntropy"]').value,
  )
  await close()
})

test('one click takes all parameters back, also those of an address, and keeps the focus', async () => {
  const { page, close } = await browser.open({ hash: '#gamma=3&scores=logits' })
  await sample(page, 'digits_logits.csv')
  const reset = page.getByRole('button', { name: 'Back to the defaults' })
  assert.equal(await reset.getAttribute('aria-disabled'), 'false')
  const other = await means(page)
  await set(page, 'Temperature', 2)
  await changed(page, 'crossEntropy', other.crossEntropy)
  await page.getByRole('combobox', { name: 'Class weights' }).selectOption('own')
  const weights = page.getByRole('textbox', { name: '10 weights' })
  await weights.fill('1, 2, 3, 4, 5, 6, 7, 8, 9, 10')
  await weights.press('Enter')
  await settledResult(page)
  await page.locator('[data-loss="crossEntropyWeighted"]').waitFor()
  await reset.click()
  await page.locator('[data-loss="crossEntropyBalanced"]').waitFor()
  await settledResult(page)
  const back = await means(page)
  assert.ok(Math.abs(back.crossEntropy - 0.43581970057465463) < 1e-6, String(back.crossEntropy))
  assert.ok(Math.abs(back.softmaxFocal - 0.217875) < 1e-6, String(back.softmaxFocal))
  assert.equal(await page.getByRole('spinbutton', { name: 'γ, focusing' }).inputValue(), '2')
  assert.equal(await reset.getAttribute('aria-disabled'), 'true')
  assert.equal(await weights.count(), 0)
  assert.ok(await reset.evaluate((button) => button === document.activeElement))
  assert.equal(await page.evaluate(() => location.hash), '#scores=logits')
  await close()
})

test('temperature changes every loss, and the proposed one makes cross entropy least', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  const before = await means(page)
  await page.getByRole('button', { name: /^Compute with temperature 0\.688/ }).click()
  const least = (await changed(page, 'crossEntropy', before.crossEntropy)).crossEntropy
  for (const temperature of [0.65, 0.75]) {
    await set(page, 'Temperature', temperature)
    assert.ok((await changed(page, 'crossEntropy', least)).crossEntropy > least)
    await set(page, 'Temperature', 0.688)
    await page.waitForFunction((least) => Number(document.querySelector('[data-loss="crossEntropy"]').value) === least, least)
  }
  await page.getByRole('button', { name: 'Back to temperature 1' }).click()
  await page.waitForFunction((old) => Number(document.querySelector('[data-loss="crossEntropy"]').value) === old, before.crossEntropy)
  await close()
})

/** Rows of ten logits, many enough for an update to take a moment. */
const wide = (rows) => {
  const line = (i) => `${i % 10},${Array.from({ length: 10 }, (_, c) => (4 * Math.sin(i * 11 + c * c)).toFixed(3)).join(',')}\n`
  return textFile(
    'wide.csv',
    `label,${Array.from({ length: 10 }, (_, c) => `logit_${c}`).join(',')}\n${Array.from({ length: rows }, (_, i) => line(i)).join('')}`,
  )
}

test('losses come before all else with another temperature or ignored label, and it is said that the rest follows', async () => {
  const { page, close } = await browser.open()
  await choose(page, wide(60_000))
  await shown(page, 'wide.csv')
  await settledResult(page)
  await page.evaluate(() => {
    globalThis.seen = []
    const height = () => document.querySelector('table.losses').closest('section').offsetHeight
    globalThis.heights = [height()]
    const look = () => {
      globalThis.heights.push(height())
      const [first, other] = ['softmaxFocal', 'softmaxFocalGamma5'].map((key) => document.querySelector(`[data-loss="${key}"]`))
      const said = [...document.querySelectorAll('p')].some(
        (p) => p.textContent.includes('follow in a moment') && p.checkVisibility({ visibilityProperty: true }),
      )
      globalThis.seen.push({ first: first.value, other: other.value, isBehind: other.classList.contains('behind'), said })
    }
    new MutationObserver(look).observe(document.querySelector('table.losses'), {
      subtree: true,
      attributes: true,
      childList: true,
      characterData: true,
    })
  })
  for (const [name, value] of [
    ['Temperature', 2],
    ['Ignored label', 3],
  ]) {
    const before = await page.evaluate(() => {
      globalThis.seen = []
      return ['softmaxFocal', 'softmaxFocalGamma5'].map((key) => document.querySelector(`[data-loss="${key}"]`).value)
    })
    await set(page, name, value)
    await page.waitForFunction((old) => document.querySelector('[data-loss="softmaxFocalGamma5"]').value !== old, before[1])
    await settledResult(page)
    const seen = await page.evaluate(() => globalThis.seen)
    const ahead = seen.find(({ first, other }) => first !== before[0] && other === before[1])
    assert.ok(ahead?.isBehind && ahead.said, `${name}: ${JSON.stringify(seen)}`)
    const last = await page.locator('[data-loss="softmaxFocal"]').getAttribute('value')
    assert.ok(Math.abs(ahead.first - last) <= 1e-6 * last, `${ahead.first} and then ${last}`)
    assert.equal(await page.locator('.behind').count(), 0)
    assert.equal(new Set(await page.evaluate(() => globalThis.heights)).size, 1, 'nothing below is moved by what is said meanwhile')
    assert.equal(await page.getByText('follow in a moment').isVisible(), false)
  }
  await close()
})

test('of a control that is moved on and on the last value counts, and stays where it was moved to', async () => {
  const { page, close } = await browser.open()
  await choose(page, wide(60_000))
  await shown(page, 'wide.csv')
  await settledResult(page)
  const slider = page.getByRole('slider', { name: 'Temperature, slider' })
  const values = await slider.evaluate(async (input) => {
    const values = []
    for (let i = 0; i < 20; i++) {
      input.value = String(1.5 + i / 20)
      input.dispatchEvent(new Event('input', { bubbles: true }))
      await new Promise((resolve) => setTimeout(resolve, 15))
      values.push(Number(input.value))
    }
    return values
  })
  assert.deepEqual(
    values,
    [...values].sort((a, b) => a - b),
    'it does not jump back',
  )
  await settledResult(page)
  assert.equal(await slider.inputValue(), '2.45')
  const moved = await means(page)
  await set(page, 'Temperature', 1)
  await changed(page, 'crossEntropy', moved.crossEntropy)
  await settledResult(page)
  await set(page, 'Temperature', 2.45)
  await page.waitForFunction((mean) => Number(document.querySelector('[data-loss="crossEntropy"]').value) === mean, moved.crossEntropy)
  await settledResult(page)
  assert.deepEqual(await means(page), moved)
  await close()
})

test('class weights by scheme and one by one', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('weighted.csv', 'label,logit_0,logit_1,logit_2\n2,1,2,3\n0,0,0,0\n'))
  await shown(page, 'weighted.csv')
  await page.getByRole('combobox', { name: 'Class weights' }).selectOption('own')
  const weights = page.getByRole('textbox', { name: '3 weights, in the order of the classes' })
  await weights.fill('1, 2, 3')
  await weights.press('Enter')
  const cell = page.locator('[data-loss="crossEntropyWeighted"]')
  await cell.waitFor()
  await page.waitForFunction(() => Math.abs(Number(document.querySelector('[data-loss="crossEntropyWeighted"]').value) - 0.58035755) < 1e-7)
  await page.getByRole('combobox', { name: 'Class weights' }).selectOption('complement')
  await page.locator('[data-loss="crossEntropyComplement"]').waitFor()
  await close()
})

test('an ignored label is left out and counted', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  await set(page, 'Ignored label', 3)
  await page.getByText('92 more ignored').waitFor()
  assert.equal(await page.locator('.facts data[value="807"]').count(), 1)
  await close()
})

test('alpha is switched off, and more gammas are given', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  const before = await means(page)
  await page.getByRole('checkbox', { name: 'α on' }).uncheck()
  await changed(page, 'sigmoidFocal', before.sigmoidFocal)
  const gammas = page.getByRole('textbox', { name: 'More γ, in rows of their own' })
  await gammas.fill('0')
  await gammas.press('Enter')
  await page.locator('[data-loss="sigmoidFocalGamma0"]').waitFor()
  const values = await means(page)
  assert.ok(Math.abs(values.sigmoidFocalGamma0 - values.bceWithLogits) < 1e-9, 'γ = 0 without α is BCE')
  assert.equal(values['sigmoidFocalGamma0.5'], undefined)
  await close()
})

test('probabilities are rescaled and bounded when that is asked for: Kaggle’s log loss', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('shares.csv', 'label,p_a,p_b\na,0.25,0.25\nb,1,0\na,0.75,0\n'))
  await shown(page, 'shares.csv')
  const cell = page.locator('[data-loss="crossEntropy"]')
  assert.equal(await cell.textContent(), '∞')
  await page.getByRole('checkbox', { name: 'Rescale rows to sum 1' }).check()
  await set(page, 'Least probability', 1e-15)
  // Rescaled: 1/2, 0, 1; bounded by 1e-15.
  const wanted = (Math.log(2) - Math.log(1e-15)) / 3
  await page.waitForFunction(
    (wanted) => Math.abs(Number(document.querySelector('[data-loss="crossEntropy"]').value) - wanted) < 1e-5,
    wanted,
  )
  await settledResult(page)
  assert.match(await page.evaluate(() => location.hash), /renormalise=true&eps=1e-15/)
  await close()
})

test('parameters come from the address, those that cannot be are left out', async () => {
  const { page, close } = await browser.open({ hash: '#temperature=2&classWeight=complement&gammas=3,4&eps=never&renormalise=perhaps' })
  await sample(page, 'digits_logits.csv')
  assert.equal(await page.getByRole('spinbutton', { name: 'Temperature', exact: true }).inputValue(), '2')
  const keys = Object.keys(await means(page))
  for (const key of ['crossEntropyComplement', 'softmaxFocalGamma3', 'softmaxFocalGamma4']) assert.ok(keys.includes(key), keys.join())
  await close()
})

test('momentum makes GHM-C greater, and the reduction shows sums', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  const before = await means(page)
  await set(page, 'Momentum of GHM-C', 0.75)
  const { ghmc } = await changed(page, 'ghmc', before.ghmc)
  assert.ok(Math.abs(ghmc - 4 * before.ghmc) < 1e-9, `${ghmc}`)
  await page.getByRole('radio', { name: 'Sum' }).check()
  const sums = await changed(page, 'bceWithLogits', before.bceWithLogits)
  assert.ok(Math.abs(sums.bceWithLogits / 285 - before.bceWithLogits) < 1e-9, `${sums.bceWithLogits}`)
  await settledResult(page)
  assert.match(await page.evaluate(() => location.hash), /momentum=0\.75/)
  await close()
})
