// Two or more runs on the same rows, read side by side.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { takeBatch } from './batch.js'
import { Bootstrap } from './bootstrap.js'
import type { ComparedRun, Comparison, Disagreement, RunPair } from './comparison.js'
import { Evaluator, subjectOf } from './evaluator.js'
import type { FileSource } from './file.js'
import { mainKey } from './lossResults.js'
import { idOf } from './memory.js'
import { type Opened, openSource, reportOf, whileUnchanged } from './opening.js'
import { checkOptions, type EvaluateOptions } from './options.js'
import { Problems } from './problems.js'
import { Meter } from './progress.js'
import type { ClassResult, Report } from './report.js'
import type { Batch } from './table.js'
import { labelTexts, type TermsView, viewOf } from './terms.js'
import { longestTurn, turn } from './turn.js'

interface Piece {
  view: TermsView
  rows: number
  weights?: Float32Array
  place: Batch['place']
  idOf(row: number): string | undefined
  /** Rows that are used up. */
  used: number
}

/** One of the runs, as far as it has been read. */
class Run {
  readonly opened: Opened
  readonly width: number
  readonly #evaluator: Evaluator
  readonly #batches: AsyncGenerator<Batch>
  #piece: Piece | undefined
  readonly #problems = new Problems()
  bytes = 0

  constructor(opened: Opened) {
    const { native, table, understanding, settings } = opened
    this.opened = opened
    this.width = understanding.task === 'multiLabel' ? understanding.mapping.classNames.length : 1
    this.#evaluator = new Evaluator(native, understanding, settings)
    this.#batches = table.batches(understanding.selection, this.#problems)
  }

  get file(): string {
    return this.opened.table.file.name
  }

  /** Rows at hand, read on when there are none; undefined at the end of the file. */
  async piece(): Promise<Piece | undefined> {
    if (this.#piece && this.#piece.used < this.#piece.rows) return this.#piece
    const batch = await this.#next()
    this.#piece = batch && this.#pieceOf(batch)
    return this.#piece
  }

  /** The next rows, or undefined at the end. Where some are at fault, all that is wrong with the run is thrown. */
  async #next(): Promise<Batch | undefined> {
    try {
      for (;;) {
        const { value: batch } = await this.#batches.next()
        if (batch) takeBatch(this.opened, this.#evaluator, batch, this.#problems)
        if (!this.#problems.isAny) return batch || undefined
        if (!batch) break
      }
    } catch (error) {
      throw this.#problems.with(error)
    }
    this.#problems.throwIfAny()
    return undefined
  }

  #pieceOf(batch: Batch): Piece {
    this.bytes = batch.bytes
    const { native } = this.opened
    const { rows, weights, ids } = batch
    // What a batch says of its rows holds until the next one is asked for, and that is when these are used up.
    return {
      view: viewOf(this.#evaluator.keepTerms()),
      rows,
      weights: weights === 0 ? undefined : new Float32Array(native.HEAPU8.buffer, weights, rows).slice(),
      place: batch.place,
      idOf: (row) => (ids ? idOf(native, batch, row) : undefined),
      used: 0,
    }
  }

  report(): Report {
    return reportOf(this.opened, this.#evaluator.results())
  }

  async dispose(): Promise<void> {
    await this.#batches.return(undefined)
    this.#evaluator.dispose()
  }
}

function checkAlike([first, ...others]: Run[]): void {
  const { task, mapping } = first.opened.understanding
  for (const { opened, file } of others) {
    const { understanding } = opened
    const names = understanding.mapping.classNames
    if (understanding.task !== task)
      throw new DataError(say`its task is ${understanding.task}, but that of ${first.file} is ${task}`, { file })
    if (names.length !== mapping.classNames.length || names.some((name, c) => name !== mapping.classNames[c])) {
      throw new DataError(say`its classes are not those of ${first.file}`, { file })
    }
  }
}

/** The rows that all runs have at hand, one behind the other. */
class SideBySide {
  readonly #runs: Run[]
  readonly #bootstrap: Bootstrap
  readonly #disagreements: { spread: number; at: number; row: Disagreement }[] = []
  readonly #most: number
  rows = 0

  constructor(runs: Run[], most: number) {
    this.#runs = runs
    this.#most = most
    this.#bootstrap = new Bootstrap(runs.length)
  }

  add(pieces: Piece[]): void {
    const count = Math.min(...pieces.map(({ rows, used }) => rows - used))
    for (let i = 0; i < count; i++) this.#addRow(pieces)
  }

  #addRow(pieces: Piece[]): void {
    this.#checkTruth(pieces)
    const { width } = this.#runs[0]
    const losses = pieces.map(({ view, used }) => meanOf(view.loss, used, width))
    if (pieces[0].view.group[pieces[0].used * width] >= 0) {
      const weight = pieces[0].weights?.[pieces[0].used] ?? 1
      this.#bootstrap.add(
        this.rows,
        weight,
        losses,
        pieces.map(({ view, used }) => rightOf(view, used, width)),
      )
      if (this.#disagree(pieces)) this.#noteDisagreement(pieces, losses)
    }
    this.rows++
    for (const piece of pieces) piece.used++
  }

  #checkTruth([first, ...others]: Piece[]): void {
    const { width } = this.#runs[0]
    others.forEach(({ view, used, place }, i) => {
      for (let k = 0; k < width; k++) {
        if (view.group[used * width + k] === first.view.group[first.used * width + k]) continue
        const run = this.#runs[i + 1]
        const [own, expected] = [this.#labelOf({ view, used }), this.#labelOf(first)].map((label) => `"${label}"`)
        throw new DataError(say`the label is ${own}, but in ${this.#runs[0].file} it is ${expected}; runs are compared on the same rows`, {
          file: run.file,
          ...place(used),
        })
      }
    })
  }

  #labelOf({ view, used }: Pick<Piece, 'view' | 'used'>): string {
    return this.#texts(view, used).label
  }

  #texts(view: TermsView, row: number): { label: string; predicted: string } {
    const { mapping, task } = this.#runs[0].opened.understanding
    const names = mapping.classNames
    if (task === 'multiLabel') return labelTexts(view, row, names)
    return { label: names[view.group[row]] ?? 'ignored', predicted: names[view.predicted[row]] }
  }

