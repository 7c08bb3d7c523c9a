// How long loading takes, for the page of figures.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'

const text = `Each in a Node process of its own, on files the system has read before: importing \`losskit\`, and from calling \`load()\` to the first loss.

Of the latter, on a quiet machine with Node 20: 3.5 ms two dynamic imports in Node's loader (the glue, and the wasm as text), 0.5 ms decoding the text, 2 ms
compiling, part of it during the imports, 2 ms instantiating, 6 ms Embind's list of 130 functions and fields, and 5 ms the first call: JavaScript that runs for
the first time, each. A second \`load()\` in the same process takes half.

A variant is 106 kB of wasm, 44.3 kB with its glue after brotli (a limit of 45 is checked by the build): 70 kB kernels in float, among them those for
unusual logits, smoothing and soft targets, 13 kB their counterparts in double, 5 kB Eigen's expressions, 8 kB exponentials, powers and memory of the C library,
4 kB Embind's list. What is worked in blocks stands once in the module for all class counts but two and three, 22 kB less than with loops of its own for
narrow and wide rows.`

/** The section of loading, or undefined when nothing of it was measured. */
export function loadingDocument(results) {
  if (results.length === 0) return undefined
  const rows = results.map(({ operation, contender, ms, fastest }) => [
    `${operation}, ${contender}`,
    milliseconds(ms),
    milliseconds(fastest),
  ])
  return `## Loading\n\n${text}\n\n${markdownTable([['operation', 'median, ms', 'fastest, ms'], ...rows])}\n`
}
