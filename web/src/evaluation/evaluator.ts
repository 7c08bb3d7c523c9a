// The page's side of the evaluation worker: started when first needed, replaced when it dies.
import type { Report } from 'losskit/evaluate'
import type { Failure, Inspection, Progress, Reply, Request, Settings } from './protocol'

/** How long a cancelled worker may take to answer before it is ended. */
const patience = 1000

export interface Listener {
  inspected(inspection: Inspection): void
  progress(progress: Progress): void
  done(report: Report): void
  /** `restarted` says that the worker was lost with the job and that the next job gets a new one. */
  failed(failure: Failure, restarted: boolean): void
}

interface Job {
  id: number
  cancelled: boolean
  listener: Listener
}

let worker: Worker | undefined
let job: Job | undefined
let lastId = 0

function finish(): Listener | undefined {
  const listener = job?.listener
  job = undefined
  return listener
}

function discard() {
  worker?.terminate()
  worker = undefined
}

/** However a cancelled job ends without a result, it is what the person wanted. */
function fail(failure: Failure, restarted: boolean) {
  const outcome: Failure = job?.cancelled ? { kind: 'cancelled', message: '' } : failure
  finish()?.failed(outcome, restarted)
}

function lose(message: string) {
  discard()
  fail({ kind: 'internal', message }, true)
}

function receive(reply: Reply) {
  if (reply.id !== job?.id) return
  if (reply.kind === 'inspected') job.listener.inspected(reply.inspection)
  else if (reply.kind === 'progress') job.listener.progress(reply.progress)
  else if (reply.kind === 'done') finish()?.done(reply.report)
  else {
    // After a failure of its own the module's memory is not to be trusted.
    const restarted = reply.failure.kind === 'internal'
    if (restarted) discard()
    fail(reply.failure, restarted)
  }
}

function start(): Worker {
  const started = new Worker(new URL('./evaluation.worker.ts', import.meta.url), { type: 'module', name: 'losskit' })
  started.addEventListener('message', ({ data }: MessageEvent<Reply>) => receive(data))
  started.addEventListener('error', (event) => {
    if (started === worker) lose(event.message ?? '')
  })
  return started
}

const post = (request: Request) => worker?.postMessage(request)

/** Evaluates a file; a job that still runs is given up without a word to its listener. */
export function evaluateFile(file: File, settings: Settings, listener: Listener): void {
  if (job) post({ id: job.id, kind: 'cancel' })
  worker ??= start()
  job = { id: ++lastId, cancelled: false, listener }
  post({ id: job.id, kind: 'evaluate', file, settings })
}

/** Stops the job that runs; its listener hears 'cancelled'. */
export function cancelEvaluation(): void {
  const stopped = job
  if (!stopped) return
  stopped.cancelled = true
  post({ id: stopped.id, kind: 'cancel' })
  setTimeout(() => {
    if (job === stopped) lose('')
  }, patience)
}
