// What an evaluation found, as the part of the report that depends on the task.
import { groupMeans, lossesOf, mainKey, type Subject } from './lossResults.js'
import type { Settings } from './options.js'
import type { Calibration, CalibrationBin, ClassResult, Confusion, GradientNorm, Report, RowResult, Temperature } from './report.js'
import { type BinTotals, ratio, ratioOrNull, sum, type Totals } from './totals.js'

export type Results = Omit<Report, 'format' | 'version' | 'files' | 'task' | 'mapping' | 'precision' | 'leftOut'>

const mostClassesShown = 200
const topConfusions = 20

const unitEdges = (bins: number): number[] => Array.from({ length: bins + 1 }, (_, i) => i / bins)

function gradientNorm({ counts, sums }: BinTotals): GradientNorm {
  const total = sum(counts)
  return {
    edges: unitEdges(counts.length),
    counts,
    density: counts.map((count) => count * counts.length),
    weights: counts.map((count) => ratio(total, count)),
    meanLoss: counts.map((count, bin) => ratioOrNull(sums[bin], count)),
  }
}

function calibrationOf({ confidence, right }: Totals, temperature: Temperature | null): Calibration {
  const edges = unitEdges(confidence.counts.length)
  const bins: CalibrationBin[] = confidence.counts.map((rows, bin) => ({
    from: edges[bin],
    to: edges[bin + 1],
    rows,
    confidence: ratioOrNull(confidence.sums[bin], confidence.weights[bin]),
    accuracy: ratioOrNull(right.weights[bin], confidence.weights[bin]),
  }))
  const gaps = sum(confidence.sums.map((value, bin) => Math.abs(value - right.weights[bin])))
  return { ece: ratioOrNull(gaps, sum(confidence.weights)), bins, temperature }
}

function classResults(totals: Totals, names: readonly string[], subject: Subject, settings: Settings): ClassResult[] {
  const { truth, predicted, correct, rows } = totals
  const means = Object.entries(groupMeans(subject, settings, totals))
  return names.map((name, c) => {
    // A label of several has its own two groups: set is what its results are about, both are its losses.
    const group = subject.isMultiLabel ? 2 * c + 1 : c
    const groups = subject.isMultiLabel ? [2 * c, 2 * c + 1] : [c]
    const over = (values: readonly number[]) => sum(groups.map((each) => values[each]))
    return {
      name,
      count: truth.counts[group],
      share: ratio(truth.counts[group], rows),
      accuracy: ratioOrNull(correct.weights[group], truth.weights[group]),
      precision: ratioOrNull(correct.weights[group], predicted.weights[group]),
      predicted: predicted.counts[group],
      losses: Object.fromEntries(means.map(([key, sums]) => [key, ratioOrNull(over(sums), over(truth.weights))])),
    }
  })
}

function confusionOf({ confusions, correct }: Totals, classes: number): number[][] {
  const counts = Array.from({ length: classes }, (_, c) =>
    Array.from({ length: classes }, (_, other) => (c === other ? correct.counts[c] : 0)),
  )
  for (const { truth, predicted, rows } of confusions) counts[truth][predicted] = rows
  return counts
}

function topConfusionsOf({ confusions }: Totals, names: readonly string[]): Confusion[] {
  return confusions
    .toSorted((a, b) => b.rows - a.rows || a.truth - b.truth || a.predicted - b.predicted)
    .slice(0, topConfusions)
    .map(({ truth, predicted, rows }) => ({ label: names[truth], predicted: names[predicted], rows }))
}

export interface Found {
  totals: Totals
  temperature: Temperature | null
  hardest: RowResult[]
  labelErrors: RowResult[]
}

export function resultsOf(
  { totals, temperature, hardest, labelErrors }: Found,
  names: readonly string[],
  subject: Subject,
  settings: Settings,
): Results {
  const total = sum(totals.truth.weights)
  return {
    rows: totals.rows,
    ignored: totals.ignored,
    losses: lossesOf(totals, subject, settings),
    accuracy: ratioOrNull(sum(totals.correct.weights), total),
    brier: ratioOrNull(totals.brier, total),
    classes: classResults(totals, names, subject, settings),
    confusion: subject.isMultiLabel || names.length > mostClassesShown ? null : { counts: confusionOf(totals, names.length) },
    topConfusions: subject.isMultiLabel ? [] : topConfusionsOf(totals, names),
    calibration: calibrationOf(totals, temperature),
    gradientNorm: gradientNorm(totals.norms),
    ghm: gradientNorm(totals.ghm),
    lossDistribution: { key: mainKey(subject), edges: totals.lossEdges, counts: totals.losses },
    probabilityDistribution: { edges: unitEdges(totals.probabilities.length), counts: totals.probabilities },
    hardest,
    labelErrors,
  }
}
