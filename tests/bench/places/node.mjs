// Node as a place to measure in: a process of its own, so that it can be given flags and holds nothing but the contenders.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const child = fileURLToPath(new URL('./nodeChild.mjs', import.meta.url))

/** Node 20 runs relaxed SIMD only when told to, later ones refuse the flag. */
export const nodeFlags = process.version.startsWith('v20.') ? ['--experimental-wasm-relaxed-simd'] : []

/** Starts the host that `module` makes with `options`; `folder` is where it reads from. */
export async function openNode({ module, folder, options }) {
  const process = fork(child, { execArgv: nodeFlags, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' })
  const waiting = new Map()
  let calls = 0
  process.on('message', ({ id, value, error }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) resolve(value)
    else reject(new Error(`Node: ${error}`))
  })
  process.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`Node ended (${signal ?? code})`))
  })
  const call = (method, ...values) =>
    new Promise((resolve, reject) => {
      waiting.set(++calls, { resolve, reject })
      process.send({ id: calls, method, values })
    })
  await call('create', { module, folder, options })
  return { name: 'Node', call, close: () => void process.disconnect() }
}
