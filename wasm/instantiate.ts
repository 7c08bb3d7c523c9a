// From wasm bytes, wherever they come from, to a running module.

/** Where the wasm comes from: an address to fetch, a response, bytes, or a compiled module. */
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module

/** What Emscripten's glue exports: makes the module once it is told how to get the instance. */
export type Factory<Module> = (options: { instantiateWasm: InstantiateWasm }) => Promise<Module>
type InstantiateWasm = (
  imports: WebAssembly.Imports,
  done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
) => WebAssembly.Exports | Record<string, never>

/**
 * Node compiles bytes at once, 2 ms for the losses: of a promise it waits for with nothing else to do, Node 20 on a busy machine now and then
 * misses the end (it waits in its platform for V8's compiling threads). Browsers forbid that, or should be left their one thread.
 */
function compileBytes(bytes: BufferSource): WebAssembly.Module | Promise<WebAssembly.Module> {
  const { process } = globalThis as { process?: { versions?: { node?: string } } }
  return process?.versions?.node === undefined ? WebAssembly.compile(bytes) : new WebAssembly.Module(bytes)
}

/** Bytes come first: where Node is asked for `Response`, it loads its whole client for HTTP, 150 ms. */
export async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return compileBytes(source as BufferSource)
  if (typeof source === 'string' || source instanceof URL) return compile(await fetch(source))
  if (typeof Response !== 'undefined' && source instanceof Response) {
    if (!source.ok) throw new Error(`load: ${source.url} answered ${source.status} ${source.statusText}`)
    return compileBytes(await source.arrayBuffer())
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
