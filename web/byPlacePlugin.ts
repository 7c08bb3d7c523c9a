// Readers of formats are loaded by two threads, by one as a module and by the other by its place: as one file, which is fetched and kept once.
import type { Plugin } from 'vite'

const asModule = /\bimport\(("[^"]*\/vendor\/[^"]*")\)/g

export const byPlace = (): Plugin => ({
  name: 'losskit-by-place',
  apply: 'build',
  enforce: 'pre',
  transform(code) {
    const changed = code.replace(asModule, 'import(/* @vite-ignore */ new URL($1, import.meta.url).href)')
    return changed === code ? undefined : changed
  },
})
