// How long loading takes, for the page of figures.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'

const text = `Each in a Node process of its own, on files the system has read before: importing \`losskit\`, and from calling \`load()\` to the first loss.

Of the latter, on a quiet machine with Node 20: 2.8 ms the import of the wasm as text in Node's loader, 0.4 ms decoding the text, 2.5 ms compiling, 2 ms the
glue's own functions and 0.2 ms instantiating, 6.4 ms Embind's list of 130 functions and fields, and 3.5 ms the first call: JavaScript and wasm that run for
the first time, each, at 31 µs a function and 58 µs a method of a class. A second \`load()\` in the same process takes half. Without a
single function of ours it would be 9 ms, and 12 with the first call. Tried: the glue of both variants as one
and imported with the package (2 ms less here, 0.5 more there), running the glue while the wasm is read or compiled (no less, as one thread does both),
reading glue and wasm side by side, and Embind's own code made ahead of time (no less).

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
