// The kernels' part of the page of figures: how many times faster, then every figure.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'
import { operations } from './operations.mjs'

const places = ['Chromium', 'Node']
const peers = ['tfjs-wasm', 'onnxruntime-web', 'jax-js']
const contenders = [
  'losskit relaxed-simd, in place',
  'losskit relaxed-simd, copied in',
  'losskit relaxed-simd, copied',
  'losskit simd, in place',
  'losskit simd, copied in',
  'losskit simd, copied',
  'JavaScript loop',
  ...peers,
]

const text = `"in place" is the kernels on arrays in wasm memory; "copied in" the same with the input copied there, block by block; "copied" the package's
functions, which copy a result that is an array out too, to one that is given (\`out\`). Sums are exact in all. What copying costs is told of the input, and of
both. tfjs and jax-js have their inputs in their memory and leave their results there; onnxruntime-web
copies its input at every run. GHM-C and the focal loss are composed of the peers' own operations. Compared with native code: PyTorch with one thread.`

const instructions = `### What the kernels cost

x86 instructions that V8 14.6 makes of the relaxed module for four scores, loads, stores and loop counters included:

| work | instructions | divisions |
| --- | ---: | ---: |
| e^x of four scores, and noticing those out of its range | 24 | |
| sum of a wide row | 3 | |
| once for four rows of ten: labels taken out, and sums across lanes | 35, 85 | |
| once for four rows: log(1 + others / label) | 61 | 1 |
| four rows of two: difference and exponential, then the loss | 50, 33 | 1 |
| BCE with logits: the exponential, then the loss | 29, 31 | 1 |
| sigmoid focal, gamma 2: the exponential in two floats, then the loss, then its gradient | 46, 94, 15 | 2 |
| GHM-C: whether targets are hard, exponential, loss, nine edges | 17, 29, 27, 29 | 1 |
| sum without rounding, of four losses near to each other, or far apart | 17, 39 | |

Every loss of a row holds 4 ULP at any size, so the label's term is summed apart from the others': a loss near 0 has no digits otherwise. The exponential
is a polynomial of degree 6, within 2 ULP; 15 of its 24 instructions are arithmetic, 8 of them fused multiply-adds. One waits for another through
most of it, so that four scores take 1.5 ns with all in cache. Ten classes take 45 instructions for four scores, half of them outside the
exponential.

What is in which cache counts as much. Rows are worked in blocks of 1,024 scores or 128 rows, whichever is less, in place of 4,096 and 256: a softmax of
ten classes takes a seventh less, cross entropy a tenth. Targets are looked at block by block, just before they are worked: a pass over all of them
before took a fourteenth of cross entropy's time, which was their way from memory. JavaScript gives the kernels 131,072 scores at a time, as numbers and
addresses: with a quarter of that, and objects for Embind to read, up to a tenth went to calls.

Bars are eight times the best of others for narrow rows and binary losses, 4.5 times for wide rows, four times for softmax. Where one is not met, or hardly:

- Cross entropy of ten classes reaches its bar by little. Four rows side by side, a lane a row, took a fifth more on V8 11.3
  (more values at work than the processor has registers), the polynomial evaluated in parallel (Estrin) as long, the logarithms of eight rows in
  one turn of the loop too; reading the first lines of the pages that come next, so that they are there, a sixth more. Two classes are worked through
  the difference of their scores, in two floats so that it holds 4 ULP: 83 instructions
  for four rows, where exponentials of both took 150. Of wide rows, adding exponentials up as they come, without storing them, saved
  2 instructions of 27 and took a tenth more time: sums and constants together are more than the registers. The last two additions of an exponential
  as one fused operation save one of 24, and cost a softmax its 4 ULP.
- Softmax of wide rows. tfjs has a kernel of the same kind, XNNPACK's, at 9 ms. Four times as fast would be 2.4 ms,
  and 10^7 exponentials alone take 3.7, all in cache, before anything is read from memory or a result is written. Exponentials kept in the first cache
  until they are scaled, in place of where the result will be, gained nothing, and gradients lost a fifth. A log-softmax takes the largest score out by
  sending the smaller of two exponentials to the others' sum, 4 instructions for four scores.
- The focal loss multiplies three factors, and an error of 1 - p counts twice: with gamma 2 and hard targets each is a float with what its rounding
  lost, 140 instructions for four elements, where doubles, two lanes at a time, took 640. Soft targets and other gammas are worked in double. Its
  losses lie up to 70 binades apart, and are summed in two doubles without rounding.
- BCE and GHM-C sum without rounding, 17 instructions for four elements of which BCE's own are 60. GHM-C compares each logit with nine edges in
  place of taking a sigmoid, and adds each loss to the sum of its bin.
- Copying the input in reads the scores once more; softmax and gradients copy as much out again. Without \`out\` the result weighs more: writing to a fresh array of 40 MB takes 22 ms here, to one that was
  written to before 2.3.
`

