import { DataError, evaluate, inspect } from 'losskit/evaluate'
import type { Failure, Reply, Request } from './protocol'

const running = new Map<number, AbortController>()

// lib "DOM" types the global scope as a window, whose postMessage wants an origin.
const post = (reply: Reply) => (self as unknown as Worker).postMessage(reply)

/** The browser's names for a file that was moved or changed, or is a folder. */
const unreadable = ['NotFoundError', 'NotReadableError']

const isNamed = (error: unknown, names: string[]) => error instanceof DOMException && names.includes(error.name)

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  if (isNamed(error, ['AbortError'])) return { kind: 'cancelled', message }
  if (error instanceof DataError) {
    if (isNamed(error.cause, unreadable)) return { kind: 'unreadable', message }
    return { kind: 'data', message, row: error.row, line: error.line, column: error.column }
  }
  return { kind: 'internal', message }
}

async function run({ id, file, settings }: Extract<Request, { kind: 'evaluate' }>) {
  const controller = new AbortController()
  running.set(id, controller)
  const { signal } = controller
  try {
    const inspection = await inspect(file, settings)
    post({ id, kind: 'inspected', inspection })
    const report = await evaluate(file, { ...settings, signal, onProgress: (progress) => post({ id, kind: 'progress', progress }) })
    post({ id, kind: 'done', report })
  } catch (error) {
    post({ id, kind: 'failed', failure: failureOf(error) })
  } finally {
    running.delete(id)
  }
}

self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'cancel') running.get(data.id)?.abort()
  else void run(data)
})
