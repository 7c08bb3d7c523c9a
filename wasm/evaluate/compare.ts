// Two or more runs on the same rows, read at the same time.
import { DataError, SettingError } from '../errors.js'
import { say } from '../message.js'
import type { ComparedRun, Comparison } from './comparison.js'
import type { Evaluator } from './evaluator.js'
import type { FileSource } from './file.js'
import type { Understanding } from './mapping.js'
import { type Opened, openSource, reportOf, whileUnchanged } from './opening.js'
import { checkOptions, type EvaluateOptions } from './options.js'
import { Meter } from './progress.js'
import { readRows } from './reading.js'
import type { Report } from './report.js'
import { RowStream } from './rowStream.js'
import { type ComparedRows, Piece, SideBySide } from './sideBySide.js'
import { taskNames } from './taskNames.js'
import { longestTurn, turn } from './turn.js'

/** One of the runs, being read. */
class Run implements ComparedRows {
  readonly opened: Opened
  readonly width: number
  readonly #rows = new RowStream()
  #reading: Promise<unknown> = Promise.resolve()
  #evaluator: Evaluator | undefined
  #piece: Piece | undefined
  bytes = 0

  constructor(opened: Opened) {
    this.opened = opened
    const { task, mapping } = opened.understanding
    this.width = task === 'multiLabel' ? mapping.classNames.length : 1
  }

  get file(): string {
    return this.opened.table.file.name
  }

  get understanding(): Understanding {
    return this.opened.understanding
  }

  /** `runs`: so many files are read. */
  start(runs: number): void {
    const onProgress = ({ bytes }: { bytes: number }) => {
      this.bytes = bytes
    }
    const opened = { ...this.opened, settings: { ...this.opened.settings, onProgress, onPartial: undefined } }
    this.#reading = readRows(opened, this.#rows, runs).then(
      (evaluator) => {
        this.#evaluator = evaluator
        this.#rows.close()
      },
      (error) => this.#rows.close({ error }),
    )
  }

  /** Rows at hand, read on when there are none; undefined at the end of the file. What is wrong with it comes behind the rows in front of that. */
  async piece(): Promise<Piece | undefined> {
    if (this.#piece && !this.#piece.isUsedUp) return this.#piece
    const batch = await this.#rows.next()
    this.#piece = batch && new Piece(batch)
    return this.#piece
  }

  report(): Report {
    if (!this.#evaluator) throw new TypeError('the run has not been read')
    return reportOf(this.opened, this.#evaluator.results())
  }

  /** Once it is told to stop. */
  async dispose(): Promise<void> {
    this.#rows.stop()
    await this.#reading
    this.#evaluator?.dispose()
    await this.opened.table.release?.()
  }
}

function checkAlike([first, ...others]: Run[]): void {
  const { task, mapping } = first.understanding
  for (const { understanding, file } of others) {
    const names = understanding.mapping.classNames
    if (understanding.task !== task)
      throw new DataError(say`its task is ${taskNames[understanding.task]}, but that of ${first.file} is ${taskNames[task]}`, { file })
    if (names.length !== mapping.classNames.length || names.some((name, c) => name !== mapping.classNames[c])) {
      throw new DataError(say`its classes are not those of ${first.file}`, { file })
    }
  }
}

const fewestRuns = 2
const mostRuns = 5

function refuseLengths(runs: Run[], pieces: (Piece | undefined)[], rows: number): void {
  const ended = runs[pieces.indexOf(undefined)]
  const longer = runs[pieces.findIndex((piece) => piece !== undefined)]
  if (ended && longer) {
    throw new DataError(say`it ends after ${rows} rows, but ${longer.file} goes on; runs are compared on the same rows`, {
      file: ended.file,
    })
  }
}

async function readSideBySide(runs: Run[], sides: SideBySide, { signal, onProgress }: EvaluateOptions): Promise<void> {
  const total = runs.reduce((sum, { opened }) => sum + opened.table.file.size, 0)
  const meter = new Meter(total, onProgress)
  const bytes = () => runs.reduce((sum, run) => sum + run.bytes, 0)
  for (const run of runs) run.start(runs.length)
  let begin = performance.now()
  for (;;) {
    const pieces: (Piece | undefined)[] = []
    for (const run of runs) pieces.push(await run.piece())
    refuseLengths(runs, pieces, sides.rows)
    const all = pieces.filter((piece) => piece !== undefined)
    if (all.length === 0) break
    sides.add(all)
    if (performance.now() - begin < longestTurn) continue
    meter.reach(bytes(), sides.rows - meter.rows)
    await turn()
    signal?.throwIfAborted()
    begin = performance.now()
  }
  meter.reach(total, sides.rows - meter.rows)
  meter.end()
}

const hasOptions = (run: Blob | FileSource | ComparedRun): run is ComparedRun => typeof run === 'object' && 'predictions' in run

function openRun(run: Blob | FileSource | ComparedRun, options: EvaluateOptions): Promise<Opened> {
  if (!hasOptions(run)) return openSource(run, checkOptions(options))
  const { predictions, ...own } = run
  return openSource(predictions, checkOptions({ ...options, ...own }))
}

/**
 * Evaluates two to five runs, predictions for the same rows in the same order, and compares them: the difference of every two with a bootstrap
 * interval, per class, and the rows they disagree on. The options are for all of them; what a run says of itself goes before.
 *
 * @throws DataError where the runs have not the same rows, labels or classes; and as `evaluate` does.
 */
export async function compare(sources: readonly (Blob | FileSource | ComparedRun)[], options: EvaluateOptions = {}): Promise<Comparison> {
  if (!Array.isArray(sources)) throw new TypeError('the runs must be an array of files')
  if (sources.length < fewestRuns || sources.length > mostRuns) {
    throw new SettingError(say`there are ${sources.length} runs; ${fewestRuns} to ${mostRuns} can be compared`)
  }
  const { hardest } = checkOptions(options)
  /** Ends all reading where one ends. */
  const ending = new AbortController()
  const { signal } = options
  const abort = () => ending.abort(signal?.reason)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted) abort()
  const runs: Run[] = []
  try {
    for (const source of sources) runs.push(new Run(await openRun(source, { ...options, signal: ending.signal })))
    checkAlike(runs)
    const sides = new SideBySide(runs, hardest)
    const read = () => readSideBySide(runs, sides, { ...options, signal: ending.signal })
    // Of all of them, the last one first.
    await runs.reduce(
      (rest, { opened }) =>
        () =>
          whileUnchanged(opened, rest),
      read,
    )()
    const reports = runs.map((run) => run.report())
    return { reports, pairs: sides.pairs(reports), disagreements: sides.disagreements() }
  } finally {
    signal?.removeEventListener('abort', abort)
    ending.abort()
    for (const run of runs) await run.dispose()
  }
}
