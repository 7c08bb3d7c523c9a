// Uses that must compile, in the strictest settings, without Node's types.
import {
  type Accumulator,
  type Criterion,
  classWeights,
  hasRelaxedSimd,
  type Losskit,
  load,
  type SigmoidFocalLossOptions,
  type Tensor,
  type TensorLike,
} from 'losskit'
import { DataError, type EvaluateOptions, evaluate, type FileSource, inspect, type Report } from 'losskit/evaluate'
import { load as loadExternal } from 'losskit/external'

const nn: Losskit = await load()
await load({ variant: hasRelaxedSimd() ? 'relaxed-simd' : 'simd' })
await loadExternal({ wasm: new URL('https://example.org/simd.wasm'), variant: 'simd' })
await loadExternal({ wasm: new Uint8Array(8) })

// Every shape a tensor may have, read-only ones among them.
const readOnly = { data: [1, 2, 3, 4], dims: [2, 2] } as const
const inputs: TensorLike[] = [
  [1, 2],
  [
    [1, 2],
    [3, 4],
  ],
  new Float64Array(4),
  new BigInt64Array(4),
  [[1n], [2n]],
  { data: new Float32Array(4), shape: [2, 2] },
  { data: new Uint16Array(4), dims: [2, 2], type: 'float16' },
  readOnly,
]
export const probabilities: Tensor[] = inputs.map((input) => nn.softmax(input, { dim: 1 }))

// Options typed by their author, and options made elsewhere.
const weight = classWeights(new Int32Array([10, 90]), 'effective', { beta: 0.99 })
const criterion: Criterion = nn.crossEntropyLoss({ weight, ignoreIndex: -1, labelSmoothing: 0.1, reduction: 'mean', emptyMean: 'zero' })
nn.nllLoss({ weight: 'balanced' })
nn.bceWithLogitsLoss({ posWeight: [[2, 1]] })
nn.bceLoss({ weight: { data: new Float32Array(2), shape: [2] } })
nn.multiLabelSoftMarginLoss({ weight: [1, 2] })
nn.sigmoidFocalLoss({ alpha: -1, gamma: 0 })
nn.softmaxFocalLoss({ alpha: 'complement' })

// What a loss comes to depends on its reduction, as far as that is known.
export const number: number = nn.crossEntropyLoss({ weight: [1, 2] }).forward([[1, 2]], [0])
export const sum: number = nn.ghmcLoss({ reduction: 'sum' }).forward([1], [0])
export const each: Tensor = nn.bceWithLogitsLoss({ reduction: 'none' }).valueAndGrad([1], [0]).value
declare const chosen: SigmoidFocalLossOptions
export const either: number | Tensor = nn.sigmoidFocalLoss(chosen).forward([1], [0])
export const { value, grad } = criterion.valueAndGrad([[1, 2]], [0])
export const gradient: Tensor = grad
const accumulator: Accumulator = criterion.accumulator()
using other = criterion.accumulator(accumulator.update([[1, 2]], [1]).toBytes())
export const { mean, sum: total, weight: divisor, rows, ignored } = accumulator.merge(other).result()

const ghm = nn.ghmcLoss({ bins: 30, momentum: 0.75 })
ghm.forward([[1, 2]], [[0, 1]], [[1, 1]])
ghm.averages = Array.from(ghm.averages)
using histogram = ghm.accumulator()
export const counts: number[] = histogram.update([1], [0]).result().counts

const source: FileSource = { name: 'a.csv', size: 3, read: async (start, end) => new Uint8Array(end - start) }
const options: EvaluateOptions = { signal: new AbortController().signal, onProgress: () => {} }
export const report: Report = await evaluate(new File([], 'a.csv'), options)
await evaluate(new Blob([]), { task: 'binary', classNames: ['no', 'yes'] as const })
export const { mapping } = await inspect(source)
export const first: number | null | undefined = report.losses[0]?.mean
export const place = (error: unknown): number | undefined => (error instanceof DataError ? error.row : undefined)
