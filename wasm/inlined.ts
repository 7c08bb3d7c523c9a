// The wasm that is inside the package, as text, loaded when it is first asked for.
import { chooseVariant, instantiateNative, type Native, type Variant, type VariantOptions, type WasmSource } from './native.js'

export interface LoadOptions extends VariantOptions {
  /** The module to use in place of the one inside the package: `losskit/simd.wasm` or `losskit/relaxed-simd.wasm`, matching `variant`. */
  wasm?: WasmSource
}

const texts = {
  simd: () => import('./module/simd-bytes.js'),
  'relaxed-simd': () => import('./module/relaxed-simd-bytes.js'),
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

const running = new Map<Variant, Promise<Native>>()

/** The module inside the package, compiled and instantiated once per variant. */
function shared(variant: Variant): Promise<Native> {
  const known = running.get(variant)
  if (known) return known
  const started = texts[variant]().then((text) => instantiateNative(variant, decodeBase64(text.default)))
  running.set(variant, started)
  started.catch(() => running.delete(variant))
  return started
}

export async function loadNative({ variant, wasm }: LoadOptions = {}): Promise<Native> {
  const chosen = chooseVariant(variant)
  return wasm === undefined ? shared(chosen) : instantiateNative(chosen, wasm)
}
