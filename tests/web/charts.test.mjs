// The pictures: read by pointer and keys, had as tables and files, and leading to the rows behind them.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { choose, download, downloaded, example, phone, sample, shown, startBrowser, textFile } from './page.mjs'

const expected = JSON.parse(readFileSync(example('expected.json'), 'utf8'))

let browser
before(async () => {
  browser = await startBrowser()
})
after(() => browser.close())

const figure = (page, id) => page.locator(`#${id}`)
const plot = (page, id) => figure(page, id).locator('.plot')
const drawn = (page, id) => figure(page, id).locator('.drawn > svg').waitFor()

/** The part of the page with the figure and what stands beside it. */
const section = (page, heading) => page.getByRole('region', { name: heading, exact: true })

/** The values of a column of a figure's table. */
async function column(page, id, key) {
  await figure(page, id).getByText('As a table').click()
  const cells = figure(page, id).locator(`data[data-value="${id}.${key}"]`)
  await cells.first().waitFor()
  return cells.evaluateAll((all) => all.map((cell) => Number(cell.value)))
}

test('on a phone no word of a picture is cut, large numbers neither', async () => {
  const { page, close } = await browser.open({ viewport: phone })
  const rows = Array.from({ length: 30_000 }, (_, row) => `${row % 2},${(8 * Math.sin(row)).toFixed(3)}\n`)
  await choose(page, textFile('many.csv', `y_true,score\n${rows.join('')}`))
  await shown(page, 'many.csv')
  const pictures = page.locator('.drawn > svg')
  for (const id of ['gradient-norms', 'ghm', 'focal', 'loss-distribution', 'reliability']) await drawn(page, id)
  const cut = await pictures.evaluateAll((all) =>
    all.flatMap((svg) => {
      const { left, right } = svg.getBoundingClientRect()
      const isCut = (text) => text.getBoundingClientRect().left < left - 0.5 || text.getBoundingClientRect().right > right + 0.5
      return [...svg.querySelectorAll('text')].filter(isCut).map((text) => text.textContent)
    }),
  )
  assert.deepEqual(cut, [])
  assert.ok((await page.locator('#ghm .drawn text').allTextContents()).some((text) => /^\d+K$/.test(text)))
  await close()
})

/** 201 classes, a row each that is right, and a few that are wrong. */
function manyClasses() {
  const count = 201
  const name = (c) => `class ${c}`
  const row = (label, predicted) => [name(label), ...Array.from({ length: count }, (_, c) => (c === predicted ? 4 : 0))].join(',')
  const right = Array.from({ length: count }, (_, c) => row(c, c))
  const wrong = [row(7, 8), row(9, 1), row(7, 8), row(200, 0), row(9, 1), row(7, 8)]
  const head = ['label', ...Array.from({ length: count }, (_, c) => `logit_${name(c)}`)]
  return textFile('many.csv', [head.join(','), ...right, ...wrong, ''].join('\n'))
}

const heights = (page, id) =>
  figure(page, id)
    .locator('.drawn rect')
    .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('height'))).sort((a, b) => b - a))

test('long names that end differently are told apart', async () => {
  const { page, close } = await browser.open()
  const names = ['a long name of a class 17', 'a long name of a class 18']
  const rows = names.map((name, i) => `${name},${2 - i},${i}`)
  await choose(page, textFile('names.csv', `label,${names.map((name) => `logit_${name}`)}\n${rows.join('\n')}\n`))
  await shown(page, 'names.csv')
  for (const id of ['class-counts', 'confusion']) {
    const drawn = page.locator(`#${id} .drawn > svg`)
    await drawn.waitFor()
    const words = await drawn.locator('text').allTextContents()
    for (const end of ['17', '18'])
      assert.ok(
        words.some((text) => text.startsWith('a lon') && text.endsWith(end)),
        `${id}: ${words}`,
      )
  }
  await close()
})

test('no picture lies over what stands around it', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  for (const id of await page.locator('figure[id]').evaluateAll((figures) => figures.map((figure) => figure.id))) {
    await figure(page, id).scrollIntoViewIfNeeded()
    await drawn(page, id)
    const around = await plot(page, id).boundingBox()
    const picture = await figure(page, id).locator('.drawn > svg').boundingBox()
    assert.ok(picture.height > 50, `${id} is ${picture.height} high`)
    assert.ok(picture.height <= around.height + 1, `${id} is ${picture.height} high in a room of ${around.height}`)
  }
  await close()
})

