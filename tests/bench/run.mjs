// npm run bench: the package beside a plain JavaScript loop, in one process, interleaved; medians and ratios. Needs `npm run build` before.
import { cpus } from 'node:os'
import { hasRelaxedSimd, load } from 'losskit'

const repeats = 11

/** Numbers that look like logits, the same in every run. */
function normal(count) {
  let state = 12345
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  return Float32Array.from({ length: count }, () => 3 * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()))
}

function crossEntropyLoop(logits, target, classes) {
  let sum = 0
  for (let row = 0, at = 0; row < target.length; row++, at += classes) {
    let largest = logits[at]
    for (let c = 1; c < classes; c++) if (logits[at + c] > largest) largest = logits[at + c]
    let total = 0
    for (let c = 0; c < classes; c++) total += Math.exp(logits[at + c] - largest)
    sum += largest + Math.log(total) - logits[at + target[row]]
  }
  return sum / target.length
}

function bceLoop(logits, target) {
  let sum = 0
  for (let i = 0; i < logits.length; i++) {
    const x = logits[i]
    sum += Math.max(x, 0) - x * target[i] + Math.log1p(Math.exp(-Math.abs(x)))
  }
  return sum / logits.length
}

function crossEntropyCase(rows, classes) {
  const logits = { data: normal(rows * classes), shape: [rows, classes] }
  const target = Int32Array.from({ length: rows }, (_, i) => (i * 7919) % classes)
  return {
    name: `cross entropy mean [${rows}, ${classes}]`,
    loop: () => crossEntropyLoop(logits.data, target, classes),
    package: (nn) => {
      const criterion = nn.crossEntropyLoss()
      return () => criterion.forward(logits, target)
    },
  }
}

function bceCase(count) {
  const logits = normal(count)
  const target = Float32Array.from({ length: count }, (_, i) => i % 2)
  return {
    name: `BCE with logits mean [${count}]`,
    loop: () => bceLoop(logits, target),
    package: (nn) => {
      const criterion = nn.bceWithLogitsLoss()
      return () => criterion.forward(logits, target)
    },
  }
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]

function time(run) {
  const start = performance.now()
  run()
  return performance.now() - start
}

function measure({ name, loop, ...one }, modules) {
  const runs = { 'JavaScript loop': loop }
  for (const nn of modules) runs[nn.variant] = one.package(nn)
  const want = loop()
  for (const [run, call] of Object.entries(runs)) {
    const got = call()
    if (Math.abs(got - want) > 1e-5 * Math.abs(want)) throw new Error(`${name}: ${run} gives ${got}, the loop ${want}`)
  }
  const times = Object.fromEntries(Object.keys(runs).map((run) => [run, []]))
  for (let i = 0; i < repeats; i++) for (const [run, call] of Object.entries(runs)) times[run].push(time(call))
  const medians = Object.fromEntries(Object.entries(times).map(([run, values]) => [run, median(values)]))
  const row = { operation: name }
  for (const [run, value] of Object.entries(medians)) {
    row[`${run}, ms`] = Number(value.toFixed(2))
    if (run !== 'JavaScript loop') row[`${run}, times faster`] = Number((medians['JavaScript loop'] / value).toFixed(1))
  }
  return row
}

const variants = hasRelaxedSimd() ? ['simd', 'relaxed-simd'] : ['simd']
const modules = await Promise.all(variants.map((variant) => load({ variant })))
console.log(`${cpus()[0].model}, Node ${process.version}, one thread, input copied in, medians of ${repeats} interleaved repeats`)
console.table(
  [crossEntropyCase(1e6, 10), crossEntropyCase(1e5, 100), crossEntropyCase(1e4, 1000), bceCase(1e7)].map((one) => measure(one, modules)),
)
