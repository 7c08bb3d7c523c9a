import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { byPlace } from './byPlacePlugin.ts'
import { offline } from './offlinePlugin.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export default defineConfig({
  root: path('.'),
  // Relative addresses: the page may be served from any folder of any static host.
  base: './',
  publicDir: false,
  worker: { format: 'es', plugins: () => [byPlace()] },
  plugins: [offline(path('src/offline/serviceWorker.js'))],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: path('../build/site'),
    emptyOutDir: true,
    target: 'es2022',
    // As files, not data: URLs: the page's Content-Security-Policy allows its own address only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
