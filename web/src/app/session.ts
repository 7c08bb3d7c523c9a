// What the page knows: the runs it shows, the work it does, the problems it met. New files replace runs only when a report is there.
import { computed, effect, signal } from '@preact/signals'
import type { Comparison, EvaluationSettings, Inspection, LossResult, Report, RowQuery } from 'losskit/evaluate'
import { ask, cancelTask, closeSession, EvaluationFailure, isSessionLost } from '../evaluation/evaluator'
import type { Failure, Files, Progress, ReadingSettings, Settings } from '../evaluation/protocol'
import { text } from '../text/text'
import { settingsInAddress, writeAddress } from './address'
import { announce } from './announcer'

/** Files, how they were read, and what came out. */
export interface Run {
  /** Stays when the run is evaluated again. */
  id: number
  files: Files
  name: string
  settings: Settings
  report: Report
  /** The first rows, as written in the file. */
  preview: string[][]
  milliseconds: number
  /** More of the file is still to come. */
  isPartial: boolean
  /** Of the worker; undefined while the run is partial. */
  session?: number
  /** Whether the rows are in memory. */
  isKept: boolean
  /** While settings change: losses that are known already. All else is still as it was. */
  ahead?: { settings: Settings; losses: LossResult[] }
}

/** A run as far as it is ahead: with changed settings and the losses known for them, and others as they were. */
export function aheadOf(run: Run): Run {
  const { report, ahead } = run
  if (!ahead) return run
  const losses = report.losses.map((loss) => ahead.losses.find(({ key }) => key === loss.key) ?? loss)
  return { ...run, settings: ahead.settings, report: { ...report, losses } }
}

/** Whether a loss of the run is still that of the settings before. */
export const isBehind = ({ ahead }: Run, key: string): boolean => ahead?.losses.every((loss) => loss.key !== key) ?? false

export interface Work {
  /** Of the run that it will be. */
  id: number
  files: Files
  name: string
  progress: Progress
  startedAt: number
}

export interface Problem {
  id: number
  /** Absent when there is nothing to try again with. */
  files?: Files
  name: string
  settings: Settings
  failure: Failure
  restarted: boolean
}

/** More runs than this no table holds side by side. */
export const mostRuns = 5

export const runs = signal<Run[]>([])
const shownId = signal(0)
export const isComparing = signal(false)
export const work = signal<Work | undefined>(undefined)
export const problems = signal<Problem[]>([])
/** Part of the rows, chosen in a picture or by hand. */
interface RowFilter {
  query: RowQuery
  /** The picture it was chosen in. */
  source?: string
}

export const filter = signal<RowFilter>({ query: {} })

export function showAllRows(): void {
  filter.value = { query: {} }
}

export const run = computed(() => runs.value.find(({ id }) => id === shownId.value) ?? runs.value[0])

const runId = computed(() => run.value?.id)
// Another run may not even have the classes.
effect(() => {
  if (runId.value !== undefined) showAllRows()
})

const until = (isSo: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const stop = effect(() => {
      if (!isSo()) return
      resolve()
      queueMicrotask(() => stop())
    })
  })

/** When a file that is being read has its first numbers, or there is none. */
export const firstNumbers = () => until(() => !work.value || runs.value.length > 0)

/** What was chosen and is not computed yet. */
const awaited = signal<EvaluationSettings | undefined>(undefined)
/** What was chosen and is not read yet, by the run. */
const awaitedReading = signal<ReadonlyMap<number, ReadingSettings>>(new Map())

function awaitReading(id: number, settings?: ReadingSettings) {
  const changed = new Map(awaitedReading.value)
  if (settings) changed.set(id, { ...changed.get(id), ...settings })
  else changed.delete(id)
  awaitedReading.value = changed
}

export const isUpdating = computed(() => awaited.value !== undefined)
/** Not only awaited: the worker is at it. */
const isComputing = signal(false)

/** What controls show: the settings of a run, and at once those that were chosen since. */
export const chosenIn = ({ id, settings }: Run): Settings => ({ ...settings, ...awaitedReading.value.get(id), ...awaited.value })

/** How much of what was asked waits for a file that is read. */
const waiting = signal(0)
export const isWaiting = computed(() => waiting.value > 0)

/** How often files were opened in the place of all that was shown. */
let openings = 0

/** Until nothing is read but perhaps this run. Says whether what was shown before still is. */
async function untilRead(id?: number): Promise<boolean> {
  const before = openings
  const other = () => (work.value?.id === id ? undefined : work.value)
  const name = other()?.name
  if (name !== undefined) {
    announce(text.announce.waiting(name))
    waiting.value++
    // Of several that wait the first may begin to read.
    while (other()) await until(() => !other())
    waiting.value--
  }
  return before === openings
}

