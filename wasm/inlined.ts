// The wasm that is inside the package, as text, loaded when it is first asked for.
import type { WasmSource } from './instantiate.js'
import { instantiateNative, type Native } from './native.js'
import { chooseVariant, type Variant, type VariantOptions } from './variant.js'

/** Options of `load`. */
export interface LoadOptions extends VariantOptions {
  /** The module to use in place of the one inside the package: `losskit/simd.wasm` or `losskit/relaxed-simd.wasm`, matching `variant`. */
  wasm?: WasmSource
}

type Text = () => Promise<{ default: string }>

interface Decoder {
  from(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer>
}

/** Node has a decoder of its own, which is done at once; `atob` and a loop that is not compiled yet take 6 ms. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { Buffer } = globalThis as { Buffer?: Decoder }
  if (Buffer) return Buffer.from(text, 'base64')
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/** What `start` makes for a variant, once it is first asked for. */
export function oncePer<Value>(start: (variant: Variant) => Promise<Value>): (variant: Variant) => Promise<Value> {
  const started = new Map<Variant, Promise<Value>>()
  return (variant) => {
    const known = started.get(variant)
    if (known) return known
    const value = start(variant)
    started.set(variant, value)
    value.catch(() => started.delete(variant))
    return value
  }
}

/** Of wasm inside the package. */
export const sharedOf = <Value>(texts: Record<Variant, Text>, start: (variant: Variant, wasm: Uint8Array<ArrayBuffer>) => Promise<Value>) =>
  oncePer(async (variant) => start(variant, decodeBase64((await texts[variant]()).default)))

const shared = sharedOf(
  {
    simd: () => import('./module/simd-bytes.js'),
    'relaxed-simd': () => import('./module/relaxed-simd-bytes.js'),
  },
  instantiateNative,
)

export async function loadNative({ variant, wasm }: LoadOptions = {}): Promise<Native> {
  const chosen = chooseVariant(variant)
  return wasm === undefined ? shared(chosen) : instantiateNative(chosen, wasm)
}
