// npm start: builds the page and its documentation, and serves them on a free port of this machine.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from '../wasm/tools/build.mjs'
import { makeDocs } from '../wasm/tools/docs.mjs'
import { main, root, which } from '../wasm/tools/run.mjs'
import { setUp } from '../wasm/tools/setup.mjs'

/** The page's own policy, and what only a header can say: nobody may frame it. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

/** Vite puts a hash of the content into these names, so they never change; everything else is asked for again. */
function setHeaders(response, pathname) {
  const isHashed = pathname.startsWith('/assets/')
  response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
}

/**
 * Serves a folder of files, under the page's policy unless there is another; `port` 0 takes a free one. Returns the address and how to stop.
 * `onRequest` hears of every path asked for; `isChanging` looks at the folder anew for each.
 */
export async function serve(folder, { port = 0, policy = contentSecurityPolicy, onRequest, isChanging = false } = {}) {
  const { default: sirv } = await import('sirv')
  const files = sirv(folder, { etag: true, dev: isChanging, setHeaders })
  const server = createServer((request, response) => {
    onRequest?.(request.url)
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.setHeader('Content-Security-Policy', policy)
    files(request, response, () => response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found\n'))
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, 'localhost', resolve)
  })
  const close = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://localhost:${server.address().port}/`, close }
}

/** Opens the address in the person's browser, if there is a screen to show it on. */
function open(url) {
  const hasDisplay = process.env.DISPLAY || process.env.WAYLAND_DISPLAY
  const commands = {
    darwin: ['open', url],
    win32: ['cmd', '/c', 'start', url],
    linux: hasDisplay && which('xdg-open') && ['xdg-open', url],
  }
  const command = commands[process.platform]
  if (!command) return
  const browser = spawn(command[0], command.slice(1), { stdio: 'ignore', detached: true })
  browser.on('error', () => {})
  browser.unref()
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await build(await setUp())
    await makeDocs()
    const { url } = await serve(join(root, 'build/site'))
    console.log(`\nLosskit is at ${url}`)
    open(url)
  })
}
