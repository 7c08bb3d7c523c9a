// A platform that compiles no bytes: the module comes compiled, as an import of a .wasm file gives it there.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { load } from 'losskit/external'

const wasm = new WebAssembly.Module(await readFile(fileURLToPath(import.meta.resolve('losskit/simd.wasm'))))
const { instantiate, Module } = WebAssembly
const refuse = () => {
  throw new WebAssembly.CompileError('this platform compiles no bytes')
}
Object.assign(WebAssembly, {
  compile: refuse,
  compileStreaming: refuse,
  instantiateStreaming: refuse,
  Module: new Proxy(Module, { construct: refuse }),
  instantiate: (source, imports) => (source instanceof Module ? instantiate(source, imports) : refuse()),
})

const nn = await load({ variant: 'simd', wasm })
const { value, grad } = nn.crossEntropyLoss().valueAndGrad([[2, 0]], [0])
console.log(JSON.stringify({ value, gradient: Array.from(grad.data) }))