test('GHM-C: counts, densities and weights of the bins are those known for the file', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  await drawn(page, 'ghm')
  const counts = await column(page, 'ghm', 'count')
  assert.deepEqual(counts, expected.cancer_scores.ghmc_counts)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const weights = await figure(page, 'ghm')
    .locator('data[data-value="ghm.weight"]')
    .evaluateAll((cells) => cells.map((cell) => (cell.value === '' ? null : Number(cell.value))))
  assert.deepEqual(
    weights,
    counts.map((count) => (count === 0 ? null : total / count)),
  )
  await close()
})

test('a picture is read by keys and pointer, on a linear or logarithmic scale', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'cancer_scores.csv')
  await drawn(page, 'gradient-norms')
  const logarithmic = await heights(page, 'gradient-norms')
  await section(page, 'Gradient norms').getByRole('radio', { name: 'linear' }).check()
  await page.waitForFunction(
    (before) => document.querySelector('#gradient-norms .drawn rect:nth-of-type(2)')?.getAttribute('height') !== before,
    String(logarithmic[1]),
  )
  const linear = await heights(page, 'gradient-norms')
  assert.ok(linear[1] / linear[0] < 0.2 && logarithmic[1] / logarithmic[0] > 0.4, 'a linear scale makes the small counts smaller')

  const slider = plot(page, 'gradient-norms')
  await slider.focus()
  await page.keyboard.press('End')
  const last = await slider.getAttribute('aria-valuetext')
  assert.match(last, /≤ g ≤ 1: \d+ rows?, mean loss/)
  assert.equal(await figure(page, 'gradient-norms').locator('.readout').textContent(), last)
  await page.keyboard.press('ArrowLeft')
  assert.notEqual(await slider.getAttribute('aria-valuetext'), last)
  await page.keyboard.press('Home')
  const first = await slider.getAttribute('aria-valuetext')
  assert.match(first, /^0 ≤ g < 0\.03333: \d+ rows/)

  await slider.scrollIntoViewIfNeeded()
  const { x, y, height } = await slider.boundingBox()
  await page.mouse.move(x + 62, y + height / 2)
  assert.equal(await figure(page, 'gradient-norms').locator('.readout').textContent(), first)
  assert.equal(await figure(page, 'gradient-norms').locator('.cursor rect').count(), 1)
  await close()
})

const common = ['gradient-norms', 'ghm', 'focal', 'loss-distribution', 'class-counts', 'class-bars']

for (const [name, pictures] of [
  ['digits_logits.csv', [...common, 'confusion', 'reliability']],
  ['cancer_scores.csv', [...common, 'confusion', 'reliability']],
  ['digits_attributes.npz', [...common, 'reliability']],
  ['punctuation_tokens.npz', [...common, 'confusion', 'reliability']],
]) {
  test(`every picture of ${name} is had as SVG, PNG and CSV, and its table has the same values`, async () => {
    const { page, close } = await browser.open()
    await sample(page, name)
    await figure(page, 'reliability').waitFor()
    const ids = await page.locator('figure[id]').evaluateAll((figures) => figures.map(({ id }) => id))
    assert.deepEqual(ids, pictures)
    for (const id of ids) await hasFiles(page, id)
    await close()
  })
}

