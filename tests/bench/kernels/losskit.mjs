// The package, each variant twice: by its public functions, which copy the input in and the result out; and its kernels called on arrays that
// are in wasm memory already, in the same blocks.
import { load } from '../../../build/package/index.js'
import { loadNative } from '../../../build/package/inlined.js'
import { blocksOf } from '../../../build/package/layout.js'
import { focal, ghmBins } from './operations.mjs'

/** By operation: a function of (input, target, options), the latter with an array for the result. */
const publicCalls = {
  softmax: (nn) => (input, _, options) => nn.softmax(input, options),
  'log-softmax': (nn) => (input, _, options) => nn.logSoftmax(input, options),
  'cross entropy': (nn) => forward(nn.crossEntropyLoss()),
  'cross entropy value and gradient': (nn) => {
    const criterion = nn.crossEntropyLoss()
    return (input, target, options) => criterion.valueAndGrad(input, target, options)
  },
  'BCE with logits': (nn) => forward(nn.bceWithLogitsLoss()),
  'sigmoid focal': (nn) => forward(nn.sigmoidFocalLoss(focal)),
  'GHM-C': (nn) => forward(nn.ghmcLoss({ bins: ghmBins })),
}

function forward(criterion) {
  return (input, target) => criterion.forward(input, target)
}

function resultOf(out, { isTensor }) {
  if (isTensor) return out.data
  return typeof out === 'number' ? out : { value: out.value, gradient: out.grad.data }
}

export async function openPublic(variant, version) {
  const nn = await load({ variant })
  return {
    name: `losskit ${variant}, copied`,
    version,
    prepare(operation, { rows, classes, scores, target }, kind) {
      const call = publicCalls[operation](nn)
      const input = { data: scores, shape: kind.isBinary ? [rows] : [rows, classes] }
      const options = { out: new Float32Array(scores.length) }
      return { run: () => void call(input, target, options), result: () => resultOf(call(input, target, options), kind), close: () => {} }
    },
  }
}

/** More rows than any block has. */
const largestBlock = 1 << 20

/** Calls use(start, length) for each block of the rows. */
function forEachBlock({ rows, classes }, use) {
  for (const { start, length } of blocksOf(rows, classes)) use(start, length)
}

function alongClasses(name) {
  return ({ module }, data, { scores, out }) => {
    module[`${name}F32`](out, scores, data.rows, data.classes, 1)
    return { out: true }
  }
}

function crossEntropy(gradientScale) {
  return ({ module }, data, { scores, target, loss, out }) => {
    const { rows, classes } = data
    const ignoreIndex = -100
    const settings = [ignoreIndex, 0, 0, gradientScale && gradientScale / rows]
    const state = new module.LossState()
    forEachBlock(data, (start, length) => {
      const labels = target + 4 * start
      module.firstInvalidTarget(labels, length, classes, ignoreIndex)
      const gradient = gradientScale && out + 4 * start * classes
      module.classIndexF32(loss, gradient, scores + 4 * start * classes, labels, 0, length, classes, 1, ...settings)
      state.addRowsF32(loss, labels, length, 0, ignoreIndex)
      if (state.hasNan()) throw new Error('a loss is NaN')
    })
    const value = state.sum() / state.weight()
    state.delete()
    return { value, out: gradientScale !== 0 }
  }
}

function elements(call) {
  return ({ module }, data, { scores, target, loss }) => {
    const state = new module.LossState()
    forEachBlock(data, (start, length) => {
      call(module, [loss, 0, scores + 4 * start, target + 4 * start, 0], length)
      state.addCountedF32(loss, length, 0, length)
      if (state.hasNan()) throw new Error('a loss is NaN')
    })
    const value = state.sum() / state.weight()
    state.delete()
    return { value }
  }
}

function ghmc({ module }, data, { scores, target }) {
  const state = new module.GhmState(ghmBins, false)
  forEachBlock(data, (start, length) => {
    state.updateF32(0, 0, scores + 4 * start, target + 4 * start, 0, length, 0)
  })
  const counts = module._malloc(8 * ghmBins)
  const weights = module._malloc(8 * ghmBins)
  state.counts(counts)
  state.weights(weights, counts)
  const value = state.loss(weights)
  module._free(counts)
  module._free(weights)
  state.delete()
  return { value }
}

/** By operation: a function of (native, data, addresses) that returns the value, and whether `out` holds an array. */
const kernels = {
  softmax: alongClasses('softmax'),
  'log-softmax': alongClasses('logSoftmax'),
  'cross entropy': crossEntropy(0),
  'cross entropy value and gradient': crossEntropy(1),
  'BCE with logits': elements((module, arrays, length) => module.bceWithLogitsF32(...arrays, length, 1, 0)),
  'sigmoid focal': elements((module, arrays, length) => module.sigmoidFocalF32(...arrays, length, 1, focal.alpha, focal.gamma)),
  'GHM-C': ghmc,
}

export async function openInPlace(variant, version) {
  const native = await loadNative({ variant })
  const { module } = native
  const view = (address, length) => new Float32Array(module.HEAPU8.buffer, address, length)
  const place = (values) => {
    const address = module._malloc(values.byteLength)
    new values.constructor(module.HEAPU8.buffer, address, values.length).set(values)
    return address
  }
  return {
    name: `losskit ${variant}, in place`,
    version,
    prepare(operation, data, { isTensor }) {
      const addresses = {
        scores: place(data.scores),
        target: place(data.target),
        loss: module._malloc(4 * largestBlock),
        out: module._malloc(4 * data.scores.length),
      }
      const call = () => kernels[operation](native, data, addresses)
      return {
        run: () => void call(),
        result() {
          const { value, out } = call()
          if (!out) return value
          const values = view(addresses.out, data.scores.length)
          return isTensor ? values : { value, gradient: values }
        },
        close: () => {
          for (const address of Object.values(addresses)) module._free(address)
        },
      }
    },
  }
}
