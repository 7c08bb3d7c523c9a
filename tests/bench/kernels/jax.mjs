// jax-js with its wasm backend, each operation compiled by `jit`. Without shared memory, as here, it has one thread. Inputs are in its memory
// before the clock starts, results stay there.
import { focal } from './operations.mjs'

const library = '../node_modules/@jax-js/jax/dist/index.js'
/** Its module does not say it. */
const version = '0.1.25'

/** softplus(x) - x t */
const bce = ({ nn }, scores, target) => nn.softplus(scores.ref).sub(scores.mul(target))

function sigmoidFocal({ np, nn }, scores, target) {
  const difference = nn.sigmoid(scores.ref).sub(target.ref)
  const alpha = target.ref.mul(2 * focal.alpha - 1).add(1 - focal.alpha)
  return np.mean(alpha.mul(np.square(difference)).mul(bce({ nn }, scores, target)))
}

const crossEntropy = ({ np, nn }, scores, oneHot) => np.mean(np.sum(nn.logSoftmax(scores).mul(oneHot), -1)).neg()

const functions = {
  softmax: (jax) => jax.jit((scores) => jax.nn.softmax(scores)),
  'log-softmax': (jax) => jax.jit((scores) => jax.nn.logSoftmax(scores)),
  'cross entropy': (jax) => jax.jit((scores, oneHot) => crossEntropy(jax, scores, oneHot)),
  'cross entropy value and gradient': (jax) => jax.jit(jax.valueAndGrad((scores, oneHot) => crossEntropy(jax, scores, oneHot))),
  'BCE with logits': (jax) => jax.jit((scores, target) => jax.np.mean(bce(jax, scores, target))),
  'sigmoid focal': (jax) => jax.jit((scores, target) => sigmoidFocal(jax, scores, target)),
}

/** The arguments of the functions. */
function argumentsOf({ np, nn }, { rows, classes, scores, target }, { isBinary, isTensor }) {
  if (isBinary) return [np.array(scores), np.array(target)]
  const matrix = np.array(scores).reshape([rows, classes])
  return isTensor ? [matrix] : [matrix, nn.oneHot(np.array(target, { dtype: np.int32 }), classes)]
}

export async function openJax() {
  const { numpy: np, ...jax } = await import(library)
  await jax.init('wasm')
  jax.defaultDevice('wasm')
  return {
    name: 'jax-js',
    version,
    prepare(operation, data, kind) {
      if (functions[operation] === undefined) return undefined
      const compiled = functions[operation]({ ...jax, np })
      const values = argumentsOf({ ...jax, np }, data, kind)
      const call = () => compiled(...values.map((value) => value.ref))
      return {
        async run() {
          for (const out of [await jax.blockUntilReady(await call())].flat()) out.dispose()
        },
        async result() {
          const out = await call()
          if (kind.isTensor) return out.data()
          if (!Array.isArray(out)) return (await out.data())[0]
          return { value: (await out[0].data())[0], gradient: await out[1].data() }
        },
        close: () => {
          for (const value of values) value.dispose()
        },
      }
    },
  }
}