/** Downloads of a picture. */
async function hasFiles(page, id) {
  await drawn(page, id)
  const place = page.locator('.section', { has: figure(page, id) })
  const svg = await downloaded(place, 'Download SVG')
  assert.match(svg, /^<svg[^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
  assert.ok(!/class=|style=|<style|var\(|currentColor/.test(svg), `${id} needs no style sheet`)
  const png = await download(place, 'Download PNG')
  assert.equal(png.subarray(1, 4).toString(), 'PNG')
  assert.ok(png.readUInt32BE(16) > 1000, `${id} is sharp: ${png.readUInt32BE(16)} pixels wide`)
  const [head, ...rows] = (await downloaded(place, 'Download CSV')).trim().split('\r\n')
  const keys = head.split(',')
  const numeric = keys.at(-1)
  const values = await column(page, id, numeric)
  assert.deepEqual(
    values.map((value) => (Number.isNaN(value) ? 0 : value)),
    rows.map((row) => Number(row.split(',').at(-1))),
    id,
  )
}

test('the confusion matrix is walked in two directions and adds up', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  await drawn(page, 'confusion')
  const slider = plot(page, 'confusion')
  await slider.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  assert.match(await slider.getAttribute('aria-valuetext'), /^1 taken for 1: 86 rows, 94\.5% of 1$/)
  const counts = await column(page, 'confusion', 'rows')
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    899,
  )
  await close()
})

test('a click in a picture chooses the rows below', async () => {
  const { page, close } = await browser.open()
  await sample(page, 'digits_logits.csv')
  await drawn(page, 'confusion')
  const slider = plot(page, 'confusion')
  await slider.focus()
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  assert.match(await page.locator('p.visually-hidden[role=status]').textContent(), /Rows below: 8 taken for 9: 8 rows/)
  await figure(page, 'confusion').getByRole('button', { name: 'See these rows' }).click()
  const rows = page.getByRole('region', { name: 'Rows', exact: true })
  await rows.locator('[aria-busy="false"]').waitFor()
  assert.equal(await rows.getByRole('combobox', { name: 'True class', exact: true }).inputValue(), '8')
  assert.equal(await rows.getByRole('combobox', { name: 'Predicted class', exact: true }).inputValue(), '9')
  const labels = await rows.locator('[data-row="label"]').evaluateAll((cells) => cells.map(({ value }) => value))
  assert.ok(labels.length > 0 && labels.every((label) => label === '8'), labels.join())

  await slider.scrollIntoViewIfNeeded()
  await plot(page, 'class-counts').scrollIntoViewIfNeeded()
  const { x, y } = await plot(page, 'class-counts').boundingBox()
  await page.mouse.click(x + 80, y + 20)
  await rows.locator('[aria-busy="false"]').waitFor()
  assert.equal(await rows.getByRole('combobox', { name: 'True class', exact: true }).inputValue(), '3')
  await close()
})

test('more classes than a matrix holds: the pairs that are mistaken most, with their rows', async () => {
  const { page, close } = await browser.open()
  await choose(page, manyClasses())
  await shown(page, 'many.csv')
  assert.equal(await figure(page, 'confusion').count(), 0)
  await drawn(page, 'top-confusions')
  assert.deepEqual((await column(page, 'top-confusions', 'rows')).slice(0, 3), [3, 2, 1])
  const slider = plot(page, 'top-confusions')
  await slider.focus()
  await page.keyboard.press('Home')
  assert.match(await slider.getAttribute('aria-valuetext'), /^class 7 taken for class 8: 3 rows, 75\.0% of class 7$/)
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelectorAll('[data-row="label"]').length === 3)
  const svg = await downloaded(section(page, 'Most common confusions'), 'Download SVG')
  assert.match(svg, /class 7 → class 8/)
  const table = await downloaded(section(page, 'Most common confusions'), 'Download CSV')
  assert.match(table, /^label,predicted,rows,share\r\nclass 7,class 8,3,0\.75\r\n/)
  await close()
})

test('pictures that cannot be fetched leave their tables', async () => {
  const { page, close } = await browser.open()
  await page.evaluate(async () => {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys())
        if (/plotting/.test(request.url)) await cache.put(request, new Response('', { status: 500 }))
    }
  })
  // The page that is open has it already, and the browser's memory may have it for the next one.
  const session = await page.context().newCDPSession(page)
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  await page.reload()
  await sample(page, 'digits_logits.csv')
  await figure(page, 'confusion').getByText('could not be fetched').waitFor()
  assert.equal(await figure(page, 'class-counts').locator('tbody tr').count(), 10)
  await close({ expectedErrors: [/Failed to load resource|dynamically imported module/] })
})

/** `count` classes with long names, of which the last has no row. */
function longNamed(count) {
  const names = Array.from({ length: count }, (_, c) => `a_species_of_bird_with_a_long_name_that_is_number_${c}`)
  const scores = (row) => names.map((_, c) => Math.sin(row * c + c).toFixed(3))
  const rows = Array.from({ length: 2 * count }, (_, row) => [names[row % (count - 1)], ...scores(row)].join(','))
  return `label,${names.map((name) => `logit_${name}`).join(',')}\n${rows.join('\n')}\n`
}

test('many classes with long names: no picture, table or field is wider or longer than a phone', async () => {
  const { page, close } = await browser.open({ viewport: phone })
  await choose(page, textFile('many.csv', longNamed(60)))
  await shown(page, 'many.csv')
  await page.getByText('The first 40 of 60; the table further down has all of them.').first().waitFor()
  await page.getByText(/1 of them has no row at all/).waitFor()
  const classes = page.getByRole('region', { name: 'Classes: table' })
  assert.ok(await classes.evaluate((place) => place.scrollHeight > place.clientHeight && place.clientHeight <= innerHeight))
  const head = classes.getByRole('columnheader', { name: 'Class' })
  const before = await head.boundingBox()
  await classes.evaluate((place) => place.scrollTo({ top: 500 }))
  assert.ok(Math.abs((await head.boundingBox()).y - before.y) < 2, 'the head stays')
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
  await close()
})
