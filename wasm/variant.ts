// The two builds of the kernels, and which of them a runtime can run.

import { checkChoice } from './arguments.js'

/** The builds of the kernels. */
export type Variant = 'simd' | 'relaxed-simd'

/** Which build to take. */
export interface VariantOptions {
  /**
   * 'simd' gives the same bits on every machine; 'relaxed-simd' uses fused multiply-add where the machine has it and is about 1.5 times
   * faster; 'auto' (the default) takes 'relaxed-simd' where the runtime knows it.
   */
  variant?: 'auto' | Variant
}

/** A function that returns f32x4.relaxed_madd of three splatted zeros. */
const usesRelaxedMadd = [
  [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version 1
  [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // one type: () -> v128
  [0x03, 0x02, 0x01, 0x00], // one function
  [0x0a, 0x13, 0x01, 0x11, 0x00], // its code, 17 bytes, no locals
  ...Array.from({ length: 3 }, () => [0x41, 0x00, 0xfd, 0x11]), // i32.const 0, i32x4.splat
  [0xfd, 0x85, 0x02, 0x0b], // f32x4.relaxed_madd, end
].flat()

/** Whether this runtime compiles relaxed SIMD. */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(new Uint8Array(usesRelaxedMadd))

export function chooseVariant(wanted: VariantOptions['variant'] = 'auto'): Variant {
  const chosen = checkChoice('load: variant', wanted, ['auto', 'simd', 'relaxed-simd'])
  if (chosen === 'auto') return hasRelaxedSimd() ? 'relaxed-simd' : 'simd'
  return chosen
}
