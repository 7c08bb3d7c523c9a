// From batches of rows in wasm memory to the part of a report that the task decides.

import { SettingError } from '../errors.js'
import { say } from '../message.js'
import type { NamedBatch } from './keptRows.js'
import { lossesOf, type Subject } from './lossResults.js'
import type { Understanding } from './mapping.js'
import { idOf } from './memory.js'
import type { MainModule, Evaluation as NativeEvaluation, RowTerms, TemperatureSample } from './module.js'
import type { Settings } from './options.js'
import type { LossResult, RowResult, Temperature } from './report.js'
import { type Results, resultsOf } from './results.js'
import { scoreKindCode } from './scoreKind.js'
import { widthOf } from './table.js'
import { currentTerms, type KeptTerms, keepTerms, labelTexts, restoreTerms } from './terms.js'
import type { RankedRow, Totals } from './totals.js'

/** Where a row stands in its part of the file, and what cannot be told from its terms. */
interface Place {
  row: number
  line?: number
  id?: string
  /** Of several labels. */
  label?: string
  predicted?: string
}

/** Rows and lines of a part of the file, by which the numbers of those behind it are greater. */
export interface PartSize {
  rows: number
  lines: number
}

interface Saved {
  places: [number, Place][]
  parts: [number, PartSize][]
}

const fewPlaces = 1000

const partOf = (key: number): number => Math.floor(key / 2 ** 32)

export const subjectOf = ({ task, mapping }: Understanding): Subject => ({
  isMultiClass: task !== 'binary' && task !== 'multiLabel',
  isMultiLabel: task === 'multiLabel',
  kind: mapping.scores.kind,
})

const taskCode = ({ isMultiClass }: Subject): number => (isMultiClass ? 0 : 1)

/** Makes the terms of batches, with all that concerns scores: their kind, temperature and rescaling. */
export function nativeTerms(native: MainModule, understanding: Understanding, settings: Settings): RowTerms {
  const { ignoreIndex, temperature, renormalise, eps } = settings
  const subject = subjectOf(understanding)
  const width = widthOf(understanding.selection.scores)
  return new native.RowTerms(taskCode(subject), width, scoreKindCode(subject.kind), ignoreIndex, temperature, renormalise, eps)
}

/** Misuse that shows only when the classes are known. */
export function checkFor({ mapping }: Understanding, { classWeight }: Settings): void {
  const classes = mapping.classNames.length
  if (typeof classWeight === 'string' || classWeight.length === classes) return
  throw new SettingError(say`classWeight has ${classWeight.length} weights for ${classes} classes`)
}

const isDouble = ({ selection }: Understanding): boolean => selection.precision === 'float64'

/** Gathers terms, with all that concerns losses: their parameters. */
export function nativeEvaluation(native: MainModule, understanding: Understanding, settings: Settings): NativeEvaluation {
  const { gammas, alpha, bins, hardest } = settings
  const width = widthOf(understanding.selection.scores)
  return new native.Evaluation(taskCode(subjectOf(understanding)), width, [...gammas], alpha, bins, hardest, isDouble(understanding))
}

/** Of all that was gathered. */
export function gatheredLosses(evaluation: NativeEvaluation, understanding: Understanding, settings: Settings): LossResult[] {
  const totals: Totals = evaluation.totals()
  return lossesOf(totals, subjectOf(understanding), settings)
}

/** Whether each row has one true class, told by its number. */
export const hasClasses = ({ selection: { truth } }: Understanding): boolean => truth.kind === 'label' || truth.kind === 'oneHot'

/** Terms are made of rows with an ignored class too. */
export function ignoreClass(terms: RowTerms, understanding: Understanding, { ignoreIndex }: Settings): void {
  if (hasClasses(understanding)) terms.ignore(ignoreIndex)
}

function nativeSample(native: MainModule, understanding: Understanding, { ignoreIndex }: Settings): TemperatureSample {
  const subject = subjectOf(understanding)
  const width = widthOf(understanding.selection.scores)
  return new native.TemperatureSample(taskCode(subject), width, scoreKindCode(subject.kind), ignoreIndex, isDouble(understanding))
}

/** Numbers and texts of a ranked row, without its place. `isSoft`: its truth may be divided between classes. */
export function rowResult(row: RankedRow, names: readonly string[], isSoft: boolean): Omit<RowResult, 'row'> {
  const nameOf = (group: number) => names[group] ?? ''
  return {
    label: nameOf(row.group),
    predicted: nameOf(row.predicted),
    // Of one truth the loss tells it with more digits.
    probability: row.group >= 0 && !isSoft ? Math.exp(-row.loss) : 1 - row.miss,
    confidence: row.confidence,
    loss: row.loss,
    gradientNorm: row.miss,
  }
}