/** Which of what was asked last is still wanted. */
let turn = 0
let lastId = 0
let cancelling: (() => void) | undefined

export const nameOf = (files: Files) => files[0]?.name ?? ''

const quarter = ({ bytes, total }: Progress) => Math.floor((4 * bytes) / Math.max(1, total))

function progressed(progress: Progress) {
  if (!work.value) return
  const before = quarter(work.value.progress)
  const now = quarter(progress)
  work.value = { ...work.value, progress }
  if (now > before && now < 4) announce(text.announce.progress(now * 25))
}

function addProblem(files: Files | undefined, name: string, settings: Settings, { failure, restarted }: EvaluationFailure) {
  if (failure.kind === 'cancelled') announce(text.announce.cancelled(name))
  else problems.value = [...problems.value, { id: ++lastId, files, name, settings, failure, restarted }]
}

const isFailure = (error: unknown): error is EvaluationFailure => error instanceof EvaluationFailure

/** What went wrong as a failure of the program, where it is none that the evaluation has told. */
export const asFailure = (error: unknown): EvaluationFailure =>
  isFailure(error)
    ? error
    : new EvaluationFailure({ kind: 'internal', message: error instanceof Error ? error.message : String(error) }, false)

/** The same in the person's language, with its place. */
export function failureWords({ failure }: EvaluationFailure): string {
  const [told] = failure.problems ?? []
  if (failure.said) return text.said(failure.said, failure.message)
  return told ? failure.message.replace(told.message, () => text.said(told.said, told.message)) : failure.message
}

interface Cover {
  runs: Run[]
  shownId: number
  isComparing: boolean
}

/** What the first numbers of files have taken the place of, until one of them is read to its end: it comes back where none is. */
let covered: Cover | undefined

const runWith = (wanted: number) => [...runs.value, ...(covered?.runs ?? [])].find(({ id }) => id === wanted)

/** Shows a run: in the place of the one with its id, or behind the others. */
function put(changed: Run) {
  const exchanged = (all: Run[]) => all.map((each) => (each.id === changed.id ? changed : each))
  if (!runWith(changed.id)) runs.value = [...runs.value, changed]
  else runs.value = exchanged(runs.value)
  if (covered) covered.runs = exchanged(covered.runs)
}

function dropRuns(others: readonly Run[]) {
  for (const { session } of others) if (session !== undefined) closeSession(session)
}

const isWhole = ({ isPartial }: Run) => !isPartial

/** Shows the first numbers of files: alone, or behind the runs that they are added to. */
function cover(first: Run, isAdding: boolean) {
  const taken = isAdding ? [] : runs.value.filter(isWhole)
  const before = covered ?? { runs: [], shownId: shownId.value, isComparing: isComparing.value }
  covered = { ...before, runs: [...before.runs, ...taken] }
  if (!isAdding) runs.value = []
  put(first)
  shownId.value = first.id
  isComparing.value = false
}

/** Files were read to their end: what they have taken the place of is done with. */
function discardCovered() {
  dropRuns(covered?.runs ?? [])
  covered = undefined
}

/** Shows again what was covered. */
function uncover({ runs: before, shownId: shown, isComparing: areCompared }: Cover) {
  if (runs.value.length === 0) {
    runs.value = before
    // What was chosen for a run that is no more.
    wanted = undefined
  }
  if (!runs.value.some(({ id }) => id === shownId.value)) {
    shownId.value = shown
    isComparing.value = areCompared
  }
}

/** Nothing more is read: what was not read to its end is no result. */
function settle() {
  runs.value = runs.value.filter(isWhole)
  if (covered) uncover(covered)
  covered = undefined
  work.value = undefined
  cancelling = undefined
}

/** Ends what is read in favour of something else. Says later whether that in its turn is still what is wanted. */
function takeOver(): () => boolean {
  const mine = ++turn
  cancelling?.()
  cancelling = undefined
  problems.value = []
  return () => mine === turn
}

/**
 * Reads files; `show` is called with a first, partial result and with the last one. Says whether there is one. Once it is not current nothing is
 * heard of it any more.
 */