  #disagree([first, ...others]: Piece[]): boolean {
    const { width } = this.#runs[0]
    return others.some(({ view, used }) => {
      for (let k = 0; k < width; k++) {
        if (view.predicted[used * width + k] !== first.view.predicted[first.used * width + k]) return true
      }
      return false
    })
  }

  #noteDisagreement(pieces: Piece[], losses: number[]): void {
    const spread = Math.max(...losses) - Math.min(...losses)
    const list = this.#disagreements
    if (this.#most === 0 || (list.length === this.#most && !(spread > list[list.length - 1].spread))) return
    const [first] = pieces
    const { width } = this.#runs[0]
    const id = first.idOf(first.used)
    const row: Disagreement = {
      ...first.place(first.used),
      ...(id === undefined ? {} : { id }),
      label: this.#labelOf(first),
      runs: pieces.map(({ view, used }, run) => ({
        predicted: this.#texts(view, used).predicted,
        probability: width === 1 ? Math.exp(-losses[run]) : 1 - meanOf(view.miss, used, width),
        loss: losses[run],
      })),
    }
    const at = list.findIndex((other) => spread > other.spread)
    list.splice(at < 0 ? list.length : at, 0, { spread, at: this.rows, row })
    if (list.length > this.#most) list.pop()
  }

  disagreements(): Disagreement[] {
    return this.#disagreements.map(({ row }) => row)
  }

  pairs(reports: Report[]): RunPair[] {
    const key = mainKey(subjectOf(this.#runs[0].opened.understanding))
    const intervals = this.#bootstrap.intervals()
    return reports.flatMap((_, a) =>
      reports.slice(a + 1).flatMap((_, i) => {
        const b = a + 1 + i
        const { loss, accuracy } = intervals(a, b)
        const both = [reports[a], reports[b]] as const
        const pairs: RunPair[] = []
        const means = both.map(({ losses }) => losses[0].mean)
        if (means.every((mean) => mean !== null && Number.isFinite(mean))) {
          const difference = (means[0] ?? 0) - (means[1] ?? 0)
          pairs.push({
            a,
            b,
            key,
            difference,
            ...loss,
            confidence: 0.95,
            perClass: perClass(both, a, b, (result) => result.losses[key], -1),
          })
        }
        if (reports[a].rows > 0) {
          const difference = reports[a].accuracy - reports[b].accuracy
          pairs.push({
            a,
            b,
            key: 'accuracy',
            difference,
            ...accuracy,
            confidence: 0.95,
            perClass: perClass(both, a, b, (result) => result.accuracy, 1),
          })
        }
        return pairs
      }),
    )
  }
}

/** `better`: the sign of a difference that is good for the first. */
function perClass(
  [first, second]: readonly [Report, Report],
  a: number,
  b: number,
  of: (result: ClassResult) => number | null,
  better: 1 | -1,
): RunPair['perClass'] {
  return first.classes.map((result, c) => {
    const [one, other] = [of(result), of(second.classes[c])]
    const difference = one === null || other === null || !Number.isFinite(one - other) ? null : one - other
    const winner = difference === null || difference === 0 ? null : Math.sign(difference) === better ? a : b
    return { name: result.name, difference, winner }
  })
}

function meanOf(values: Float32Array, row: number, width: number): number {
  let sum = 0
  for (let k = row * width; k < (row + 1) * width; k++) sum += values[k]
  return sum / width
}

/** Share of the row's predictions that are right. */
function rightOf({ group, predicted }: TermsView, row: number, width: number): number {
  let right = 0
  for (let k = row * width; k < (row + 1) * width; k++) if (group[k] === predicted[k]) right++
  return right / width
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

async function readSideBySide(runs: Run[], sides: SideBySide): Promise<void> {
  const { signal, onProgress } = runs[0].opened.settings
  const total = runs.reduce((sum, { opened }) => sum + opened.table.file.size, 0)
  const meter = new Meter(total, onProgress)
  const bytes = () => runs.reduce((sum, run) => sum + run.bytes, 0)
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
    throw new RangeError(`there are ${sources.length} runs; ${fewestRuns} to ${mostRuns} can be compared`)
  }
  const { hardest } = checkOptions(options)
  const runs: Run[] = []
  try {
    for (const source of sources) runs.push(new Run(await openRun(source, options)))
    checkAlike(runs)
    const sides = new SideBySide(runs, hardest)
    const read = () => readSideBySide(runs, sides)
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
    for (const run of runs) await run.dispose()
  }
}
