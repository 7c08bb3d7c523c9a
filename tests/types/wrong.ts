// Uses that must not compile: a line below the comment that compiles is itself an error.
import { classWeights, type Losskit, load, type Tensor } from 'losskit'
import { type EvaluateOptions, evaluate, type Report } from 'losskit/evaluate'
import { load as loadExternal } from 'losskit/external'

declare const nn: Losskit
declare const tensor: Tensor
declare const report: Report

// @ts-expect-error: there are two variants, and 'auto'
load({ variant: 'avx512' })
// @ts-expect-error: there is no wasm inside this module
loadExternal({ variant: 'simd' })
// @ts-expect-error: what `load` gives is a promise
load().crossEntropyLoss()
// @ts-expect-error: the kernels that run are what they are
nn.variant = 'simd'

// @ts-expect-error: text is no tensor
nn.softmax('1 2 3')
// @ts-expect-error: data without a shape
nn.softmax({ data: new Float32Array(4) })
// @ts-expect-error: the option is called dim
nn.softmax(tensor, { axis: 1 })
// @ts-expect-error: nothing is missing in a tensor
nn.sigmoid([1, null])

// @ts-expect-error: torch's name in camelCase
nn.crossEntropyLoss({ ignore_index: -1 })
// @ts-expect-error: the reductions are 'mean', 'sum' and 'none'
nn.crossEntropyLoss({ reduction: 'batchmean' })
// @ts-expect-error: the schemes are 'balanced', 'effective' and 'complement'
nn.crossEntropyLoss({ weight: 'inverse' })
// @ts-expect-error: logits have no class weights here
nn.bceWithLogitsLoss({ alpha: 0.25 })
// @ts-expect-error: the sigmoid focal loss knows two classes, so its alpha is a number
nn.sigmoidFocalLoss({ alpha: [0.25, 0.75] })
// @ts-expect-error: a loss compares with something
nn.crossEntropyLoss().forward(tensor)
// @ts-expect-error: a class index alone is no tensor of targets
nn.crossEntropyLoss().forward(tensor, 1)
// @ts-expect-error: the state is bytes
nn.crossEntropyLoss().accumulator('state')
// @ts-expect-error: GHM's state is not that of a mean
nn.crossEntropyLoss().accumulator().merge(nn.ghmcLoss().accumulator())
// @ts-expect-error: only the GHM losses have a mask
nn.bceLoss().forward(tensor, tensor, tensor)
// @ts-expect-error: without a reduction there is a loss per row
export const one: number = nn.crossEntropyLoss({ reduction: 'none' }).forward(tensor, [0])
// @ts-expect-error: a mean is one number
export const rows: Tensor = nn.ghmcLoss().forward(tensor, tensor)
// @ts-expect-error: there is no such loss
nn.hingeLoss()
// @ts-expect-error: a scheme is needed
classWeights([1, 2])

// @ts-expect-error: a path is no file
evaluate('predictions.csv')
// @ts-expect-error: the tasks have names
evaluate(new Blob([]), { task: 'regression' })
// @ts-expect-error: a number of characters is no delimiter
export const options: EvaluateOptions = { delimiter: 1 }
// @ts-expect-error: a mean may be missing
export const mean: number = report.losses[0].mean
// @ts-expect-error: there is one version of the format
export const isNew: boolean = report.version === 2