async function read(files: Files, settings: Settings, id: number, isCurrent: () => boolean, show: (run: Run) => void): Promise<boolean> {
  const startedAt = performance.now()
  const name = nameOf(files)
  let inspection: Inspection | undefined
  const runOf = (report: Report, isPartial: boolean, isKept: boolean, session?: number): Run => {
    const milliseconds = performance.now() - startedAt
    return { id, files, name, settings, report, preview: inspection?.preview ?? [], milliseconds, isPartial, isKept, session }
  }
  work.value = { id, files, name, progress: { bytes: 0, total: files.reduce((sum, { size }) => sum + size, 0), rows: 0 }, startedAt }
  announce(text.announce.reading(name))
  const asked = ask<'open'>(
    { kind: 'open', files, settings },
    {
      inspected: (found) => {
        inspection = found
      },
      progress: (progress) => isCurrent() && progressed(progress),
      partial: (report) => isCurrent() && show(runOf(report, true, false)),
    },
  )
  cancelling = () => cancelTask(asked.id)
  try {
    const { report, isKept } = await asked.result
    if (isCurrent()) show(runOf(report, false, isKept, asked.id))
    const isShown = runWith(id)?.session === asked.id
    if (isShown) announce(text.announce.done(report))
    else closeSession(asked.id)
    return isShown
  } catch (error) {
    if (isCurrent()) addProblem(files, name, settings, asFailure(error))
    return false
  }
}

/** Reads one run after the other. The first that has a result takes the place of what was shown, unless they are added to it. */
async function readAll(groups: Files[], settings: Settings, isAdding: boolean) {
  if (!isAdding) {
    openings++
    awaitedReading.value = new Map()
  }
  const isCurrent = takeOver()
  let isAnyShown = false
  for (const files of groups) {
    const id = ++lastId
    let isShown = false
    const isRead = await read(files, settings, id, isCurrent, (read) => {
      const isClosed = isShown && !runWith(id)
      if (isClosed) return
      if (isAnyShown) put(read)
      else cover(read, isAdding)
      isShown = isAnyShown = true
    })
    if (!isCurrent()) return
    if (isRead) discardCovered()
    else runs.value = runs.value.filter((each) => each.id !== id)
  }
  settle()
  if (runs.value.length > 1 && groups.length + (isAdding ? 1 : 0) > 1) isComparing.value = true
}

/** Opens files as one run each, or as predictions and labels where they belong together. */
export async function openMany(given: Iterable<File>, settings: Settings = settingsInAddress(), isAdding = false): Promise<void> {
  const files = [...given]
  if (files.length === 0) return
  try {
    const groups = files.length === 1 ? [files] : await ask<'sort'>({ kind: 'sort', files }).result
    if (isAdding && !(await untilRead())) return
    const room = mostRuns - (isAdding ? runs.value.length : 0)
    const chosen = isAdding && run.value ? chosenIn(run.value) : settings
    if (groups.length <= room) return readAll(groups, chosen, isAdding)
    const failure: Failure = { kind: 'data', message: text.problem.tooMany(groups.length, mostRuns) }
    problems.value = [{ id: ++lastId, name: nameOf(files), settings, failure, restarted: false }]
  } catch (error) {
    problems.value = []
    addProblem(files, nameOf(files), settings, asFailure(error))
  }
}

/** Opens files beside the shown run, with its settings. */
export const addRuns = (files: Iterable<File>) => openMany(files, undefined, true)

/** Reads the files of a problem again, differently. */
export const openAgain = (files: Files, settings: Settings) => readAll([files], settings, false)

/** Reads the shown run's files again, taken for something else: at once where they are being read, else when nothing is read any more. */
export async function readDifferently(settings: ReadingSettings): Promise<void> {
  const current = run.value
  if (!current) return
  const { id, files } = current
  const isQueued = awaitedReading.value.has(id) && work.value?.id !== id
  awaitReading(id, settings)
  if (isQueued || !(await untilRead(id))) return
  const isCurrent = takeOver()
  // The session is not closed under an update.
  await until(() => !isComputing.value)
  const before = runWith(id)?.settings
  const isRead =
    isCurrent() &&
    before !== undefined &&
    (await read(files, { ...before, ...awaitedReading.value.get(id) }, id, isCurrent, (read) => {
      const replaced = runWith(id)
      if (read.isPartial || !replaced) return
      dropRuns([replaced])
      showAllRows()
      put(read)
    }))
  if (!isCurrent()) return
  awaitReading(id)
  if (isRead) discardCovered()
  settle()
  writeAddress(run.value?.settings ?? {})
}

/** Sessions that are being made anew, by the run. */
const reopening = new Map<number, Promise<number>>()

