// What the kernels are measured on: operations, shapes, and one definition of each operation as a plain loop, which every other must agree with.

/** Focal loss and GHM-C as they are measured everywhere. */
export const focal = { alpha: 0.25, gamma: 2 }
export const ghmBins = 10

const classShapes = ['3000000x2', '2000000x3', '1000000x10', '100000x100', '10000x1000', '330x30522']
const binaryShapes = ['10000000']

/** Every operation with its shapes; `isBinary` takes logits with one target each in {0, 1}, the others class indices. */
export const operations = {
  softmax: { shapes: classShapes, isTensor: true },
  'log-softmax': { shapes: classShapes, isTensor: true },
  'cross entropy': { shapes: classShapes },
  'cross entropy value and gradient': { shapes: classShapes },
  'BCE with logits': { shapes: binaryShapes, isBinary: true },
  'sigmoid focal': { shapes: binaryShapes, isBinary: true },
  'GHM-C': { shapes: binaryShapes, isBinary: true },
}

/** '10000x1000' as [10000, 1000], the last one the classes; one number is that many elements. */
export const shapeOf = (text) => text.split('x').map(Number)

/**
 * One number that stands for a whole result: the mean of |value| with changing weights, so that a value in the wrong place shows.
 * The other contenders work out the same of theirs.
 */
export function probe(values) {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]) * (1 + (i % 7))
  return sum / values.length
}

/** Calls use(row, at, largest, total) for each row: where it starts, its largest score and the sum of e^(score - largest). */
function forEachRow({ rows, classes, scores }, use) {
  for (let row = 0, at = 0; row < rows; row++, at += classes) {
    let largest = scores[at]
    for (let c = 1; c < classes; c++) if (scores[at + c] > largest) largest = scores[at + c]
    let total = 0
    for (let c = 0; c < classes; c++) total += Math.exp(scores[at + c] - largest)
    use(row, at, largest, total)
  }
}

function softmax(data) {
  const { classes, scores } = data
  const out = new Float32Array(scores.length)
  forEachRow(data, (_, at, largest, total) => {
    for (let i = at; i < at + classes; i++) out[i] = Math.exp(scores[i] - largest) / total
  })
  return out
}

function logSoftmax(data) {
  const { classes, scores } = data
  const out = new Float32Array(scores.length)
  forEachRow(data, (_, at, largest, total) => {
    const shift = largest + Math.log(total)
    for (let i = at; i < at + classes; i++) out[i] = scores[i] - shift
  })
  return out
}

function crossEntropy(data) {
  let sum = 0
  forEachRow(data, (row, at, largest, total) => {
    sum += largest + Math.log(total) - data.scores[at + data.target[row]]
  })
  return sum / data.rows
}

function crossEntropyValueAndGradient(data) {
  const { rows, classes, scores, target } = data
  const gradient = new Float32Array(scores.length)
  let sum = 0
  forEachRow(data, (row, at, largest, total) => {
    sum += largest + Math.log(total) - scores[at + target[row]]
    for (let i = at; i < at + classes; i++) gradient[i] = Math.exp(scores[i] - largest) / total / rows
    gradient[at + target[row]] -= 1 / rows
  })
  return { value: sum / rows, gradient }
}

const bce = (x, t) => Math.max(x, 0) - x * t + Math.log1p(Math.exp(-Math.abs(x)))

function bceWithLogits({ scores, target }) {
  let sum = 0
  for (let i = 0; i < scores.length; i++) sum += bce(scores[i], target[i])
  return sum / scores.length
}

function sigmoidFocal({ scores, target }) {
  let sum = 0
  for (let i = 0; i < scores.length; i++) {
    const t = target[i]
    const p = 1 / (1 + Math.exp(-scores[i]))
    const miss = p * (1 - t) + (1 - p) * t
    sum += (focal.alpha * t + (1 - focal.alpha) * (1 - t)) * miss ** focal.gamma * bce(scores[i], t)
  }
  return sum / scores.length
}

function ghmc({ scores, target }) {
  const counts = new Float64Array(ghmBins)
  const sums = new Float64Array(ghmBins)
  for (let i = 0; i < scores.length; i++) {
    const norm = Math.abs(1 / (1 + Math.exp(-scores[i])) - target[i])
    const bin = Math.min(Math.floor(norm * ghmBins), ghmBins - 1)
    counts[bin]++
    sums[bin] += bce(scores[i], target[i])
  }
  return harmonized(counts, sums)
}

/** GHM-C from each bin's count and loss sum: the mean of the filled bins' mean losses. */
export function harmonized(counts, sums) {
  let sum = 0
  let filled = 0
  for (let bin = 0; bin < counts.length; bin++) {
    if (counts[bin] === 0) continue
    sum += sums[bin] / counts[bin]
    filled++
  }
  return sum / filled
}

export const loops = {
  softmax,
  'log-softmax': logSoftmax,
  'cross entropy': crossEntropy,
  'cross entropy value and gradient': crossEntropyValueAndGradient,
  'BCE with logits': bceWithLogits,
  'sigmoid focal': sigmoidFocal,
  'GHM-C': ghmc,
}

/** What a result is compared by: a mean as it is, an array by its probe; gradients come multiplied by the rows, to be near 1. */
export function figuresOf(operation, result, rows) {
  if (operations[operation].isTensor) return [probe(result)]
  return typeof result === 'number' ? [result] : [result.value, probe(result.gradient) * rows]
}
