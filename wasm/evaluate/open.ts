// Evaluations that stay open, in memory where they fit.
import { takeBatch } from './batch.js'
import { checkFor, Evaluator, hasClasses, rowResult, subjectOf } from './evaluator.js'
import type { FileSource } from './file.js'
import { firstLosses, type LossRows, lossesAfter } from './firstLosses.js'
import { type EvaluatedBatch, everything, type Keeper, KeptBatch, Scratch } from './keptRows.js'
import { inspectionOf, type Opened, reportOf, withSource } from './opening.js'
import { checkOptions, type EvaluateOptions, type Settings } from './options.js'
import { Problems } from './problems.js'
import { readReport, readRows } from './reading.js'
import type { LossResult, Report, RowResult } from './report.js'
import { type CheckedQuery, checkQuery, Foremost, isWithin, queryResults } from './rowQuery.js'
import type { Evaluation, EvaluationSettings, RowMeasure, RowPage, RowQuery, UpdateOptions } from './session.js'
import { type KeptTerms, labelTexts, type TermsView, viewOf } from './terms.js'
import { answered, Pauses, turn } from './turn.js'
import { SharedRows } from './workers/sharedRows.js'

/** What the fitted temperature and the terms of rows depend on, beside the file; the rest is seen to by the evaluator. */
const fitSettings = ['ignoreIndex'] as const
const gatherSettings = ['ignoreIndex', 'gammas', 'alpha', 'bins', 'hardest'] as const
const scoreSettings = ['temperature', 'renormalise', 'eps'] as const

/** Milliseconds after which what a person wants next is heeded: of a control that is moved each value ends what the one before began. */
const shortTurn = 8

/** What is done with the kept rows where not all of it stays as it was. */
interface Needs {
  needsFit: boolean
  needsTerms: boolean
}

interface Gathering extends Needs {
  problems: Problems
}

const isAny = (value: number) => value !== 0

/** Measures of the rows of a batch; of several labels the means over them. */
function measureOf({ loss, miss, confidence }: TermsView, by: RowMeasure, width: number, isSoft: boolean): Float32Array {
  const mean = (values: Float32Array) =>
    width === 1
      ? values
      : Float32Array.from(
          { length: values.length / width },
          (_, row) => values.subarray(row * width, (row + 1) * width).reduce((a, b) => a + b, 0) / width,
        )
  if (by === 'probability') return width === 1 && !isSoft ? loss.map((value) => Math.exp(-value)) : mean(miss).map((value) => 1 - value)
  return mean({ loss, gradientNorm: miss, confidence }[by])
}

/** Whether a row is within the bounds: its measure, or that of one of its labels. */
function boundsOf(view: TermsView, measure: Float32Array, query: CheckedQuery, width: number): (row: number) => boolean {
  if (width === 1 || query.within === 'mean') return (row) => isWithin(measure[row], query)
  const each = { loss: view.loss, gradientNorm: view.miss, probability: view.miss.map((miss) => 1 - miss), confidence: view.confidence }
  const values = each[query.by]
  return (row) => values.subarray(row * width, (row + 1) * width).some((value) => isWithin(value, query))
}

/** Which rows count and have the classes of the query, as a function of the row. */
function matches(
  { group, predicted }: TermsView,
  query: CheckedQuery,
  names: readonly string[],
  { isMultiLabel, ignoreIndex }: { isMultiLabel: boolean; ignoreIndex?: number },
): (row: number) => boolean {
  const label = query.label === undefined ? -1 : names.indexOf(query.label)
  const guess = query.predicted === undefined ? -1 : names.indexOf(query.predicted)
  if (!isMultiLabel) {
    const counts = (of: number) => of >= 0 && of !== ignoreIndex
    return (row) => counts(group[row]) && (label < 0 || group[row] === label) && (guess < 0 || predicted[row] === guess)
  }
  const isSet = (groups: Int32Array, row: number, name: number) => name < 0 || isAny(groups[row * names.length + name] & 1)
  return (row) => isSet(group, row, label) && isSet(predicted, row, guess)
}

/** What reading the file has left; no batches and no evaluator where they do not fit into memory. */
interface Kept {
  batches: KeptBatch[] | undefined
  evaluator: Evaluator | undefined
  report: Report
}

class OpenEvaluation implements Evaluation {
  readonly #source: Blob | FileSource
  readonly #options: EvaluateOptions
  readonly #scratch: Scratch
  #opened: Opened
  #batches: KeptBatch[] | undefined
  /** What was gathered of the kept rows. */
  #gathered: Evaluator | undefined
  #report: Report
  #isDisposed = false