async function reopen({ id, files, settings }: Run): Promise<number> {
  const asked = ask<'open'>({ kind: 'open', files, settings })
  const { isKept } = await asked.result
  const current = runWith(id)
  // Read differently meanwhile, or closed.
  const isWanted = current && (current.session === undefined || isSessionLost(current.session))
  if (isWanted) put({ ...current, session: asked.id, isKept })
  else closeSession(asked.id)
  return runWith(id)?.session ?? asked.id
}

/** A run in the worker: a session that was lost with a worker is made anew. */
function sessionOf(wanted: Run): Promise<number> {
  const current = runWith(wanted.id) ?? wanted
  if (current.session !== undefined && !isSessionLost(current.session)) return Promise.resolve(current.session)
  const made = reopening.get(current.id) ?? reopen(current).finally(() => reopening.delete(current.id))
  reopening.set(current.id, made)
  return made
}

/** Does something in the session of a run, and once more where that is lost through no fault of its own. */
async function inSession<Result>(wanted: Run, work: (session: number) => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work(await sessionOf(wanted))
    } catch (error) {
      if (!isFailure(error) || error.failure.kind !== 'lost') throw error
    }
  }
}

async function update(changing: Run, settings: EvaluationSettings): Promise<void> {
  const changed = { ...changing.settings, ...settings }
  const begin = (session: number) => {
    const asked = ask<'update'>(
      { kind: 'update', session, settings: changed },
      {
        losses: (losses) => {
          const current = runWith(changing.id)
          if (current) put({ ...current, ahead: { settings: changed, losses } })
          overtake = () => cancelTask(asked.id)
          if (wanted) overtake()
        },
      },
    )
    return asked.result
  }
  try {
    const report = await inSession(changing, begin)
    const current = runWith(changing.id)
    if (current) put({ ...current, settings: changed, report, ahead: undefined })
  } catch (error) {
    // Of a run that was closed meanwhile nothing is wanted.
    if (runWith(changing.id)) throw error
  } finally {
    overtake = undefined
  }
}

let wanted: EvaluationSettings | undefined
/** Ends an update whose losses are shown, for another one that is wanted. */
let overtake: (() => void) | undefined

/** What was asked for before does not undo what is wanted by now. */
function wantBefore(settings: EvaluationSettings) {
  wanted = { ...settings, ...wanted }
}

/** False where it was ended for a later one. */
async function updateAll(settings: EvaluationSettings): Promise<boolean> {
  isComputing.value = true
  try {
    for (const each of runs.value) if (runWith(each.id)) await update(each, settings)
    return true
  } catch (error) {
    if (wanted && isFailure(error) && error.failure.kind === 'cancelled') return false
    throw error
  } finally {
    isComputing.value = false
  }
}

/**
 * Computes the losses of all runs anew with settings changed. While that happens further changes are gathered: of a control that is being
 * moved, only the last value counts.
 */
export async function change(settings: EvaluationSettings): Promise<void> {
  const isRunning = isUpdating.value
  wanted = { ...wanted, ...settings }
  awaited.value = { ...awaited.value, ...settings }
  if (isRunning) {
    overtake?.()
    return
  }
  problems.value = []
  try {
    while (wanted) {
      // A run that is not read yet is to have it too.
      await untilRead()
      const now: EvaluationSettings | undefined = wanted
      wanted = undefined
      if (!now) break
      if (!(await updateAll(now))) wantBefore(now)
    }
    writeAddress(run.value?.settings ?? {})
  } catch (error) {
    wanted = undefined
    runs.value = runs.value.map((each) => ({ ...each, ahead: undefined }))
    const current = run.value
    if (current) addProblem(current.files, current.name, { ...current.settings, ...settings }, asFailure(error))
  } finally {
    awaited.value = undefined
  }
}

export const rowsOf = (wanted: Run, query: RowQuery) => inSession(wanted, (session) => ask<'rows'>({ kind: 'rows', session, query }).result)

export function compareRuns(): Promise<Comparison> {
  return ask<'compare'>({ kind: 'compare', runs: runs.value.map(({ files, settings }) => ({ files, settings })) }).result
}

export function show(id: number): void {
  shownId.value = id
  isComparing.value = false
}

export function removeRun(id: number): void {
  if (work.value?.id === id) cancel()
  dropRuns(runs.value.filter((each) => each.id === id))
  runs.value = runs.value.filter((each) => each.id !== id)
  if (runs.value.length < 2) isComparing.value = false
}

export const cancel = () => cancelling?.()

export function dismissProblem(id: number): void {
  problems.value = problems.value.filter((each) => each.id !== id)
}

export function showProblem(name: string, failure: Failure): void {
  problems.value = [{ id: ++lastId, name, settings: {}, failure, restarted: false }]
}
