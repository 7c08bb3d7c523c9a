// Started by node.mjs: answers its calls.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

// onnxruntime-web would set it for Node, and jax-js then start threads.
Object.defineProperty(globalThis, 'Worker', { get: () => undefined, set: () => {} })

let host

const start = async ({ module, folder, options }) => {
  const read = async (name) => {
    const { buffer, byteOffset, byteLength } = await readFile(join(folder, name))
    return buffer.slice(byteOffset, byteOffset + byteLength)
  }
  const { createHost } = await import(module)
  host = await createHost({ ...options, read })
}

process.on('message', async ({ id, method, values }) => {
  try {
    const value = method === 'create' ? await start(...values) : await host[method](...values)
    process.send({ id, value })
  } catch (error) {
    process.send({ id, error: error.stack ?? String(error) })
  }
})
