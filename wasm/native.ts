// The module of the losses, running.
import { Heap } from './heap.js'
import { compile, type Factory, instantiate, type WasmSource } from './instantiate.js'
import type { MainModule } from './module/simd.js'
import type { Variant } from './variant.js'

export interface Native {
  module: MainModule
  variant: Variant
  heap: Heap
}

const glues = {
  simd: () => import('./module/simd.js'),
  'relaxed-simd': () => import('./module/relaxed-simd.js'),
}

/** The variant's module from the given wasm, freshly instantiated. */
export async function instantiateNative(variant: Variant, source: WasmSource): Promise<Native> {
  const [glue, compiled] = await Promise.all([glues[variant](), compile(source)])
  const module = await instantiate(glue.default as Factory<MainModule>, compiled)
  return { module, variant, heap: new Heap(module) }
}
