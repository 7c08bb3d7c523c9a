// Headless Chromium: a chosen file's report, and what its bytes alone take through File.slice, one slice after the other.
import { openChromium } from '../places/chromium.mjs'

export async function chromiumContenders(path) {
  const { version, tab, close } = await openChromium({ module: 'tests/bench/evaluate/page.mjs', folder: '', options: {} })
  await tab.setContent('<input type="file">')
  await tab.setInputFiles('input', path)
  const inPage = (contender, name, ...args) => ({
    contender,
    version,
    place: 'Chromium',
    evaluate: async () => (await tab.evaluate(([name, ...args]) => globalThis.host[name](...args), [name, ...args])) ?? undefined,
  })
  const contenders = [
    inPage('losskit, 1 worker', 'evaluateFile', 1),
    inPage('losskit, 2 workers', 'evaluateFile', 2),
    inPage('File.slice alone', 'readFile'),
  ]
  return { contenders, close }
}
