// onnxruntime-web: wasm backend, one thread. It takes inputs from JavaScript's memory only, so that copying them in is part of every run.
import { onnxModel } from './onnx.mjs'
import { focal } from './operations.mjs'

const library = '../node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs'

/** softplus(x) - x t into `to`. */
const bceNodes = (to) => [
  ['Softplus', ['scores'], 'softplus'],
  ['Mul', ['scores', 'target'], 'product'],
  ['Sub', ['softplus', 'product'], to],
]

const means = ['ReduceMean', ['losses'], 'out', { keepdims: 0 }]

/** (alpha t + (1 - alpha)(1 - t)) miss^2 bce, in as few nodes as it takes: miss = |sigmoid - t| for t in {0, 1}. */
const focalGraph = {
  scalars: [
    ['slope', 2 * focal.alpha - 1],
    ['rest', 1 - focal.alpha],
  ],
  nodes: [
    ...bceNodes('bce'),
    ['Sigmoid', ['scores'], 'p'],
    ['Sub', ['p', 'target'], 'difference'],
    ['Mul', ['difference', 'difference'], 'focus'],
    ['Mul', ['focus', 'bce'], 'focused'],
    ['Mul', ['target', 'slope'], 'sloped'],
    ['Add', ['sloped', 'rest'], 'alpha'],
    ['Mul', ['alpha', 'focused'], 'losses'],
    means,
  ],
}

const graphs = {
  softmax: { nodes: [['Softmax', ['scores'], 'out', { axis: 1 }]] },
  'log-softmax': { nodes: [['LogSoftmax', ['scores'], 'out', { axis: 1 }]] },
  'cross entropy': { nodes: [['SoftmaxCrossEntropyLoss', ['scores', 'target'], 'out', { reduction: 'mean' }]] },
  'BCE with logits': { nodes: [...bceNodes('losses'), means] },
  'sigmoid focal': focalGraph,
}

export async function openOnnxruntime() {
  const ort = await import(library)
  ort.env.wasm.numThreads = 1
  ort.env.logLevel = 'error'
  return {
    name: 'onnxruntime-web',
    version: ort.env.versions.web,
    async prepare(operation, { rows, classes, scores, target }, { isBinary, isTensor }) {
      const graph = graphs[operation]
      if (graph === undefined) return undefined
      const shape = isBinary ? [rows] : [rows, classes]
      const inputs = [['scores', 'float', shape]]
      const feeds = { scores: new ort.Tensor('float32', scores, shape) }
      if (!isTensor) {
        const type = isBinary ? 'float32' : 'int32'
        inputs.push(['target', isBinary ? 'float' : 'int32', [rows]])
        feeds.target = new ort.Tensor(type, target, [rows])
      }
      const model = onnxModel({ ...graph, inputs, outputs: [['out', 'float', isTensor ? shape : []]] })
      const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] })
      return {
        async run() {
          const { out } = await session.run(feeds)
          out.dispose()
        },
        async result() {
          const { out } = await session.run(feeds)
          return isTensor ? out.data : out.data[0]
        },
        close: () => session.release(),
      }
    },
  }
}
