// The losses of rows in memory with other settings, before all else of a report.
import { gatheredLosses, ignoreClass, nativeEvaluation, nativeTerms, subjectOf } from './evaluator.js'
import { asBatch, everything, type PlainBatch, type Scratch } from './keptRows.js'
import type { Understanding } from './mapping.js'
import type { MainModule } from './module.js'
import type { Opened } from './opening.js'
import type { Settings } from './options.js'
import type { LossResult } from './report.js'
import { type KeptTerms, restoreLosses } from './terms.js'

type LossSource = Pick<Opened, 'native' | 'understanding' | 'settings'>

/** Rows, and where they are known the terms of the settings. */
export interface LossRows {
  plain: PlainBatch
  terms?: KeptTerms
}

/** What is gathered, added up: as Evaluation::Losses. */
const plainLosses = 1
const focalLoss = 2
const ghmLoss = 4
const allLosses = plainLosses + focalLoss + ghmLoss

const partOf = ({ name }: LossResult): number => (/FocalLoss$/.test(name) ? focalLoss : name === 'ghmcLoss' ? ghmLoss : plainLosses)

/** Of the focal losses that of the first gamma, and no rows. */
const fewer = (settings: Settings): Settings => ({ ...settings, gammas: settings.gammas.slice(0, 1), hardest: 0 })

/** Rows that are gathered for their losses alone. */
class LossSums {
  readonly #native: MainModule
  readonly #understanding: Understanding
  readonly #settings: Settings
  readonly #evaluation

  constructor({ native, understanding, settings }: LossSource) {
    this.#native = native
    this.#understanding = understanding
    this.#settings = fewer(settings)
    this.#evaluation = nativeEvaluation(native, understanding, this.#settings)
  }

  /** False where a row is at fault. */
  add(rows: readonly LossRows[], scratch: Scratch, wanted = allLosses): boolean {
    const { isMultiClass } = subjectOf(this.#understanding)
    const terms = nativeTerms(this.#native, this.#understanding, this.#settings)
    try {
      for (const { plain, terms: known } of rows) {
        const batch = asBatch(plain, scratch, known ? ['weights'] : everything)
        if (known) restoreLosses(this.#native, terms, known, isMultiClass)
        else if (terms.updateLosses(batch.scores, batch.doubles, batch.labels, batch.targets, batch.rows) < batch.rows) return false
        ignoreClass(terms, this.#understanding, this.#settings)
        this.#evaluation.addLosses(terms, batch.weights, wanted)
      }
      return true
    } finally {
      terms.delete()
    }
  }

  merge(state: Uint8Array): void {
    this.#evaluation.mergeBytes(state)
  }

  toBytes(): Uint8Array {
    return this.#evaluation.toBytes()
  }

  losses(): LossResult[] {
    return gatheredLosses(this.#evaluation, this.#understanding, this.#settings)
  }

  dispose(): void {
    this.#evaluation.delete()
  }
}

/** What some of the rows come to, for `firstLosses` elsewhere; nothing where a row is at fault. */
export function lossState(source: LossSource, rows: readonly LossRows[], scratch: Scratch): Uint8Array | undefined {
  const sums = new LossSums(source)
  try {
    return sums.add(rows, scratch) ? sums.toBytes() : undefined
  } finally {
    sums.dispose()
  }
}

/**
 * Of the focal losses that of the first gamma. The numbers are those of the report but for rounding: of focal losses within 1e-6. `elsewhere`
 * is what other rows come to in other threads. Nothing where a row is at fault.
 */
export async function firstLosses(
  source: LossSource,
  rows: readonly LossRows[],
  scratch: Scratch,
  elsewhere: Promise<(Uint8Array | undefined)[]>,
): Promise<LossResult[] | undefined> {
  const sums = new LossSums(source)
  try {
    const isGood = sums.add(rows, scratch)
    for (const state of await elsewhere) {
      if (!state || !isGood) return undefined
      sums.merge(state)
    }
    return isGood ? sums.losses() : undefined
  } finally {
    sums.dispose()
  }
}

/** The settings that losses of known terms are made with. */
const lossSettings = {
  [plainLosses]: ['labelSmoothing', 'classWeight'],
  [focalLoss]: ['gammas', 'alpha'],
  [ghmLoss]: ['bins', 'momentum'],
} as const satisfies Record<number, readonly (keyof Settings)[]>

/**
 * The same of rows whose terms are known, with other settings than those that `before` are the losses of: what does not depend on those that
 * differ stays as it was.
 */
export function lossesAfter(
  source: LossSource,
  rows: readonly Required<LossRows>[],
  scratch: Scratch,
  before: { settings: Settings; losses: readonly LossResult[] },
): LossResult[] {
  const isOther = (name: keyof Settings) => String(source.settings[name]) !== String(before.settings[name])
  const wanted = Object.entries(lossSettings).reduce((sum, [part, names]) => sum + (names.some(isOther) ? Number(part) : 0), 0)
  const known = new Map(before.losses.filter((loss) => (partOf(loss) & wanted) === 0).map((loss) => [loss.key, loss]))
  const sums = new LossSums(source)
  try {
    sums.add(rows, scratch, wanted)
    return sums.losses().map((loss) => known.get(loss.key) ?? loss)
  } finally {
    sums.dispose()
  }
}
