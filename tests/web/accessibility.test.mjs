// The page for everyone: axe in light and dark, the keyboard alone, a phone, what a screen reader hears.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { choose, phone, sample, shown, startBrowser, textFile, violations } from './page.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const bad = textFile('text.csv', 'y_true,score\n0,-1.5\n1,high\n')

const severalFaults = textFile('faults.csv', 'y_true,score\n0,-2\n1,\n1,high\n0,NA\n,1\n1,2\n')

const views = {
  opening: (page) => page.getByText('How to check that').click(),
  'ten classes': (page) => sample(page, 'digits_logits.csv'),
  binary: async (page) => {
    await sample(page, 'cancer_scores.csv')
    await page.locator('#gradient-norms .drawn svg').first().waitFor()
    await page.locator('#gradient-norms').getByText('As a table').click()
  },
  problem: async (page) => {
    await choose(page, bad)
    await page.getByRole('alert').waitFor()
    await page.getByText('Read it differently').click()
  },
  'a number that cannot be': async (page) => {
    await sample(page, 'digits_logits.csv')
    const temperature = page.getByRole('spinbutton', { name: 'Temperature', exact: true })
    await temperature.fill('9')
    await temperature.press('Enter')
    await page.getByText('A number from 0.05 to 5 is wanted').waitFor()
  },
  'several problems': async (page) => {
    await choose(page, severalFaults)
    await page.getByRole('alert').locator('.faults').waitFor()
  },
}

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

for (const [name, show] of Object.entries(views)) {
  for (const colorScheme of ['light', 'dark']) {
    test(`axe finds nothing: ${name}, ${colorScheme}`, async () => {
      const { page, close } = await browser.open({ colorScheme, init: axe })
      await show(page)
      assert.deepEqual(await violations(page), [])
      await close()
    })
  }

  test(`a phone is wide enough: ${name}`, async () => {
    const { page, close } = await browser.open({ viewport: phone, init: axe })
    await show(page)
    const { scroll, client } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth,
    }))
    assert.equal(scroll, client)
    assert.deepEqual(await violations(page), [])
    await close()
  })
}

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page, name) {
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      // Between the last element and the first.
      if (element === document.body) return { text: '', visible: true }
      const outline = getComputedStyle(element)
      return {
        text: element.labels?.[0]?.textContent || element.ariaLabel || element.textContent,
        visible: outline.outlineStyle !== 'none',
        isSelect: element.tagName === 'SELECT',
      }
    })
    assert.ok(focused.visible, `the focus is seen on ${focused.text}`)
    if (focused.isSelect !== true && focused.text.includes(name)) return
  }
  assert.fail(`Tab does not reach ${name}`)
}

test('the keyboard alone opens a sample, sorts, reads the picture and opens a file', async () => {
  const { page, close } = await browser.open()
  await tabTo(page, 'cancer_scores.csv')
  await page.keyboard.press('Enter')
  await shown(page, 'cancer_scores.csv')
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'cancer_scores.csv')
  await tabTo(page, 'Bins of GHM-C')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('5')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Bin of gradient norms')
  await page.keyboard.press('End')
  assert.match(await page.locator('#gradient-norms .plot').getAttribute('aria-valuetext'), /≤ g ≤ 1/)
  await tabTo(page, 'Recall')
  await page.keyboard.press('Space')
  assert.equal(await page.getByRole('columnheader', { name: 'Recall' }).getAttribute('aria-sort'), 'descending')

  await page.keyboard.press('Control+Home')
  await page.evaluate(() => document.activeElement.blur())
  await tabTo(page, 'Open another file')
  const dialog = page.waitForEvent('filechooser')
  await page.keyboard.press('Enter')
  await (await dialog).setFiles(bad)
  await page.getByRole('alert').waitFor()
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'alert')
  await close()
})

test('the keyboard alone goes through a list of faults and mends the file', async () => {
  const { page, close } = await browser.open()
  await choose(page, textFile('gaps.csv', 'y_true,score\n0,-2\n1,\n0,NA\n,1\n1,2\n'))
  const alert = page.getByRole('alert')
  await alert.locator('.faults').waitFor()
  assert.ok(await alert.evaluate((element) => element === document.activeElement), 'the focus is where it is said')
  await tabTo(page, 'Leave out rows with missing values')
  await page.keyboard.press('Enter')
  await shown(page, 'gaps.csv')
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'gaps.csv')
  await page.getByText('3 rows left out, as asked').waitFor()
  await close()
})

test('progress and results are announced', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  assert.match(await page.getByRole('status').textContent(), /^Done: 899 rows\. .* 0\.4358\. Accuracy 90\.5%\.$/)
  await close()
})
