// What a user of the package downloads.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { readWasm, variants } from './module.mjs'
import { capture, root, Stop } from './run.mjs'

/** Limits the project sets itself, in bytes. */
const largestWasm = 200_000
const largestTransfer = 75_000

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`

/** Prints the sizes, and fails when one is over its limit. */
export function checkSizes() {
  let fits = true
  for (const variant of variants) {
    const wasm = readWasm(variant)
    const glue = readFileSync(join(root, 'wasm/module', `${variant}.js`))
    const transfer = brotliCompressSync(glue).length + brotliCompressSync(wasm).length
    console.log(`${variant}.wasm: ${kilobytes(wasm.length)}; with its glue, brotli: ${kilobytes(transfer)}`)
    fits &&= wasm.length <= largestWasm && transfer <= largestTransfer
  }
  const [{ size, unpackedSize, entryCount }] = JSON.parse(capture('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']))
  console.log(`npm package: ${kilobytes(size)} (${kilobytes(unpackedSize)} unpacked), ${entryCount} files`)
  if (!fits) throw new Stop(`a wasm file may have ${kilobytes(largestWasm)}, and ${kilobytes(largestTransfer)} with its glue in brotli`)
}
