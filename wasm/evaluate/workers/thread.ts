// A worker thread, of the browser or of Node.
import type { Settings } from '../options.js'
import type { FromWorker, ToWorker } from './protocol.js'

export interface Thread {
  post(message: ToWorker, transfer?: ArrayBuffer[]): void
  /** Whether the process is to wait for it: not while it rests. */
  hold(): void
  rest(): void
  /** Ends it at once, whatever it is doing. */
  end(): void
}

export interface ThreadEvents {
  message(message: FromWorker): void
  /** It has ended and nobody told it to. */
  died(reason: string): void
}

function startInBrowser(events: ThreadEvents): Thread {
  // Bundlers know this by its form.
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  worker.onmessage = ({ data }) => events.message(data)
  worker.onmessageerror = () => events.died('its message could not be read')
  worker.onerror = (event) => {
    event.preventDefault()
    events.died(event.message || 'it could not be started')
  }
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    // A page does not wait for its workers.
    hold() {},
    rest() {},
    end: () => worker.terminate(),
  }
}

function startInNode(events: ThreadEvents): Thread {
  // Not imported, so that bundlers for browsers need not know of it.
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const worker = new Worker(new URL('./worker.js', import.meta.url))
  let isEnded = false
  const died = (reason: string) => {
    if (!isEnded) events.died(reason)
    isEnded = true
  }
  worker.on('message', (message) => events.message(message))
  worker.on('messageerror', (error) => died(error.message))
  worker.on('error', (error) => died(error instanceof Error ? error.message : String(error)))
  worker.on('exit', (code) => died(`it exited with code ${code}`))
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    hold: () => worker.ref(),
    rest: () => worker.unref(),
    end() {
      isEnded = true
      void worker.terminate()
    },
  }
}

export const startThread = (events: ThreadEvents): Thread => (typeof Worker === 'undefined' ? startInNode(events) : startInBrowser(events))

/** Threads that run at the same time on this machine. */
function machineThreads(): number {
  if (typeof navigator !== 'undefined' && navigator.hardwareConcurrency) return navigator.hardwareConcurrency
  return globalThis.process?.getBuiltinModule?.('node:os').availableParallelism() ?? 1
}

/** Starting workers takes longer than reading so many bytes. */
const fewBytes = 8e6
const mostWorkers = 4

/** Threads that so many bytes are divided between; 1 is the calling one alone. */
export const threadsFor = ({ workers }: Pick<Settings, 'workers'>, bytes: number): number =>
  workers ?? (bytes > fewBytes ? Math.min(machineThreads(), mostWorkers) : 1)
