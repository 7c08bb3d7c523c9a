import { checkOptions } from './arguments.js'
import type { WasmSource } from './instantiate.js'
import { type Losskit, losskit } from './losskit.js'
import { instantiateNative } from './native.js'
import { chooseVariant, type VariantOptions } from './variant.js'

/** Options of `load`. */
export interface ExternalLoadOptions extends VariantOptions {
  /** `losskit/simd.wasm` or `losskit/relaxed-simd.wasm`, matching `variant`. */
  wasm: WasmSource
}

/**
 * As `load` of 'losskit', for platforms that forbid compiling bytes: the caller brings the wasm, and none is inside this module.
 *
 * @throws TypeError without wasm, RangeError for an unknown variant.
 */
export async function load(options: ExternalLoadOptions): Promise<Losskit> {
  const { variant, wasm } = checkOptions('load', options, ['variant', 'wasm'])
  if (wasm === undefined) throw new TypeError('load: wasm is missing: pass losskit/simd.wasm as a URL, bytes or a WebAssembly.Module')
  return losskit(await instantiateNative(chooseVariant(variant), wasm))
}

export { classWeights } from './classWeights.js'
export type * from './index.js'
