// What a user of the package downloads.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { glueOf, modules, readWasm } from './module.mjs'
import { capture, root, Stop } from './run.mjs'

/** Limits the project sets itself, in bytes: of the wasm, and of it with its glue in brotli. */
const limitsOf = (name) => (name.startsWith('evaluate') ? { wasm: 345_000, transfer: 130_000 } : { wasm: 111_000, transfer: 45_000 })

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`

/** Prints the sizes, and fails when one is over its limit. */
export function checkSizes() {
  const tooLarge = []
  for (const name of modules) {
    const wasm = readWasm(name)
    const glue = readFileSync(join(root, 'wasm/module', `${glueOf(name)}.js`))
    const transfer = brotliCompressSync(glue).length + brotliCompressSync(wasm).length
    console.log(`${name}.wasm: ${kilobytes(wasm.length)}; with its glue, brotli: ${kilobytes(transfer)}`)
    const limits = limitsOf(name)
    if (wasm.length > limits.wasm || transfer > limits.transfer) {
      tooLarge.push(`${name}.wasm may have ${kilobytes(limits.wasm)}, and ${kilobytes(limits.transfer)} with its glue in brotli`)
    }
  }
  const [{ size, unpackedSize, entryCount }] = JSON.parse(capture('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']))
  console.log(`npm package: ${kilobytes(size)} (${kilobytes(unpackedSize)} unpacked), ${entryCount} files`)
  if (tooLarge.length > 0) throw new Stop(tooLarge.join('; '))
}
