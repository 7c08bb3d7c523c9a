// The losses of rows in memory with other settings, before all else of a report.
import { ignoreClass, nativeEvaluation, nativeTerms, subjectOf } from './evaluator.js'
import { everything, type KeptBatch, type Scratch } from './keptRows.js'
import { lossesOf } from './lossResults.js'
import type { Opened } from './opening.js'
import type { LossResult } from './report.js'
import { restoreTerms } from './terms.js'
import type { Totals } from './totals.js'

/**
 * Of the focal losses that of the first gamma. The numbers are those of the report but for rounding: of focal losses within 1e-6.
 * `needsTerms`: those of the batches are not those of the settings. Nothing where a row is at fault.
 */
export function firstLosses(
  opened: Opened,
  batches: readonly KeptBatch[],
  scratch: Scratch,
  needsTerms: boolean,
): LossResult[] | undefined {
  const { native, understanding } = opened
  const settings = { ...opened.settings, gammas: opened.settings.gammas.slice(0, 1), hardest: 0 }
  const terms = nativeTerms(native, understanding, settings)
  const evaluation = nativeEvaluation(native, understanding, settings)
  try {
    for (const kept of batches) {
      const batch = kept.asBatch(scratch, needsTerms ? everything : ['weights'])
      if (!needsTerms) restoreTerms(native, terms, kept.terms)
      else if (terms.updateLosses(batch.scores, batch.doubles, batch.labels, batch.targets, batch.rows) < batch.rows) return undefined
      ignoreClass(terms, understanding, settings)
      evaluation.addLosses(terms, batch.weights)
    }
    const totals: Totals = evaluation.totals()
    return lossesOf(totals, subjectOf(understanding), settings)
  } finally {
    terms.delete()
    evaluation.delete()
  }
}
