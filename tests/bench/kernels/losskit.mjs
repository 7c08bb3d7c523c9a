// The package, each variant three times: by its public functions, which copy the input in and the result out; and its kernels in the same
// blocks, called on arrays that are in wasm memory already, or that are copied in while the result stays there.
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

/** The operations whose result is as large as the input. */
const leavesArray = new Set(['softmax', 'log-softmax', 'cross entropy value and gradient'])

/** More rows than any block has. */
const largestBlock = 1 << 20

/** Calls use(start, length) for each block of the rows. */
function forEachBlock({ rows, classes }, use) {
  for (const { start, length } of blocksOf(rows, classes)) use(start, length)
}

function alongClasses(name) {
  return ({ module }, data, { scores, out }) => {
    forEachBlock(data, (start, length) => {
      const first = start * data.classes
      module[`${name}F32`](out + 4 * first, scores(first, length * data.classes), length, data.classes, 1)
    })
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
      const gradient = gradientScale && out + 4 * start * classes
      const input = scores(start * classes, length * classes)
      module.classIndexF32(loss, gradient, input, labels, 0, length, classes, 1, ...settings)
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
      call(module, [loss, 0, scores(start, length), target + 4 * start, 0], length)
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
    state.updateF32(0, 0, scores(start, length), target + 4 * start, 0, length, 0)
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

/** Arrays in wasm memory. */
class Places {
  #module
  #addresses = []

  constructor(module) {
    this.#module = module
  }

  take(values) {
    const address = this.#module._malloc(4 * values)
    this.#addresses.push(address)
    return address
  }

  copy(values, address) {
    new values.constructor(this.#module.HEAPU8.buffer, address, values.length).set(values)
    return address
  }

  view(address, length) {
    return new Float32Array(this.#module.HEAPU8.buffer, address, length)
  }

  free() {
    for (const address of this.#addresses) this.#module._free(address)
  }
}

/** Functions of (first value, count) that give the address of these scores: where all of them are, or where they are copied to. */
const sources = {
  'in place': (places, { scores }) => {
    const address = places.copy(scores, places.take(scores.length))
    return (first) => address + 4 * first
  },
  'copied in': (places, { scores, rows, classes }) => {
    const [{ length }] = blocksOf(rows, classes)
    const address = places.take(length * classes)
    return (first, count) => places.copy(scores.subarray(first, first + count), address)
  },
}

const openKernels = (how, has) => async (variant, version) => {
  const native = await loadNative({ variant })
  return {
    name: `losskit ${variant}, ${how}`,
    version,
    prepare(operation, data, { isTensor }) {
      if (!has(operation)) return undefined
      const places = new Places(native.module)
      const addresses = {
        scores: sources[how](places, data),
        target: places.copy(data.target, places.take(data.target.length)),
        loss: places.take(largestBlock),
        out: places.take(data.scores.length),
      }
      const call = () => kernels[operation](native, data, addresses)
      return {
        run: () => void call(),
        result() {
          const { value, out } = call()
          if (!out) return value
          const values = places.view(addresses.out, data.scores.length)
          return isTensor ? values : { value, gradient: values }
        },
        close: () => places.free(),
      }
    },
  }
}

export const openInPlace = openKernels('in place', () => true)
/** Where the public functions copy no more than the input, they are these. */
export const openCopiedIn = openKernels('copied in', (operation) => leavesArray.has(operation))
