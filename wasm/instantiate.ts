// From wasm bytes, wherever they come from, to a running module.

/** Where the wasm comes from: an address to fetch, a response, bytes, or a compiled module. */
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module

/** What Emscripten's glue exports: makes the module once it is told how to get the instance. */
export type Factory<Module> = (options: { instantiateWasm: InstantiateWasm }) => Promise<Module>
type InstantiateWasm = (
  imports: WebAssembly.Imports,
  done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
) => WebAssembly.Exports | Record<string, never>

/** Bytes come first: where Node is asked for `Response`, it loads its whole client for HTTP, 150 ms. */
export async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source as BufferSource)
  if (typeof source === 'string' || source instanceof URL) return compile(await fetch(source))
  if (typeof Response !== 'undefined' && source instanceof Response) {
    if (!source.ok) throw new Error(`load: ${source.url} answered ${source.status} ${source.statusText}`)
    return WebAssembly.compile(await source.arrayBuffer())
  }
  throw new TypeError('load: wasm must be a URL, a Response, bytes or a WebAssembly.Module')
}

/** Instantiates through a promise, so that failures reach the caller and not the console. */
export function instantiate<Module>(factory: Factory<Module>, compiled: WebAssembly.Module): Promise<Module> {
  return new Promise((resolve, reject) => {
    factory({
      instantiateWasm(imports, done) {
        WebAssembly.instantiate(compiled, imports).then((instance) => done(instance, compiled), reject)
        return {}
      },
    }).then(resolve, reject)
  })
}
