// Runs everything the page asks of losskit/evaluate, away from the thread that draws.
import type { Evaluation } from 'losskit/evaluate'
import { failureOf } from './failure'
import { compare, inspect, open } from './losskit'
import type { Files, Reply, Request, Results, Task } from './protocol'

const running = new Map<number, AbortController>()
const sessions = new Map<number, Evaluation>()

// lib "DOM" types the global scope as a window, whose postMessage wants an origin.
const post = (reply: Reply) => (self as unknown as Worker).postMessage(reply)

type Asked<Kind extends Task['kind']> = { id: number } & Extract<Task, { kind: Kind }>

/** The session of a run, or an error that makes the page open the run anew. */
function sessionOf(id: number): Evaluation {
  const session = sessions.get(id)
  if (!session) throw new Error(`no session ${id}`)
  return session
}

async function openRun({ id, files, settings }: Asked<'open'>, signal: AbortSignal): Promise<Results['open']> {
  post({ id, kind: 'inspected', inspection: await inspect(files, settings) })
  const evaluation = await open(files, {
    ...settings,
    signal,
    onProgress: (progress) => post({ id, kind: 'progress', progress }),
    onPartial: (report) => post({ id, kind: 'partial', report }),
  })
  sessions.set(id, evaluation)
  return { report: evaluation.report, isKept: evaluation.isKept }
}

/** Whether a file can be evaluated without another. */
const standsAlone = (file: File) =>
  inspect([file]).then(
    () => true,
    () => false,
  )

/** Files that stand alone are runs. When some do not and one is left over, it has the labels of the others. */
async function sort({ files }: Asked<'sort'>): Promise<Files[]> {
  const alone = await Promise.all(files.map(standsAlone))
  if (alone.every((is) => is)) return files.map((file) => [file])
  if (files.length === 2) return [files]
  const labels = files.find((file) => /label|truth|target|solution|y_true/i.test(file.name)) ?? files.at(-1)
  return labels ? files.filter((file) => file !== labels).map((file) => [file, labels]) : []
}

async function resultOf(request: { id: number } & Task, signal: AbortSignal): Promise<Results[keyof Results]> {
  if (request.kind === 'open') return openRun(request, signal)
  if (request.kind === 'update') return sessionOf(request.session).update(request.settings)
  if (request.kind === 'rows') return sessionOf(request.session).rows(request.query)
  if (request.kind === 'compare') return compare(request.runs, { ...request.settings[0], signal })
  return sort(request)
}

async function run(request: { id: number } & Task) {
  const { id } = request
  const controller = new AbortController()
  running.set(id, controller)
  try {
    post({ id, kind: 'done', result: await resultOf(request, controller.signal) })
  } catch (error) {
    post({ id, kind: 'failed', failure: failureOf(error) })
  } finally {
    running.delete(id)
  }
}

function close(session: number) {
  sessions.get(session)?.dispose()
  sessions.delete(session)
}

self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'cancel') running.get(data.id)?.abort()
  else if (data.kind === 'close') close(data.session)
  else void run(data)
})