  constructor(source: Blob | FileSource, options: EvaluateOptions, opened: Opened, { batches, evaluator, report }: Kept) {
    this.#source = source
    this.#options = options
    this.#opened = opened
    this.#batches = batches
    this.#gathered = evaluator
    this.#report = report
    this.#scratch = new Scratch(opened.native)
  }

  get report(): Report {
    return this.#report
  }

  get isKept(): boolean {
    return this.#batches !== undefined
  }

  update(settings: EvaluationSettings, meanwhile: UpdateOptions = {}): Promise<Report> {
    // Each begins with what the one before has left.
    const updated = this.#updated.then(() => this.#update(settings, meanwhile))
    this.#updated = updated.catch(() => {})
    return updated
  }

  #updated: Promise<unknown> = Promise.resolve()

  async #update(settings: EvaluationSettings, meanwhile: UpdateOptions): Promise<Report> {
    this.#checkOpen()
    meanwhile.signal?.throwIfAborted()
    const before = this.#opened.settings
    const { signal = this.#options.signal } = meanwhile
    const given = { ...this.#options, ...this.#changed, ...settings, signal }
    const opened = { ...this.#opened, settings: checkOptions(given) }
    this.#report = await (this.#batches ? this.#evaluateKept(opened, before, meanwhile) : this.#readAgain(opened.settings))
    Object.assign(this.#changed, settings)
    this.#opened = opened
    return this.#report
  }

  async #readAgain(settings: Settings): Promise<Report> {
    return withSource(this.#source, settings, (again) => {
      this.#opened.versions.checkSame(again.versions)
      return readReport(again)
    })
  }

  /** Settings changed since it was opened. */
  readonly #changed: EvaluationSettings = {}

  async #evaluateKept(opened: Opened, before: Settings, meanwhile: UpdateOptions): Promise<Report> {
    const { understanding, settings } = opened
    checkFor(understanding, settings)
    const changed = (names: readonly (keyof Settings)[]) => names.some((name) => String(settings[name]) !== String(before[name]))
    const needsFit = changed(fitSettings)
    // What rows with a divided truth come to is made of their scores.
    const needsTerms = changed(scoreSettings) || (this.#isDivided && changed(gatherSettings))
    if (needsFit || needsTerms) {
      await this.#tellLosses(opened, needsTerms, meanwhile)
      await this.#gather(opened, { needsFit, needsTerms }, meanwhile.signal)
    } else await this.#regather(opened, before, meanwhile)
    // The temperature is fitted to the scores as the file has them.
    const temperature = needsFit ? undefined : this.#report.calibration.temperature
    return reportOf(opened, (this.#gathered as Evaluator).results({ temperature }))
  }

  /** Whether rows have several true classes, or a label that is partly set, each by its probability. */
  get #isDivided(): boolean {
    const { understanding } = this.#opened
    if (understanding.selection.truth.kind !== 'targets') return false
    return subjectOf(understanding).isMultiClass || (this.#batches?.some(({ terms }) => terms.soft > 0) ?? false)
  }

  /** Before all else, where that is less work than all. */
  async #tellLosses(opened: Opened, needsTerms: boolean, { onLosses, signal }: UpdateOptions): Promise<void> {
    if (!onLosses) return
    const batches = this.#batches ?? []
    if (this.#isDivided || (!needsTerms && batches.some((batch) => this.#lacksTerms(batch, opened.settings)))) return
    const losses = await this.#firstLosses(opened, needsTerms)
    if (losses) onLosses(losses)
    await this.#pause(signal)
    if (needsTerms) void this.#share()
  }

  /** Of the rows that other threads have copies of, these do their part. */
  async #firstLosses(opened: Opened, needsTerms: boolean): Promise<LossResult[] | undefined> {
    const batches = this.#batches ?? []
    const among = (rows: LossRows[], elsewhere: Promise<(Uint8Array | undefined)[]>) => firstLosses(opened, rows, this.#scratch, elsewhere)
    const alone = Promise.resolve([])
    if (!needsTerms) return among(batches, alone)
    const rows = batches.map(({ plain }) => ({ plain }))
    if (!this.#shared) return among(rows, alone)
    try {
      return await among(this.#shared.own(rows), this.#shared.losses(opened.settings))
    } catch {
      // A worker is lost, and with it copies only.
      this.#shared = undefined
      return among(rows, alone)
    }
  }

  async prepare(): Promise<void> {
    this.#checkOpen()
    await this.#share()
  }

  /** Copies of rows for the next time that scores count, in what is left of the memory. */
  #share(): Promise<void> {
    this.#sharing ??= this.#giveCopies()
    return this.#sharing
  }

  async #giveCopies(): Promise<void> {
    const batches = this.#batches ?? []
    const room = this.#opened.settings.memory - batches.reduce((sum, { bytes }) => sum + bytes, 0)
    const plain = batches.map(({ plain }) => plain)
    // Where there are no workers one thread does it all.
    const shared = await SharedRows.of(this.#opened, plain, room).catch(() => undefined)
    if (this.#isDisposed) shared?.release()
    else this.#shared = shared
  }

  #shared: SharedRows | undefined
  #sharing: Promise<void> | undefined

  /** Others have their turn, and may have ended this. */
  async #pause(signal?: AbortSignal, others: () => Promise<void> = turn): Promise<void> {
    await others()
    signal?.throwIfAborted()
    this.#checkOpen()
  }

  /** Of the same terms what other settings ask for; the losses before all else, where that is less work than all. */
  async #regather(opened: Opened, before: Settings, { onLosses, signal }: UpdateOptions): Promise<void> {
    const { settings, understanding } = opened
    const isOther = (name: 'gammas' | 'alpha' | 'bins') => String(settings[name]) !== String(before[name])
    const { isMultiLabel } = subjectOf(understanding)
    const isOfLabels = isMultiLabel && (isOther('gammas') || isOther('alpha') || isOther('bins'))
    const isOfSeveral = isOther('alpha') && settings.gammas.length > 1
    if (onLosses && (isOfLabels || isOfSeveral)) {
      const { losses } = this.#report
      onLosses(lossesAfter(opened, this.#batches ?? [], this.#scratch, { settings: before, losses }))
      await this.#pause(signal, answered)
    }
    this.#gatherAgain(settings)
  }

  #gatherAgain(settings: Settings): void {
    try {
      if (!this.#gathered?.change(settings)) return
      for (const batch of this.#batches ?? []) this.#gathered.updateTerms(batch.asBatch(this.#scratch, ['weights']), batch.terms)
    } catch (error) {
      // Some of it is of the settings before, some is not.
      this.dispose()
      throw error
    }
  }

  async #gather(opened: Opened, needs: Needs, signal?: AbortSignal): Promise<void> {
    const batches = this.#batches ?? []
    const evaluator = new Evaluator(opened.native, opened.understanding, opened.settings)
    evaluator.startKeeping()
    const terms: KeptTerms[] = []
    try {
      const problems = new Problems()
      const pauses = new Pauses(shortTurn, () => this.#pause(signal))
      for (const batch of batches) {
        terms.push(this.#take(opened, evaluator, batch, { ...needs, problems }))
        await pauses.ifDue()
      }
      problems.throwIfAny()
    } catch (error) {
      evaluator.dispose()
      throw error
    }
    // Only now that no row was at fault.
    batches.forEach((batch, i) => {
      batch.terms = terms[i]
    })
    this.#gathered?.dispose()
    this.#gathered = evaluator
  }

  /** Rows that were ignored, and are no more, have terms where the label is a class. */
  #lacksTerms(batch: KeptBatch, { ignoreIndex }: Settings): boolean {
    const { ignoreIndex: before } = batch.terms
    const isClass = before >= 0 && before < this.#opened.understanding.mapping.classNames.length
    return ignoreIndex !== before && !isClass && batch.hasLabel(before)
  }

  #take(opened: Opened, evaluator: Evaluator, kept: KeptBatch, { needsFit, needsTerms, problems }: Gathering): KeptTerms {
    if (!needsTerms && !this.#lacksTerms(kept, opened.settings)) {
      const batch = kept.asBatch(this.#scratch, needsFit ? everything : ['weights'])
      evaluator.updateTerms(batch, kept.terms)
      if (needsFit) evaluator.addToFit(batch)
      return kept.terms
    }
    const batch = kept.asBatch(this.#scratch, everything)
    takeBatch(opened, evaluator, batch, problems, (rows) => (needsFit ? evaluator.update(rows) : evaluator.updateWithoutFit(rows)))
    // Other settings may put a later row at fault, and then the terms must be what they were.
    return problems.isAny ? kept.terms : evaluator.keptTerms()
  }

  async rows(query: RowQuery = {}): Promise<RowPage> {
    for (;;) {
      const updated = this.#updated
      await updated
      this.#checkOpen()
      const page = await this.#lookFor(query, () => this.#updated === updated)
      if (page) return page
    }
  }

  /** Nothing where another update has begun meanwhile: that one goes first, and leaves other terms. */
  async #lookFor(query: RowQuery, isCurrent: () => boolean): Promise<RowPage | undefined> {
    const { understanding, settings } = this.#opened
    const names = understanding.mapping.classNames
    const checked = checkQuery(query, names)
    const batches = this.#batches
    if (!batches) return queryResults(this.#report.hardest, checked)
    const { isMultiLabel } = subjectOf(understanding)
    const width = isMultiLabel ? names.length : 1
    const isSoft = batches.some(({ terms }) => terms.soft > 0)
    /** By their numbers among all that are kept. */
    const foremost = new Foremost(checked)
    let total = 0
    let before = 0
    const pauses = new Pauses(shortTurn, () => this.#pause())
    for (const batch of batches) {
      const view = viewOf(batch.terms)
      const measure = measureOf(view, checked.by, width, isSoft)
      const isMatch = matches(view, checked, names, {
        isMultiLabel,
        ignoreIndex: hasClasses(understanding) ? settings.ignoreIndex : undefined,
      })
      const isInside = boundsOf(view, measure, checked, width)
      for (let row = 0; row < batch.rows; row++) {
        if (!isMatch(row) || !isInside(row)) continue
        foremost.add(measure[row], before + row)
        total++
      }
      before += batch.rows
      await pauses.ifDue()
      if (!isCurrent()) return undefined
    }
    return { total, rows: foremost.rows().map((number) => this.#rowResult(...this.#find(number), width, isSoft)) }
  }

  /** The batch and the row in it of a row by its number among all. */
  #find(number: number): [batch: KeptBatch, row: number] {
    let row = number
    for (const batch of this.#batches ?? []) {
      if (row < batch.rows) return [batch, row]
      row -= batch.rows
    }
    throw new RangeError(`there is no row ${number}`)
  }

  #rowResult(batch: KeptBatch, row: number, width: number, isSoft: boolean): RowResult {
    const view = viewOf(batch.terms)
    const names = this.#opened.understanding.mapping.classNames
    const { isMultiLabel } = subjectOf(this.#opened.understanding)
    const of = (by: RowMeasure) => measureOf(sliceOf(view, row * width, (row + 1) * width), by, width, isSoft)[0]
    const ranked = {
      key: 0,
      group: isMultiLabel ? -1 : view.group[row],
      predicted: isMultiLabel ? -1 : view.predicted[row],
      loss: of('loss'),
      miss: of('gradientNorm'),
      confidence: of('confidence'),
    }
    const texts = isMultiLabel ? labelTexts(view, row, names) : {}
    const id = batch.id(row)
    return { ...batch.place(row), ...(id === undefined ? {} : { id }), ...rowResult(ranked, names, isSoft), ...texts }
  }

  #checkOpen(): void {
    if (this.#isDisposed) throw new TypeError('this evaluation has been disposed of')
  }

  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#batches = undefined
    this.#gathered?.dispose()
    this.#gathered = undefined
    this.#shared?.release()
    this.#shared = undefined
    this.#scratch.free()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}

const sliceOf = (view: TermsView, from: number, to: number): TermsView => ({
  group: view.group.subarray(from, to),
  predicted: view.predicted.subarray(from, to),
  loss: view.loss.subarray(from, to),
  miss: view.miss.subarray(from, to),
  confidence: view.confidence.subarray(from, to),
})

/** Rows in as much memory as they may take. */
class RowsWithin implements Keeper {
  readonly keeps = 'rows'
  readonly #most: number
  #bytes = 0
  readonly #parts = new Map<number, KeptBatch[]>()

  constructor(most: number) {
    this.#most = most
  }

  get isFull(): boolean {
    return this.#bytes > this.#most
  }

  take(part: number, rows: EvaluatedBatch): void {
    if (this.isFull) return
    const kept = new KeptBatch(rows)
    this.#bytes += kept.bytes
    const before = this.#parts.get(part) ?? []
    this.#parts.set(part, before)
    before.push(kept)
    if (this.isFull) this.#parts.clear()
  }

  /** In the order of the file; undefined where they did not fit. */
  all(): KeptBatch[] | undefined {
    if (this.isFull) return undefined
    return [...this.#parts].sort(([a], [b]) => a - b).flatMap(([, batches]) => batches)
  }
}

/**
 * As `evaluate`, and stays open: `update` gives the report with other settings, `rows` the rows themselves. What was read is kept in memory
 * where it fits into `options.memory` bytes; dispose of the evaluation to give them back.
 */
export async function open(source: Blob | FileSource, options: EvaluateOptions = {}): Promise<Evaluation> {
  return withSource(source, checkOptions(options), async (opened) => {
    const { settings } = opened
    settings.onInspection?.(inspectionOf(opened))
    const rows = new RowsWithin(settings.memory)
    const evaluator = await readRows(opened, rows)
    const batches = rows.all()
    const report = reportOf(opened, evaluator.results())
    if (!batches) evaluator.dispose()
    return new OpenEvaluation(source, options, opened, { batches, evaluator: batches && evaluator, report })
  })
}
