// Keeps the files of one build of the page and answers from them. `build` puts the list and its hash in the place of the two names.
const cacheName = `losskit-${__VERSION__}`
const files = __FILES__

const addressOf = (file) => new URL(file, self.registration.scope).href
const kept = new Set(files.map(addressOf))

async function keep() {
  const cache = await caches.open(cacheName)
  // Names with a hash of the content may come from the browser's cache; the page itself is asked for again.
  await cache.addAll(files.map((file) => new Request(addressOf(file), { cache: file.startsWith('assets/') ? 'default' : 'reload' })))
}

async function dropOthers() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith('losskit-') && name !== cacheName).map((name) => caches.delete(name)))
  await self.clients.claim()
}

async function answer(request, address) {
  const cache = await caches.open(cacheName)
  return (await cache.match(address)) ?? fetch(request)
}

self.addEventListener('install', (event) => event.waitUntil(keep()))
self.addEventListener('activate', (event) => event.waitUntil(dropOthers()))
self.addEventListener('message', ({ data }) => data === 'take over' && self.skipWaiting())
self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  const address = url.origin + url.pathname
  if (request.method === 'GET' && kept.has(address)) event.respondWith(answer(request, address))
})
