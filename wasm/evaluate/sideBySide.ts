// The rows of several runs beside each other: whether they are the same, what differs, and how much of that could be chance.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { Bootstrap, bucketOf } from './bootstrap.js'
import type { Disagreement, RunPair } from './comparison.js'
import { subjectOf } from './evaluator.js'
import type { KeptBatch } from './keptRows.js'
import { mainKey } from './lossResults.js'
import type { Understanding } from './mapping.js'
import type { ClassResult, Report } from './report.js'
import { labelTexts, type TermsView, viewOf } from './terms.js'
import { textOf } from './values.js'

/** Targets as near to each other as this are the same, written with six digits or more. */
const sameTarget = 1e-6

/** Whose rows they are. */
export interface ComparedRows {
  file: string
  understanding: Understanding
  /** Terms of a row. */
  width: number
}

/** Rows of one run that are at hand. */
export class Piece {
  readonly batch: KeptBatch
  readonly view: TermsView
  readonly weights?: Float32Array
  /** In double where they were worked so. */
  readonly losses: Float32Array | Float64Array
  /** Rows that are used up. */
  used = 0

  constructor(batch: KeptBatch) {
    this.batch = batch
    this.view = viewOf(batch.terms)
    this.weights = batch.weights
    this.losses = this.view.doubles?.loss ?? this.view.loss
  }

  get isUsedUp(): boolean {
    return this.used === this.batch.rows
  }
}

/** The rows that all runs have at hand, one behind the other. */
export class SideBySide {
  readonly #runs: readonly ComparedRows[]
  readonly #bootstrap: Bootstrap
  readonly #disagreements: { spread: number; row: Disagreement }[] = []
  readonly #most: number
  rows = 0

  /** Of the rows at hand: the bucket of each that counts, else -1; its weight; whether the runs disagree on it. */
  #buckets = new Int32Array(0)
  #weights = new Float64Array(0)
  #disputed = new Uint8Array(0)

  constructor(runs: readonly ComparedRows[], most: number) {
    this.#runs = runs
    this.#most = most
    this.#bootstrap = new Bootstrap(runs.length)
  }

  /** The rows that all of them have, which are used up then. */
  add(pieces: readonly Piece[]): void {
    const count = Math.min(...pieces.map(({ batch, used }) => batch.rows - used))
    this.#checkTruth(pieces, count)
    this.#count(pieces[0], count)
    pieces.forEach((piece, run) => {
      this.#sum(piece, run, count)
    })
    this.#listDisagreements(pieces, count)
    this.rows += count
    for (const piece of pieces) piece.used += count
  }

  #checkTruth([first, ...others]: readonly Piece[], count: number): void {
    const { understanding, file } = this.#runs[0]
    const width = truthNumbers(understanding)
    const wrong = others.map((other) => this.#firstDifference(first, other, count, width))
    const row = Math.min(...wrong)
    if (row === count) return
    const run = wrong.indexOf(row)
    const { batch, used } = others[run]
    const isSoft = others[run].batch.targets !== undefined || first.batch.targets !== undefined
    const text = (piece: Piece) =>
      isSoft ? truthText(piece, piece.used + row, understanding) : this.#texts(piece.view, piece.used + row).label
    throw new DataError(
      say`the label is ${`"${text(others[run])}"`}, but in ${file} it is ${`"${text(first)}"`}; runs are compared on the same rows`,
      { file: this.#runs[1 + run].file, ...batch.place(used + row) },
    )
  }

  /** The first of the rows whose truth is not the same; `count` when there is none. `width`: numbers of a truth that is divided. */
  #firstDifference(one: Piece, other: Piece, count: number, width: number): number {
    const terms = this.#runs[0].width
    const at = firstDifference(one.view.group, one.used * terms, other.view.group, other.used * terms, count * terms)
    const rows = Math.floor(at / terms)
    if (!one.batch.targets && !other.batch.targets) return rows
    const { understanding } = this.#runs[0]
    const isOther = (row: number) => {
      const [a, b] = [one, other].map((piece) => truthOf(piece, piece.used + row, width, understanding))
      return a.some((value, i) => Math.abs(value - b[i]) > sameTarget)
    }
    for (let row = 0; row < rows; row++) if (isOther(row)) return row
    return rows
  }

