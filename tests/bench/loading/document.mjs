// How long loading takes, for the page of figures.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'

const text = `Each in a Node process of its own, on files the system has read before: importing \`losskit\`, and from calling \`load()\` to the first loss.

Of the latter, on a machine half as fast with Node 20: 2.8 ms the import of the wasm as text in Node's loader, 0.4 ms decoding the text, 2.5 ms compiling, 2 ms the
glue's own functions and 0.2 ms instantiating, some 6 ms Embind's list of 90 functions and fields, and 3.5 ms the first call: JavaScript and wasm that run for
the first time, each, at 31 µs a function and 58 µs a method of a class. A second \`load()\` in the same process takes half. Without a single function of
ours it would be 8 ms, and 12 with the first call. Both variants share their glue, which comes with the package: \`load()\` takes 2 ms less for it, the import
0.5 ms more. Of C++'s types Embind registers only those in use, 6 of 39: 2 ms less again. In Node the wasm is compiled at once, not in other threads: a
twelfth less. Running the glue while the wasm is read or compiled gained nothing, as one thread does both; nor did reading glue and wasm side by side, or
Embind's own code made ahead of time. Arguments are plain numbers since: without the 23 fields of value objects in the list \`load()\` takes a tenth less.

A variant is 107 to 109 kB of wasm, 43.8 to 44.2 kB with its glue after brotli (a limit of 45 is checked by the build): 21 kB rows of usual logits, soft labels among them, 17 kB those of unusual ones
and of label smoothing and focal losses, 8 kB GHM, 7 kB sigmoid focal loss, 6 kB the dialects' focal losses, 3 kB BCE, 10 kB all of these in double, 5 kB the
definitions, in Eigen's expressions, 4 kB exact sums, 8 kB exponentials, powers and memory of the C library, 3 kB Embind's list, 5 kB constants; the rest
calls these. 60 kB would be a module without doubles, dialects and unusual logits. What is worked in blocks stands once in the module for all class counts
but two and three, 22 kB less than with loops of its own for narrow and wide rows; what is not in a usual loop is compiled for size, 10 kB less.`

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
