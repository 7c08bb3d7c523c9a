// The kernels' part of the page of figures: how many times faster, then every figure.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'
import { operations } from './operations.mjs'

const places = ['Chromium', 'Node']
const peers = ['tfjs-wasm', 'onnxruntime-web', 'jax-js']
const contenders = [
  'losskit relaxed-simd, in place',
  'losskit relaxed-simd, copied',
  'losskit simd, in place',
  'losskit simd, copied',
  'JavaScript loop',
  ...peers,
]

const text = `"in place" is the kernels on arrays in wasm memory, "copied" the package's functions, which copy the input in and the result out. Sums are
exact in both. tfjs and jax-js have their inputs in their memory and leave their results there; onnxruntime-web copies its input at every run.
GHM-C and the focal loss are composed of the peers' own operations. Compared with native code: PyTorch with one thread.`

const instructions = `### What the kernels cost

SIMD instructions of the relaxed module for four scores, constants not counted, in the loop that does the work:

| operation | instructions | divisions |
| --- | ---: | ---: |
| cross entropy, wide rows | 17 | |
| cross entropy, narrow rows, and once for four rows | 22.5, 59 | 1 |
| BCE with logits | 36 | 1 |
| sigmoid focal, hard targets | 109 | 2 |
| GHM-C, hard targets, 10 bins | 101 | 1 |
| softmax, wide rows, in two passes | 21 | |

Thirteen of those of rows are the exponential, two of them for noticing scores out of its range. Narrow rows take five more to set the label's
term apart from the others' sum, without which a loss near 0 has no digits. With two classes the logarithm, 59 for four rows, is more than half.
The focal loss is worked in double, because an error of 1 - p counts gamma times and float does not hold 4 ULP; that doubles its instructions.
GHM-C compares each logit with nine edges in place of taking a sigmoid. Softmax of wide rows is where tfjs has a kernel of the same kind,
XNNPACK's: a quarter of its time is what reading the scores alone takes, and writing the result comes on top.
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
  const cost = copied === undefined || own === undefined ? '' : `${(100 * (copied / own - 1)).toFixed(0)} %`
  return [
    label(one),
    own === undefined ? '' : milliseconds(own),
    times(ms('JavaScript loop'), own),
    times(bestPeer, own),
    times(msOf(results, 'native', 'PyTorch'), own),
    times(own, ms('sum of the buffer')),
    cost,
  ]
}

const summaryHead = ['in place', 'ms', '× JavaScript loop', '× best JS peer', '× PyTorch', 'of the memory limit', 'copying costs']

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
