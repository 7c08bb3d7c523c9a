// tfjs with its wasm backend, SIMD, one thread. Inputs are in its memory before the clock starts, results stay there.
import { focal, ghmBins } from './operations.mjs'

/** GHM-C without the loop over bins of mmdetection's code: each bin's count and loss sum by one histogram each. */
function ghmc(tf, { scores, target, weights }) {
  const norm = tf.abs(tf.sub(tf.sigmoid(scores), target))
  const bins = tf.cast(tf.clipByValue(tf.mul(norm, ghmBins), 0, ghmBins - 1), 'int32')
  const losses = tf.losses.sigmoidCrossEntropy(target, scores, 1, 0, tf.Reduction.NONE)
  const sums = tf.denseBincount(bins, losses, ghmBins)
  const counts = tf.denseBincount(bins, weights, ghmBins)
  const filled = tf.sum(tf.cast(tf.greater(counts, 0), 'float32'))
  return tf.div(tf.sum(tf.divNoNan(sums, counts)), filled)
}

function sigmoidFocal(tf, { scores, target }) {
  const losses = tf.losses.sigmoidCrossEntropy(target, scores, 1, 0, tf.Reduction.NONE)
  const focus = tf.square(tf.sub(tf.sigmoid(scores), target))
  const alpha = tf.add(tf.mul(target, 2 * focal.alpha - 1), 1 - focal.alpha)
  return tf.mean(tf.mul(alpha, tf.mul(focus, losses)))
}

const crossEntropy = (tf, scores, { oneHot }) => tf.losses.softmaxCrossEntropy(oneHot, scores)

const calls = {
  softmax: (tf, { scores }) => tf.softmax(scores),
  'log-softmax': (tf, { scores }) => tf.logSoftmax(scores),
  'cross entropy': (tf, tensors) => crossEntropy(tf, tensors.scores, tensors),
  'cross entropy value and gradient': (tf, tensors) => tf.valueAndGrad((scores) => crossEntropy(tf, scores, tensors))(tensors.scores),
  'BCE with logits': (tf, { scores, target }) => tf.losses.sigmoidCrossEntropy(target, scores),
  'sigmoid focal': sigmoidFocal,
  'GHM-C': ghmc,
}

/** What the calls take besides the scores, made before the clock starts. */
function extraTensors(tf, operation, { rows, classes, target }, { isBinary, isTensor }) {
  if (isTensor) return {}
  if (!isBinary) return { oneHot: tf.cast(tf.oneHot(tf.tensor1d(target, 'int32'), classes), 'float32') }
  return { target: tf.tensor1d(target), weights: operation === 'GHM-C' ? tf.ones([rows]) : undefined }
}

/** library: the module in build/bench that tfjs is bundled into; wasmFolder: where its wasm is. */
export async function openTfjs({ library, wasmFolder }) {
  const { tf, setWasmPaths } = await import(`../../../build/bench/${library}`)
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  setWasmPaths(wasmFolder)
  if (!(await tf.setBackend('wasm'))) throw new Error('tfjs: its wasm backend does not start')
  return {
    name: 'tfjs-wasm',
    version: tf.version_core,
    prepare(operation, data, kind) {
      const tensors = tf.tidy(() => ({
        scores: tf.tensor(data.scores, kind.isBinary ? [data.rows] : [data.rows, data.classes]),
        ...extraTensors(tf, operation, data, kind),
      }))
      const call = () => calls[operation](tf, tensors)
      return {
        run: () => tf.tidy(() => void call()),
        result() {
          let result
          // Not returned: tidy looks for tensors in whatever it is given back, value by value.
          tf.tidy(() => {
            const out = call()
            if (out.grad) result = { value: out.value.dataSync()[0], gradient: out.grad.dataSync() }
            else result = kind.isTensor ? out.dataSync() : out.dataSync()[0]
          })
          return result
        },
        close: () => tf.dispose(tensors),
      }
    },
  }
}
