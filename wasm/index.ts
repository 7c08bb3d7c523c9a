import { type LoadOptions, loadNative } from './inlined.js'
import { type Losskit, losskit } from './losskit.js'

/**
 * Loads the kernels. The first call compiles the wasm inside the package (no file is fetched); later ones with the same variant share it.
 *
 * @throws RangeError for an unknown variant; whatever WebAssembly throws where it is not available.
 */
export async function load(options: LoadOptions = {}): Promise<Losskit> {
  return losskit(await loadNative(options))
}

export type { DimOptions } from './activations.js'
export type { Accumulator, Criterion, LossResult, Reduction, ReductionOptions } from './criterion.js'
export type { LoadOptions } from './inlined.js'
export type { BceWithLogitsLossOptions } from './losses/bceWithLogitsLoss.js'
export type { CrossEntropyLossOptions } from './losses/crossEntropyLoss.js'
export type { GhmcAccumulator, GhmcLoss, GhmcLossOptions, GhmcResult } from './losses/ghmcLoss.js'
export type { SigmoidFocalLossOptions } from './losses/sigmoidFocalLoss.js'
export type { SoftmaxFocalLossOptions } from './losses/softmaxFocalLoss.js'
export type { Losskit } from './losskit.js'
export { hasRelaxedSimd, type Variant, type VariantOptions, type WasmSource } from './native.js'
export type { NestedArray, Numbers, Tensor, TensorLike } from './tensor.js'
