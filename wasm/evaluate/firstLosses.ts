// The losses of rows in memory with other settings, before all else of a report.
import { gatheredLosses, ignoreClass, nativeEvaluation, nativeTerms } from './evaluator.js'
import { asBatch, everything, type PlainBatch, type Scratch } from './keptRows.js'
import type { Understanding } from './mapping.js'
import type { MainModule } from './module.js'
import type { Opened } from './opening.js'
import type { Settings } from './options.js'
import type { LossResult } from './report.js'
import { type KeptTerms, restoreTerms } from './terms.js'

type LossSource = Pick<Opened, 'native' | 'understanding' | 'settings'>

/** Rows, and where they are known the terms of the settings. */
export interface LossRows {
  plain: PlainBatch
  terms?: KeptTerms
}

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
  add(rows: readonly LossRows[], scratch: Scratch): boolean {
    const terms = nativeTerms(this.#native, this.#understanding, this.#settings)
    try {
      for (const { plain, terms: known } of rows) {
        const batch = asBatch(plain, scratch, known ? ['weights'] : everything)
        if (known) restoreTerms(this.#native, terms, known)
        else if (terms.updateLosses(batch.scores, batch.doubles, batch.labels, batch.targets, batch.rows) < batch.rows) return false
        ignoreClass(terms, this.#understanding, this.#settings)
        this.#evaluation.addLosses(terms, batch.weights)
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
