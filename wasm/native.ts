// Getting one of the two wasm modules running.
import { Heap } from './heap.js'
import type { MainModule } from './module/simd.js'

export type Variant = 'simd' | 'relaxed-simd'
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module

export interface VariantOptions {
  /**
   * 'simd' gives the same bits on every machine; 'relaxed-simd' uses fused multiply-add where the machine has it and is about 1.5 times
   * faster; 'auto' (the default) takes 'relaxed-simd' where the runtime knows it.
   */
  variant?: 'auto' | Variant
}

export interface Native {
  module: MainModule
  variant: Variant
  heap: Heap
}

const native = (module: MainModule, variant: Variant): Native => ({ module, variant, heap: new Heap(module) })

type Factory = (options: { instantiateWasm: InstantiateWasm }) => Promise<MainModule>
type InstantiateWasm = (
  imports: WebAssembly.Imports,
  done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
) => WebAssembly.Exports | Record<string, never>

const glues = {
  simd: () => import('./module/simd.js'),
  'relaxed-simd': () => import('./module/relaxed-simd.js'),
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
  if (wanted === 'auto') return hasRelaxedSimd() ? 'relaxed-simd' : 'simd'
  if (wanted !== 'simd' && wanted !== 'relaxed-simd') {
    throw new RangeError(`load: variant is ${JSON.stringify(wanted)}; it must be 'auto', 'simd' or 'relaxed-simd'`)
  }
  return wanted
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source
  if (typeof source === 'string' || source instanceof URL) return compile(await fetch(source))
  if (typeof Response !== 'undefined' && source instanceof Response) {
    if (!source.ok) throw new Error(`load: ${source.url} answered ${source.status} ${source.statusText}`)
    return WebAssembly.compile(await source.arrayBuffer())
  }
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source as BufferSource)
  throw new TypeError('load: wasm must be a URL, a Response, bytes or a WebAssembly.Module')
}

/** Instantiates through a promise, so that failures reach the caller and not the console. */
async function instantiate(variant: Variant, compiled: WebAssembly.Module): Promise<MainModule> {
  const factory = (await glues[variant]()).default as Factory
  return new Promise((resolve, reject) => {
    factory({
      instantiateWasm(imports, done) {
        WebAssembly.instantiate(compiled, imports).then((instance) => done(instance, compiled), reject)
        return {}
      },
    }).then(resolve, reject)
  })
}

/** The variant's module from the given wasm, freshly instantiated. */
export async function instantiateNative(variant: Variant, source: WasmSource): Promise<Native> {
  return native(await instantiate(variant, await compile(source)), variant)
}
