// The page in headless Chromium, as a person waits for it: each round is a visit with nothing kept from the one before.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { root } from '../../wasm/tools/run.mjs'
import { serve } from '../../web/serve.mjs'
import { timed } from './measure.mjs'
import { findChromium } from './places/chromium.mjs'

export const name = 'page'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const megabyte = 1_000_000

/** Runs in the page: rows of ten logits with a label, or with ten, in as many blocks as wanted, dropped; what follows is timed. */
function inPage(subject) {
  const until = (isThere) =>
    new Promise((resolve) => {
      const look = () => (isThere() ? resolve(performance.now()) : requestAnimationFrame(look))
      look()
    })
  const ten = (of) => Array.from({ length: 10 }, (_, c) => of(c)).join(',')
  const logit = (i, c) => 4 * Math.sin(i * 11 + c * c)
  const truths = {
    classes: { head: 'label', of: (i) => i % 10 },
    labels: { head: ten((c) => `y_${c}`), of: (i) => ten((c) => Number(logit(i, c) + 3 * Math.sin(i * 7 + c) > 0)) },
  }
  const { head: truth, of: truthOf } = truths[subject]
  const row = (i) => `${truthOf(i)},${ten((c) => logit(i, c).toFixed(6))}`
  const block = new Blob([Array.from({ length: 2000 }, (_, i) => `${row(i)}\n`).join('')])
  const head = `${truth},${ten((c) => `logit_${c}`)}\n`
  const drop = (copies) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([head, ...Array(copies).fill(block)], 'bench.csv'))
    const begin = performance.now()
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true }))
    return begin
  }
  const shown = () => document.querySelector('.facts data')?.value
  globalThis.bench = {
    firstNumbers: async (bytes) => {
      const begin = drop(Math.ceil(bytes / block.size))
      return (await until(shown)) - begin
    },
    read: async (copies) => {
      drop(copies)
      await until(() => Number(document.querySelectorAll('.facts data')[2]?.value) === 2000 * copies && !document.querySelector('progress'))
      await until(() => document.querySelector('[data-row="loss"]'))
    },
    move: async (label, value, key) => {
      const loss = () => document.querySelector(`[data-loss="${key}"]`)?.value
      const input = [...document.querySelectorAll('.control label')]
        .find((each) => each.textContent.includes(label))
        .querySelector('input, select')
      const before = loss()
      const begin = performance.now()
      input.value = value
      input.dispatchEvent(new Event('change', { bubbles: true }))
      await until(() => loss() !== before)
      // It is looked for as a frame begins, which is painted before the next task.
      const painted = await new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => resolve(performance.now())
        port2.postMessage(undefined)
      })
      // Rows are looked for after a rest: that is no part of it.
      const all = await until(() => !document.querySelector(':is(article, table)[aria-busy="true"]'))
      return { loss: painted - begin, all: Math.max(painted, all) - begin }
    },
  }
}

/** Notes in the page when it can first be used. */
function noteUsable() {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.drop-zone button')) return
    observer.disconnect()
    globalThis.usableAt = performance.now()
  }).observe(document, { childList: true, subtree: true })
}

/** As a page that has been open for a moment: its program is in the browser's cache. */
async function settle(page) {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await page.waitForTimeout(1500)
}

async function visit(browser, url, subject, measure) {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.addInitScript(noteUsable)
    // Its rows are made before the page's scripts run, so that nothing goes before a first drop.
    await page.addInitScript(inPage, subject)
    await page.goto(url, { waitUntil: 'load' })
    await page.waitForFunction(() => globalThis.usableAt !== undefined)
    return await measure(page)
  } finally {
    await context.close()
  }
}

const usable = (page) => page.evaluate(() => globalThis.usableAt)
const firstNumbers = (page) => page.evaluate((bytes) => globalThis.bench.firstNumbers(bytes), 10 * megabyte)

const shapes = { classes: '1000000x10', labels: '1000000x10 labels' }

/** Controls, with the loss that each changes; two values, set in turns. */
const controls = {
  classes: [
    ['gamma', 'γ, focusing', [1.5, 2.4], 'softmaxFocal'],
    ['label smoothing', 'label smoothing', [0.2, 0.3], 'crossEntropySmoothed'],
    ['class weights', 'Class weights', ['effective', 'complement'], 'crossEntropyEffective'],
    ['temperature', 'Temperature', [1.5, 2.5], 'crossEntropy'],
    ['ignored label', 'Ignored label', [3, 4], 'crossEntropy'],
  ],
  labels: [
    ['gamma', 'γ, focusing', [1.5, 2.4], 'sigmoidFocal'],
    ['alpha', 'α, ', [0.3, 0.4], 'sigmoidFocal'],
    ['bins', 'Bins of GHM-C', [20, 30], 'ghmc'],
    ['momentum', 'Momentum of GHM-C', [0.3, 0.5], 'ghmc'],
    ['temperature', 'Temperature', [1.5, 2.5], 'bceWithLogits'],
  ],
}

async function moves(page, subject, { repeats }) {
  await page.evaluate((copies) => globalThis.bench.read(copies), 500)
  const measured = []
  for (const [operation, label, values, key] of controls[subject]) {
    const times = []
    for (let round = 0; round < repeats; round++) {
      times.push(await page.evaluate((move) => globalThis.bench.move(...move), [label, values[round % 2], key]))
      // As of one who looks at what came of it.
      await page.waitForTimeout(250)
    }
    measured.push([`move a control: ${operation}`, shapes[subject], times.map(({ loss }) => loss)])
    measured.push([`move a control, until all is updated: ${operation}`, shapes[subject], times.map(({ all }) => all)])
  }
  return measured
}

async function repeated(rounds, measure) {
  const times = []
  for (let round = 0; round < rounds; round++) times.push(await measure())
  return times
}

const settledNumbers = async (page) => {
  await settle(page)
  return firstNumbers(page)
}

/** What is measured on visits of their own. */
const visits = [
  ['until it can be used', 'first visit', 'classes', usable],
  ['until the first numbers, dropped at once', '10 MB', 'classes', firstNumbers],
  ['until the first numbers, dropped at once', '10 MB of ten labels', 'labels', firstNumbers],
  ['until the first numbers, dropped a moment later', '10 MB', 'classes', settledNumbers],
  ['until the first numbers, dropped a moment later', '10 MB of ten labels', 'labels', settledNumbers],
]

export async function run(options, show) {
  if (!options.where.includes('chromium')) return
  const server = await serve(join(root, 'build/site'))
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] })
  const isAsked = (operation) => options.only?.some((wanted) => operation.startsWith(wanted)) ?? true
  const take = (operation, shape, times) => {
    const place = 'Chromium'
    show([{ group: name, operation, shape, place, contender: 'the page', version, ...timed(times) }])
  }
  try {
    for (const [operation, shape, subject, measure] of visits) {
      if (!isAsked(operation)) continue
      take(operation, shape, await repeated(options.repeats, () => visit(browser, server.url, subject, measure)))
    }
    for (const subject of Object.keys(controls)) {
      if (!isAsked('move a control')) continue
      for (const measured of await visit(browser, server.url, subject, (page) => moves(page, subject, options))) take(...measured)
    }
  } finally {
    await browser.close()
    await server.close()
  }
}
