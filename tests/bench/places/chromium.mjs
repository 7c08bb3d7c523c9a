// Headless Chromium as a place to measure in. Its page is not isolated from other origins, so that there is no shared memory and nobody
// starts threads; its clock then has steps of 0.1 ms.
import { createServer } from 'node:http'
import { chromium } from 'playwright-core'
import sirv from 'sirv'
import { root, Stop, which } from '../../../wasm/tools/run.mjs'

const page = '<!doctype html><title>bench</title>'

async function serve(folder) {
  const files = sirv(folder, { dev: true })
  const server = createServer((request, response) => {
    if (request.url === '/') return response.setHeader('Content-Type', 'text/html').end(page)
    files(request, response, () => response.writeHead(404).end())
  })
  await new Promise((resolve) => server.listen(0, 'localhost', resolve))
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() }
}

const programs = ['chromium', 'chromium-browser', 'google-chrome']

export const findChromium = () => programs.map(which).find(Boolean)

/** As openNode; module and folder are paths from the project's root. */
export async function openChromium({ module, folder, options }) {
  const executablePath = findChromium()
  if (!executablePath) throw new Stop('please install chromium, or leave it out: npm run bench -- --where node')
  const server = await serve(root)
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  const tab = await browser.newPage()
  tab.on('pageerror', (error) => console.error(`Chromium: ${error.message}`))
  await tab.goto(server.url)
  await tab.evaluate(
    async ([module, folder, options]) => {
      const read = async (name) => {
        const response = await fetch(`/${folder}/${name}`)
        if (!response.ok) throw new Error(`${name}: ${response.status}`)
        return response.arrayBuffer()
      }
      const { createHost } = await import(module)
      globalThis.host = await createHost({ ...options, read })
    },
    [`/${module}`, folder, options],
  )
  return {
    name: 'Chromium',
    version: browser.version(),
    tab,
    call: (method, ...values) => tab.evaluate(([method, values]) => globalThis.host[method](...values), [method, values]),
    close: async () => {
      await browser.close()
      server.close()
    },
  }
}