/**
 * Evaluates batches of one file. Evaluators of parts of a file, made alike, can be merged in any order, as objects of one module or as bytes
 * from another: startPart(i), update with the part's batches, endPart(i).
 */
export class Evaluator {
  readonly #native: MainModule
  readonly #understanding: Understanding
  #settings: Settings
  readonly #terms: RowTerms
  readonly #evaluation: NativeEvaluation
  readonly #sample: TemperatureSample
  readonly #places = new Map<number, Place>()
  readonly #parts = new Map<number, PartSize>()
  /** So many are kept before those of no more use are forgotten. */
  #mostPlaces = fewPlaces
  /** Key of the next row. */
  #next = 0
  /** Of the last batch, where they are to be kept. */
  #kept: KeptTerms | undefined
  #isKeeping = false

  constructor(native: MainModule, understanding: Understanding, settings: Settings) {
    checkFor(understanding, settings)
    this.#native = native
    this.#understanding = understanding
    this.#settings = settings
    this.#terms = nativeTerms(native, understanding, settings)
    this.#evaluation = nativeEvaluation(native, understanding, settings)
    this.#sample = nativeSample(native, understanding, settings)
  }

  /** The batches that follow are of this part of the file. Parts are numbered from 0; without this call all is part 0. */
  startPart(part: number): void {
    this.#evaluation.startPart(part)
    this.#next = part * 2 ** 32
  }

  /** Where rows and lines of a part are counted from its own beginning, how many it has, those left out among them. */
  endPart(part: number, size: PartSize): void {
    this.#parts.set(part, size)
  }

  /** Takes the rows, or returns the number of the first one that is at fault. Returns `rows` when all are taken. */
  update(batch: NamedBatch): number {
    const taken = this.updateWithoutFit(batch)
    if (taken === batch.rows) this.addToFit(batch)
    return taken
  }