  /** Which rows count, and how much. */
  #count({ view: { group }, weights, used }: Piece, count: number): void {
    if (this.#buckets.length < count) {
      this.#buckets = new Int32Array(count)
      this.#weights = new Float64Array(count)
      this.#disputed = new Uint8Array(count)
    }
    const { width } = this.#runs[0]
    for (let i = 0; i < count; i++) {
      const isCounted = group[(used + i) * width] >= 0
      this.#buckets[i] = isCounted ? bucketOf(this.rows + i) : -1
      this.#weights[i] = isCounted ? (weights?.[used + i] ?? 1) : 0
    }
    this.#bootstrap.addRows(this.#buckets, this.#weights, count)
  }

  #sum({ view: { group, predicted }, losses, used }: Piece, run: number, count: number): void {
    const { width } = this.#runs[0]
    const sums = this.#bootstrap.sums[run]
    for (let i = 0; i < count; i++) {
      const bucket = this.#buckets[i]
      if (bucket < 0) continue
      let loss = 0
      let right = 0
      for (let k = (used + i) * width; k < (used + i + 1) * width; k++) {
        loss += losses[k]
        right += group[k] === predicted[k] ? 1 : 0
      }
      sums.losses[bucket] += (this.#weights[i] * loss) / width
      sums.rights[bucket] += (this.#weights[i] * right) / width
    }
  }

  #listDisagreements(pieces: readonly Piece[], count: number): void {
    if (this.#most === 0) return
    const { width } = this.#runs[0]
    const [{ view, used }, ...others] = pieces
    this.#disputed.fill(0, 0, count)
    for (const other of others) {
      const from = other.used * width
      for (let k = 0; k < count * width; k++) {
        if (view.predicted[used * width + k] !== other.view.predicted[from + k]) this.#disputed[Math.floor(k / width)] = 1
      }
    }
    for (let i = 0; i < count; i++) if (this.#disputed[i] === 1 && this.#buckets[i] >= 0) this.#noteDisagreement(pieces, i)
  }

  #texts(view: TermsView, row: number): { label: string; predicted: string } {
    const { mapping, task } = this.#runs[0].understanding
    const names = mapping.classNames
    if (task === 'multiLabel') return labelTexts(view, row, names)
    return { label: names[view.group[row]] ?? 'ignored', predicted: names[view.predicted[row]] }
  }

  /** Of the rows at hand this one. */
  #noteDisagreement(pieces: readonly Piece[], at: number): void {
    const { width, understanding } = this.#runs[0]
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const { losses, used } of pieces) {
      const loss = meanOf(losses, used + at, width)
      least = Math.min(least, loss)
      most = Math.max(most, loss)
    }
    const spread = most - least
    const list = this.#disagreements
    if (list.length === this.#most && !(spread > list[list.length - 1].spread)) return
    const { truth } = understanding.selection
    // Of one truth the loss tells it with more digits.
    const isLossTelling = truth.kind === 'label' || truth.kind === 'oneHot'
    const [{ batch, view, used }] = pieces
    const id = batch.id(used + at)
    const row: Disagreement = {
      ...batch.place(used + at),
      ...(id === undefined ? {} : { id }),
      label: this.#texts(view, used + at).label,
      runs: pieces.map((piece) => {
        const of = piece.used + at
        const loss = meanOf(piece.losses, of, width)
        const probability = isLossTelling ? Math.exp(-loss) : 1 - meanOf(piece.view.miss, of, width)
        return { predicted: this.#texts(piece.view, of).predicted, probability, loss }
      }),
    }
    const place = list.findIndex((other) => spread > other.spread)
    list.splice(place < 0 ? list.length : place, 0, { spread, row })
    if (list.length > this.#most) list.pop()
  }

  disagreements(): Disagreement[] {
    return this.#disagreements.map(({ row }) => row)
  }

  pairs(reports: Report[]): RunPair[] {
    const key = mainKey(subjectOf(this.#runs[0].understanding))
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
        const accuracies = both.map((report) => report.accuracy)
        if (accuracies.every((share) => share !== null)) {
          pairs.push({
            a,
            b,
            key: 'accuracy',
            difference: accuracies[0] - accuracies[1],
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

/** Of a truth that is divided between classes or labels. */
const truthNumbers = ({ task, mapping }: Understanding): number => (task === 'binary' ? 1 : mapping.classNames.length)

/** The numbers of a row's truth, whether it is divided or not. */
function truthOf({ batch, view }: Piece, row: number, width: number, { task }: Understanding): number[] {
  if (batch.targets) return Array.from(batch.targets.subarray(row * width, (row + 1) * width))
  const isSet = (i: number) => (task === 'multiLabel' ? view.group[row * width + i] & 1 : view.group[row] === (width === 1 ? 1 : i))
  return Array.from({ length: width }, (_, i) => Number(isSet(i)))
}

function truthText(piece: Piece, row: number, understanding: Understanding): string {
  // A float's own digits.
  const values = truthOf(piece, row, truthNumbers(understanding), understanding).map((value) => Number(value.toPrecision(7)))
  return textOf(values.length === 1 ? values[0] : values)
}

function meanOf(values: Float32Array | Float64Array, row: number, width: number): number {
  let sum = 0
  for (let k = row * width; k < (row + 1) * width; k++) sum += values[k]
  return sum / width
}

/** How many of `size` values are the same in front of the first that is not. */
function firstDifference(a: Int32Array, fromA: number, b: Int32Array, fromB: number, size: number): number {
  for (let k = 0; k < size; k++) if (a[fromA + k] !== b[fromB + k]) return k
  return size
}
