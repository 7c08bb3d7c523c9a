// What the page knows: the run it shows, the work it does, the problem it met. A new file replaces a run only when its report is there.
import { signal } from '@preact/signals'
import type { Report } from 'losskit/evaluate'
import { cancelEvaluation, evaluateFile } from '../evaluation/evaluator'
import type { Failure, Progress, Settings } from '../evaluation/protocol'
import { text } from '../text/text'
import { announce } from './announcer'

/** A file, how it was read, and what came out. */
export interface Run {
  file: File
  settings: Settings
  report: Report
  /** The first rows, as written in the file. */
  preview: string[][]
  milliseconds: number
}

export interface Work {
  file: File
  progress: Progress
  startedAt: number
}

export interface Problem {
  /** Absent when there is no file to try again with. */
  file?: File
  name: string
  settings: Settings
  failure: Failure
  restarted: boolean
}

export const run = signal<Run | undefined>(undefined)
export const work = signal<Work | undefined>(undefined)
export const problem = signal<Problem | undefined>(undefined)

const quarter = ({ bytes, total }: Progress) => Math.floor((4 * bytes) / Math.max(1, total))

function progressed(progress: Progress) {
  if (!work.value) return
  const before = quarter(work.value.progress)
  const now = quarter(progress)
  work.value = { ...work.value, progress }
  if (now > before && now < 4) announce(text.announce.progress(now * 25))
}

export function open(file: File, settings: Settings = {}): void {
  const startedAt = performance.now()
  let preview: string[][] = []
  problem.value = undefined
  work.value = { file, progress: { bytes: 0, total: file.size, rows: 0 }, startedAt }
  announce(text.announce.reading(file.name))
  evaluateFile(file, settings, {
    inspected: (inspection) => {
      preview = inspection.preview
    },
    progress: progressed,
    done: (report) => {
      work.value = undefined
      run.value = { file, settings, report, preview, milliseconds: performance.now() - startedAt }
      announce(text.announce.done(report))
    },
    failed: (failure, restarted) => {
      work.value = undefined
      if (failure.kind === 'cancelled') announce(text.announce.cancelled(file.name))
      else problem.value = { file, name: file.name, settings, failure, restarted }
    },
  })
}

/** Evaluates the shown file again, with some settings changed. */
export function change(settings: Settings): void {
  const current = run.value
  if (current) open(current.file, { ...current.settings, ...settings })
}

export const cancel = cancelEvaluation

export function dismissProblem(): void {
  problem.value = undefined
}

export function openMany(files: Iterable<File>): void {
  const [file, ...others] = files
  if (!file) return
  if (others.length === 0) {
    open(file)
    return
  }
  const failure: Failure = { kind: 'data', message: text.problem.oneAtATime(others.length + 1) }
  problem.value = { name: file.name, settings: {}, failure, restarted: false }
}