  /** Rows that a temperature is fitted to, and no more. */
  addToFit({ scores, doubles, labels, targets, weights, rows }: NamedBatch): void {
    if (this.#hasTemperature) this.#sample.add(scores, doubles, labels, targets, weights, rows)
  }

  /** As update, of rows that no temperature is to be fitted to. */
  updateWithoutFit(batch: NamedBatch): number {
    const taken = this.#terms.update(batch.scores, batch.doubles, batch.labels, batch.targets, batch.rows)
    if (taken < batch.rows) return taken
    if (this.#isKeeping) this.#kept = this.keepTerms()
    this.#gather(batch)
    return taken
  }

  /**
   * The same of rows whose terms are known, with another ignored label perhaps: of the batch only weights, places and names are looked at.
   */
  updateTerms(batch: NamedBatch, terms: KeptTerms): void {
    restoreTerms(this.#native, this.#terms, terms)
    this.#gather(batch)
  }

  /** From now on terms of batches are kept as they are before rows are ignored, for `keptTerms`. */
  startKeeping(): void {
    this.#isKeeping = true
  }

  /** The terms of the last batch, with which another label can be ignored. */
  keptTerms(): KeptTerms {
    if (!this.#kept) throw new TypeError('no terms are kept')
    return this.#kept
  }

  /** The terms of the last batch, with no others than those of rows that count. */
  keepTerms(): KeptTerms {
    return keepTerms(this.#native, this.#terms, this.#settings.ignoreIndex)
  }

  #gather(batch: NamedBatch): void {
    ignoreClass(this.#terms, this.#understanding, this.#settings)
    this.#evaluation.add(this.#terms, batch.weights)
    for (const row of this.#evaluation.entered() as number[]) this.#places.set(this.#next + row, this.#placeOf(batch, row))
    if (this.#places.size > this.#mostPlaces) this.#forgetPlaces()
    this.#next += batch.rows
  }

  /** Rows come among the hardest and go again. */
  #forgetPlaces(): void {
    const keys = new Set<number>(this.#evaluation.keys())
    for (const key of this.#places.keys()) if (!keys.has(key)) this.#places.delete(key)
    this.#mostPlaces = 2 * this.#places.size + fewPlaces
  }

  /** A temperature is fitted to one truth a row; probabilities of classes are several. */
  get #hasTemperature(): boolean {
    const { task, selection } = this.#understanding
    return task === 'binary' || task === 'multiLabel' || selection.truth.kind !== 'targets'
  }

  #placeOf(batch: NamedBatch, row: number): Place {
    const place: Place = batch.place(row)
    const id = batch.idOf ? batch.idOf(row) : idOf(this.#native, batch, row)
    if (id !== undefined) place.id = id
    if (this.#understanding.task !== 'multiLabel') return place
    return { ...place, ...labelTexts(currentTerms(this.#native, this.#terms), row, this.#understanding.mapping.classNames) }
  }

  toBytes(): Uint8Array {
    const evaluation: Uint8Array = this.#evaluation.toBytes()
    const sample: Uint8Array = this.#sample.toBytes()
    this.#forgetPlaces()
    const saved: Saved = { places: [...this.#places], parts: [...this.#parts] }
    const text = new TextEncoder().encode(JSON.stringify(saved))
    const lengths = new Uint8Array(new Uint32Array([evaluation.length, sample.length]).buffer)
    const bytes = new Uint8Array(lengths.length + evaluation.length + sample.length + text.length)
    let end = 0
    for (const piece of [lengths, evaluation, sample, text]) {
      bytes.set(piece, end)
      end += piece.length
    }
    return bytes
  }

  /** Merges what an evaluator made alike has saved. */
  merge(bytes: Uint8Array): void {
    const [evaluation, sample] = new Uint32Array(bytes.slice(0, 8).buffer)
    const sampleAt = 8 + evaluation
    const textAt = sampleAt + sample
    const isOurs = this.#evaluation.mergeBytes(bytes.subarray(8, sampleAt)) && this.#sample.mergeBytes(bytes.subarray(sampleAt, textAt))
    if (!isOurs) throw new RangeError('these bytes are not the state of an evaluation like this one')
    const { places, parts }: Saved = JSON.parse(new TextDecoder().decode(bytes.subarray(textAt)))
    for (const [key, place] of places) this.#places.set(key, place)
    for (const [part, size] of parts) this.#parts.set(part, size)
  }

  /**
   * Takes other settings, of those that terms do not depend on. True where all batches are to be given to `updateTerms` once more: of their
   * rows only what depends on the settings that differ is gathered anew.
   */
  change(settings: Settings): boolean {
    checkFor(this.#understanding, settings)
    this.#settings = settings
    const { gammas, alpha, bins, hardest } = settings
    this.#next = 0
    return this.#evaluation.change([...gammas], alpha, bins, hardest)
  }

  /** With the given temperature instead of one that is fitted now, or with none. */
  results({ temperature }: { temperature?: Temperature | null } = {}): Results {
    const totals: Totals = this.#evaluation.totals()
    const before = this.#sizesBefore()
    const found = {
      totals,
      temperature: temperature === undefined ? this.#fit() : temperature,
      hardest: totals.hardest.map((row) => this.#rowResult(row, before, totals.soft > 0)),
      labelErrors: totals.labelErrors.map((row) => this.#rowResult(row, before, totals.soft > 0)),
    }
    const { mapping } = this.#understanding
    return resultsOf(found, mapping.classNames, subjectOf(this.#understanding), this.#settings)
  }

  losses(): LossResult[] {
    return gatheredLosses(this.#evaluation, this.#understanding, this.#settings)
  }

  #fit(): Temperature | null {
    return this.#hasTemperature ? this.#sample.fit() : null
  }

  /** Rows and lines of the file before each part. */
  #sizesBefore(): Map<number, PartSize> {
    const before = new Map<number, PartSize>()
    let rows = 0
    let lines = 0
    for (const [part, size] of [...this.#parts].sort(([a], [b]) => a - b)) {
      before.set(part, { rows, lines })
      rows += size.rows
      lines += size.lines
    }
    return before
  }

  #rowResult(ranked: RankedRow, before: Map<number, PartSize>, isSoft: boolean): RowResult {
    const place = this.#places.get(ranked.key)
    if (!place) throw new RangeError(`the place of row ${ranked.key} is not known`)
    const { row, line, ...texts } = place
    const { rows, lines } = before.get(partOf(ranked.key)) ?? { rows: 0, lines: 0 }
    const at = line === undefined ? { row: row + rows } : { row: row + rows, line: line + lines }
    return { ...at, ...rowResult(ranked, this.#understanding.mapping.classNames, isSoft), ...texts }
  }

  dispose(): void {
    this.#terms.delete()
    this.#evaluation.delete()
    this.#sample.delete()
  }
}
