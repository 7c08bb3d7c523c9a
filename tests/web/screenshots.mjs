// Pictures of the page to look at: node tests/web/screenshots.mjs <folder>. Also makes web/screenshot.png with `--readme`.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { choose, desktop, phone, sample, startBrowser, textFile } from './page.mjs'

const folder = process.argv[2]
if (!folder) throw new Error('usage: node tests/web/screenshots.mjs <folder> | --readme')

const views = {
  opening: async () => {},
  digits: (page) => sample(page, 'digits_logits.csv'),
  attributes: (page) => sample(page, 'digits_attributes.npz'),
  tokens: (page) => sample(page, 'punctuation_tokens.npz'),
  cancer: async (page) => {
    await sample(page, 'cancer_scores.csv')
    await page.locator('.drawn svg').first().waitFor()
  },
  problem: async (page) => {
    await sample(page, 'cancer_scores.csv')
    await choose(page, textFile('bad.csv', 'y_true,score\n0,-1.5\n1,2.25\n1,high\n0,-0.5\n'))
    await page.getByRole('alert').waitFor()
  },
}

async function readme(browser) {
  const { page, close } = await browser.open({ viewport: desktop })
  await sample(page, 'digits_logits.csv')
  await page.screenshot({ path: fileURLToPath(new URL('../../web/screenshot.png', import.meta.url)) })
  await close()
}

async function all(browser) {
  mkdirSync(folder, { recursive: true })
  for (const [name, show] of Object.entries(views)) {
    for (const [device, viewport] of Object.entries({ desktop, phone })) {
      for (const colorScheme of ['light', 'dark']) {
        const { page, close } = await browser.open({ viewport, colorScheme })
        await show(page)
        const path = join(folder, `${name}-${device}-${colorScheme}`)
        await page.screenshot({ path: `${path}.png` })
        await page.screenshot({ path: `${path}-whole.png`, fullPage: true })
        await close()
      }
    }
  }
}

const browser = await startBrowser()
await (folder === '--readme' ? readme(browser) : all(browser))
await browser.close()
