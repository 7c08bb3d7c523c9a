import { checkOptions } from './arguments.js'
import { type LoadOptions, loadNative } from './inlined.js'
import { type Losskit, losskit } from './losskit.js'

/**
 * Loads the kernels. The first call compiles the wasm inside the package (no file is fetched); later ones with the same variant share it.
 *
 * @throws TypeError or RangeError for unknown options and variants; whatever WebAssembly throws where it is not available.
 */
export async function load(options?: LoadOptions): Promise<Losskit> {
  return losskit(await loadNative(checkOptions('load', options, ['variant', 'wasm'])))
}

export type { DimOptions } from './activations.js'
export { type ClassWeight, type ClassWeightOptions, type ClassWeightScheme, classWeights } from './classWeights.js'
export type { Accumulator, Criterion, LossResult, LossValue, Reduced, Reduction, ReductionOptions, ValueAndGrad } from './criterion.js'
export type { LoadOptions } from './inlined.js'
export type { WasmSource } from './instantiate.js'
export type { BceLossOptions } from './losses/bceLoss.js'
export type { BceWithLogitsLossOptions } from './losses/bceWithLogitsLoss.js'
export type { ElementDivisor } from './losses/counting.js'
export type { CrossEntropyLossOptions } from './losses/crossEntropyLoss.js'
export type { GhmAccumulator, GhmLoss, GhmOptions, GhmResult } from './losses/ghm.js'
export type { GhmcLossOptions } from './losses/ghmcLoss.js'
export type { GhmrLossOptions } from './losses/ghmrLoss.js'
export type { MultiLabelSoftMarginLossOptions } from './losses/multiLabelSoftMarginLoss.js'
export type { NllLossOptions } from './losses/nllLoss.js'
export type { SigmoidFocalLossOptions } from './losses/sigmoidFocalLoss.js'
export type { SoftmaxFocalLossOptions } from './losses/softmaxFocalLoss.js'
export type { Losskit } from './losskit.js'
export type {
  BigIntegerArray,
  DimsTensor,
  FloatArray,
  IntegerArray,
  NestedArray,
  Numbers,
  OutOptions,
  ShapedTensor,
  Tensor,
  TensorLike,
} from './tensor.js'
export { hasRelaxedSimd, type Variant, type VariantOptions } from './variant.js'
