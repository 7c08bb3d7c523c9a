// The page's side of the evaluation worker: started when first needed, replaced when it dies.
import type { Inspection, LossResult, Report } from 'losskit/evaluate'
import type { Failure, Progress, Reply, Request, Results, Task } from './protocol'

/** How long a cancelled worker may take to answer before it is ended. */
const patience = 1000

/** What can be heard of a task before its end. */
interface Listener {
  inspected?(inspection: Inspection): void
  progress?(progress: Progress): void
  partial?(report: Report): void
  losses?(losses: LossResult[]): void
}

/** Why a task gave nothing. `restarted`: the worker was lost with it and with all sessions; the next task gets a new one. */
export class EvaluationFailure extends Error {
  constructor(
    readonly failure: Failure,
    readonly restarted: boolean,
  ) {
    super(failure.message)
  }
}

interface Job {
  task: Task
  listener: Listener
  cancelled: boolean
  resolve(result: unknown): void
  reject(failure: EvaluationFailure): void
}

export interface Asked<Kind extends keyof Results> {
  /** For `cancel`, and of the session that an 'open' leaves. */
  id: number
  result: Promise<Results[Kind]>
}

let worker: Worker | undefined
const jobs = new Map<number, Job>()
let lastId = 0
/** Sessions that the worker holds. */
const sessions = new Set<number>()

/** Ends the worker; everything it held is lost. */
function discard() {
  worker?.terminate()
  worker = undefined
  sessions.clear()
}

function end(id: number): Job | undefined {
  const job = jobs.get(id)
  jobs.delete(id)
  return job
}

/** However a cancelled job ends without a result, it is what the person wanted. */
function fail(id: number, failure: Failure, restarted: boolean) {
  const job = end(id)
  job?.reject(new EvaluationFailure(job.cancelled ? { kind: 'cancelled', message: '' } : failure, restarted))
}

function lose(failure: Failure) {
  discard()
  for (const id of [...jobs.keys()]) fail(id, failure, true)
}

/** After these the module's memory is not to be trusted. */
const isFatal = ({ kind }: Failure) => kind === 'internal' || kind === 'memory'

function receive(reply: Reply) {
  const job = jobs.get(reply.id)
  if (!job) return
  if (job.cancelled && reply.kind !== 'done' && reply.kind !== 'failed') return
  if (reply.kind === 'inspected') job.listener.inspected?.(reply.inspection)
  else if (reply.kind === 'progress') job.listener.progress?.(reply.progress)
  else if (reply.kind === 'partial') job.listener.partial?.(reply.report)
  else if (reply.kind === 'losses') job.listener.losses?.(reply.losses)
  else if (reply.kind === 'done') {
    if (job.task.kind === 'open') sessions.add(reply.id)
    end(reply.id)?.resolve(reply.result)
  } else {
    fail(reply.id, reply.failure, isFatal(reply.failure))
    if (isFatal(reply.failure)) replaceWorker()
  }
}

function start(): Worker {
  const started = new Worker(new URL('./evaluation.worker.ts', import.meta.url), { type: 'module', name: 'losskit' })
  started.addEventListener('message', ({ data }: MessageEvent<Reply>) => receive(data))
  started.addEventListener('error', (event) => {
    if (started !== worker) return
    const message = event.message ?? ''
    lose({ kind: /memory/i.test(message) ? 'memory' : 'internal', message })
  })
  return started
}

const post = (request: Request) => worker?.postMessage(request)

export function ask<Kind extends keyof Results>(task: Extract<Task, { kind: Kind }>, listener: Listener = {}): Asked<Kind> {
  worker ??= start()
  const id = ++lastId
  const result = new Promise<Results[Kind]>((resolve, reject) => {
    jobs.set(id, { task, listener, cancelled: false, resolve: resolve as Job['resolve'], reject })
  })
  post({ id, ...task })
  return { id, result }
}

/** A worker that one task has spoilt is ended. What needs nothing that it held is begun anew: it has no part in that. */
function replaceWorker() {
  discard()
  for (const [id, { task, cancelled }] of [...jobs]) {
    if (cancelled || 'session' in task) {
      fail(id, { kind: 'lost', message: '' }, true)
      continue
    }
    worker ??= start()
    post({ id, ...task })
  }
}

/** Starts the worker, which loads what it needs. */
export function startWorker(): void {
  worker ??= start()
}

/** Has the worker do what the first file will need, so that it need not wait for it. Ends when a file need not wait, or did not. */
export const prepare = (): Promise<unknown> => ask<'prepare'>({ kind: 'prepare' }).result

/** Stops a task; it fails as 'cancelled'. */
export function cancelTask(id: number): void {
  const job = jobs.get(id)
  if (!job) return
  job.cancelled = true
  post({ id, kind: 'cancel' })
  setTimeout(() => {
    if (jobs.has(id)) replaceWorker()
  }, patience)
}

export const isSessionLost = (session: number) => !sessions.has(session)

export function closeSession(session: number): void {
  if (sessions.delete(session)) post({ id: ++lastId, kind: 'close', session })
}