/** The shapes' rows and the results beside each, for the cases that were measured. */
function casesOf(results) {
  return Object.entries(operations).flatMap(([operation, { shapes }]) =>
    shapes.map((shape) => ({ operation, shape, results: results.filter((one) => one.operation === operation && one.shape === shape) })),
  )
}

const msOf = (results, place, contender) => results.find((one) => one.place === place && one.contender === contender)?.ms

const label = ({ operation, shape }) => `${operation} [${shape.replaceAll('x', ', ')}]`
const times = (ms, base) => (ms === undefined || base === undefined ? '' : `${(ms / base).toFixed(1)}`)

function summaryRow({ results, ...one }, place, variant) {
  const ms = (contender) => msOf(results, place, contender)
  const own = ms(`losskit ${variant}, in place`)
  const others = peers.map(ms).filter((value) => value !== undefined)
  const bestPeer = others.length > 0 ? Math.min(...others) : undefined
  const copied = ms(`losskit ${variant}, copied`)
  const copiedIn = ms(`losskit ${variant}, copied in`)
  const cost = (other) => (other === undefined || own === undefined ? '' : `${(100 * (other / own - 1)).toFixed(0)} %`)
  return [
    label(one),
    own === undefined ? '' : milliseconds(own),
    times(ms('JavaScript loop'), own),
    times(bestPeer, own),
    times(msOf(results, 'native', 'PyTorch'), own),
    times(own, ms('sum of the buffer')),
    cost(copiedIn ?? copied),
    copiedIn === undefined ? '' : cost(copied),
  ]
}

const summaryHead = [
  'in place',
  'ms',
  '× JavaScript loop',
  '× best JS peer',
  '× PyTorch',
  'of the memory limit',
  'copying in costs',
  'and out',
]

function summary(cases, place, variant) {
  const rows = cases.map((one) => summaryRow(one, place, variant)).filter((row) => row[1] !== '')
  if (rows.length === 0) return undefined
  return `### ${place}, ${variant}\n\n${markdownTable([summaryHead, ...rows])}\n`
}

function figures(cases, place) {
  const head = [place, ...contenders.map((name) => name.replace('losskit ', '')), 'PyTorch', 'native', 'sum of the buffer']
  const rows = cases.map(({ results, ...one }) => {
    const columns = [
      ...contenders.map((name) => msOf(results, place, name)),
      msOf(results, 'native', 'PyTorch'),
      msOf(results, 'native', 'losskit native'),
      msOf(results, place, 'sum of the buffer'),
    ]
    return [label(one), ...columns.map((ms) => (ms === undefined ? '' : milliseconds(ms)))]
  })
  return `### Every figure, ${place}, ms\n\n${markdownTable([head, ...rows.filter((row) => row[1] !== '')])}\n`
}

function versions(results) {
  const seen = new Map()
  for (const { contender, place, version } of results) {
    if (contender === 'JavaScript loop') seen.set(place, version)
    else if (version && !contender.startsWith('losskit') && !contender.startsWith('sum')) seen.set(contender, version)
  }
  return `Versions: ${[...seen].map(([name, version]) => `${name} ${version}`).join(', ')}.\n`
}

/** The section of the kernels, or undefined when nothing of them was measured. */
export function kernelsDocument(results) {
  if (results.length === 0) return undefined
  const cases = casesOf(results)
  const summaries = places.flatMap((place) => ['relaxed-simd', 'simd'].map((variant) => summary(cases, place, variant))).filter(Boolean)
  const measured = places.filter((place) => results.some((one) => one.place === place))
  return [
    '## Kernels\n',
    `${text}\n`,
    versions(results),
    ...summaries,
    instructions,
    ...measured.map((place) => figures(cases, place)),
  ].join('\n')
}
