// Writes the service worker of a build: src/offline/serviceWorker.js with the list of the build's files and a hash of them all.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Plugin } from 'vite'

const scriptName = 'service-worker.js'

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => file !== scriptName)
    .sort()
}

function hashOf(folder: string, files: string[], script: string): string {
  const hash = createHash('sha256').update(script)
  for (const file of files) hash.update(file).update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 16)
}

export function offline(source: string): Plugin {
  let folder = ''
  return {
    name: 'losskit-offline',
    apply: 'build',
    configResolved({ build }) {
      folder = build.outDir
    },
    // After everything else is written, and not for the builds of the workers.
    closeBundle() {
      const script = readFileSync(source, 'utf8')
      const files = filesIn(folder)
      const version = hashOf(folder, files, script)
      // The page is asked for by its folder.
      const kept = files.map((file) => (file === 'index.html' ? './' : file))
      writeFileSync(
        join(folder, scriptName),
        script.replace('__VERSION__', JSON.stringify(version)).replace('__FILES__', JSON.stringify(kept)),
      )
    },
  }
}
