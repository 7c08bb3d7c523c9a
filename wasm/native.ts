// The module of the losses, running.
import { Heap } from './heap.js'
import { compile, type Factory, instantiate, type WasmSource } from './instantiate.js'
import glue, { type MainModule } from './module/losses.js'
import type { Variant } from './variant.js'

export interface Native {
  module: MainModule
  variant: Variant
  heap: Heap
}

/** The variant's module from the given wasm, freshly instantiated. */
export async function instantiateNative(variant: Variant, source: WasmSource): Promise<Native> {
  const module = await instantiate(glue as Factory<MainModule>, await compile(source))
  return { module, variant, heap: new Heap(module) }
}
