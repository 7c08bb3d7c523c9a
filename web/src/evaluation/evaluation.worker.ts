// Runs everything the page asks of losskit/evaluate, away from the thread that draws.
import type { Evaluation } from 'losskit/evaluate'
import { failureOf } from './failure'
import { compare, inspect, open } from './losskit'
import type { Files, Reply, Request, Results, Task } from './protocol'

interface Running {
  controller: AbortController
  /** The session it is done in. */
  session?: number
  /** Settled when it is over, whatever came of it. */
  over: Promise<void>
}

const running = new Map<number, Running>()
const sessions = new Map<number, Evaluation>()

// lib "DOM" types the global scope as a window, whose postMessage wants an origin.
const post = (reply: Reply) => (self as unknown as Worker).postMessage(reply)

type Asked<Kind extends Task['kind']> = { id: number } & Extract<Task, { kind: Kind }>

/** The page closes a session when nobody waits for what is done in it any more. */
function sessionOf(id: number): Evaluation {
  const session = sessions.get(id)
  if (!session) throw new DOMException(`session ${id} is closed`, 'AbortError')
  return session
}

async function openRun({ id, files, settings }: Asked<'open'>, signal: AbortSignal): Promise<Results['open']> {
  const evaluation = await open(files, {
    ...settings,
    signal,
    onInspection: (inspection) => post({ id, kind: 'inspected', inspection }),
    onProgress: (progress) => post({ id, kind: 'progress', progress }),
    onPartial: (report) => post({ id, kind: 'partial', report }),
  })
  sessions.set(id, evaluation)
  // Behind what is drawn of it.
  setTimeout(() => sessions.get(id)?.prepare())
  return { report: evaluation.report, isKept: evaluation.isKept }
}

const updateRun = ({ id, session, settings }: Asked<'update'>, signal: AbortSignal): Promise<Results['update']> =>
  sessionOf(session).update(settings, { signal, onLosses: (losses) => post({ id, kind: 'losses', losses }) })

/** Loads what any file needs. */
const smallest = new File(['y_true,score\n0,-1\n1,1\n'], 'smallest.csv')

/** Ends when there is a task. */
const rehearsing = new AbortController()

/** Text of as many rows as make a browser translate to its fastest code what the first file will need. */
function rehearsal(): File {
  const scores = (row: number) => Array.from({ length: 10 }, (_, column) => Math.sin(10 * row + column).toFixed(6))
  const rows = Array.from({ length: 6000 }, (_, row) => `${[row % 10, ...scores(row)]}\n`)
  return new File([`label,${scores(0).map((_, column) => `logit_${column}`)}\n`, ...rows], 'rehearsal.csv')
}

/** From the worker's first moment: the first file may be there before anything is prepared. */
const loading = inspect([smallest])
// What is wrong with it shows in the first task too.
loading.catch(() => {})

async function prepare(): Promise<undefined> {
  await loading
  // A task that has come meanwhile is next.
  await new Promise((resolve) => setTimeout(resolve))
  rehearsing.signal.throwIfAborted()
  const evaluation = await open([rehearsal()], { signal: rehearsing.signal, onPartial: () => {} })
  await evaluation.update({ gamma: 1.5 })
  await evaluation.update({ temperature: 2 }, { signal: rehearsing.signal, onLosses: () => {} })
  evaluation.dispose()
}

/** Whether files can be evaluated together: a file alone, or predictions with their labels. */
const fit = (files: Files) =>
  inspect(files).then(
    () => true,
    () => false,
  )

const all = async (groups: Files[]) => (await Promise.all(groups.map(fit))).every((is) => is)

/** Every file but this one, with this one for its labels. */
const labelledBy = (labels: File, files: Files): Files[] => files.filter((file) => file !== labels).map((file) => [file, labels])

/** Files that stand alone are runs. Where some do not, one of these may have the labels of all others. */
async function sort({ files }: Asked<'sort'>): Promise<Files[]> {
  const alone = await Promise.all(files.map((file) => fit([file])))
  for (const candidate of files.filter((_, index) => !alone[index])) {
    const groups = labelledBy(candidate, files)
    if (await all(groups)) return groups
  }
  // Those that are no runs are told of when they are read.
  return files.map((file) => [file])
}

async function resultOf(request: { id: number } & Task, signal: AbortSignal): Promise<Results[keyof Results]> {
  if (request.kind === 'prepare') return prepare()
  rehearsing.abort()
  if (request.kind === 'open') return openRun(request, signal)
  if (request.kind === 'update') return updateRun(request, signal)
  if (request.kind === 'rows') return sessionOf(request.session).rows(request.query)
  if (request.kind === 'compare') return compare(request.runs, { signal })
  return sort(request)
}

async function answer(request: { id: number } & Task, signal: AbortSignal): Promise<void> {
  const { id } = request
  try {
    post({ id, kind: 'done', result: await resultOf(request, signal) })
  } catch (error) {
    post({ id, kind: 'failed', failure: failureOf(error) })
  } finally {
    running.delete(id)
  }
}

function run(request: { id: number } & Task): void {
  const controller = new AbortController()
  const session = 'session' in request ? request.session : undefined
  const over = Promise.resolve().then(() => answer(request, controller.signal))
  running.set(request.id, { controller, session, over })
}

/** What is done in a session ends before its memory is given back. */
async function close(id: number): Promise<void> {
  const session = sessions.get(id)
  sessions.delete(id)
  const itsTasks = [...running.values()].filter((task) => task.session === id)
  for (const { controller } of itsTasks) controller.abort()
  await Promise.all(itsTasks.map(({ over }) => over))
  session?.dispose()
}

self.addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.kind === 'cancel') running.get(data.id)?.controller.abort()
  else if (data.kind === 'close') void close(data.session)
  else run(data)
})
