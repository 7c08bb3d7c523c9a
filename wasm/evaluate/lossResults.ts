// The losses of a report, from the sums by group that the core keeps.
import { classWeights } from '../classWeights.js'
import type { Settings } from './options.js'
import type { LossResult, ScoreKind } from './report.js'
import { focalMeasure, lossMeasure, ratioOrNull, sum, type Totals } from './totals.js'

/** What a task's losses are made of: groups of classes, or of set and unset labels. */
export interface Subject {
  isMultiClass: boolean
  isMultiLabel: boolean
  kind: ScoreKind
}

type Described = Pick<LossResult, 'name' | 'key' | 'title' | 'parameters'>

const described = ([name, key, title]: readonly [string, string, string], parameters: LossResult['parameters'] = {}): Described => ({
  name,
  key,
  title,
  parameters,
})

const divided = (loss: Described, sum: number, weight: number): LossResult => ({ ...loss, mean: ratioOrNull(sum, weight), sum, weight })

/** A factor of 0 switches a term off, infinite or not. */
const scaled = (factor: number, term: number): number => (factor === 0 ? 0 : factor * term)

/** Name, key and title of the loss that is -log of the probability given to the truth. */
function logLossOf({ isMultiClass, kind }: Subject): [name: string, key: string, title: string] {
  if (isMultiClass) return ['crossEntropyLoss', 'crossEntropy', 'Cross entropy']
  return kind === 'logits'
    ? ['bceWithLogitsLoss', 'bceWithLogits', 'Binary cross entropy with logits']
    : ['bceLoss', 'bce', 'Binary cross entropy']
}

export const mainKey = (subject: Subject): string => logLossOf(subject)[1]

const schemes = {
  balanced: ['crossEntropyBalanced', 'Cross entropy, balanced'],
  effective: ['crossEntropyEffective', 'Cross entropy, weighted by effective number'],
  complement: ['crossEntropyComplement', 'Cross entropy, weighted by complement'],
} as const

/** How much of the truth is each class, and the losses of that. */
function byClass(
  { soft, truth, measures, shares, shareLosses }: Totals,
  { isMultiClass }: Subject,
): { counts: number[]; losses: number[] } {
  const whole = { counts: truth.counts, losses: measures[lossMeasure] }
  if (soft === 0) return whole
  if (isMultiClass) return { counts: shares, losses: shareLosses }
  const moved = (values: number[], parts: number[]) => values.map((value, group) => value + parts[group])
  return { counts: moved(whole.counts, shares), losses: moved(whole.losses, shareLosses) }
}

/**
 * As PyTorch's mean: the sum of the weighted losses over the sum of the weights, and where the truth is divided between classes over the rows;
 * of binary files over the classes 0 and 1.
 */
function weightedCrossEntropy(totals: Totals, subject: Subject, { classWeight }: Settings): LossResult {
  const { counts, losses } = byClass(totals, subject)
  const scheme = typeof classWeight === 'string' ? classWeight : undefined
  const weights = typeof classWeight === 'string' ? classWeights(counts, classWeight) : classWeight
  const total = sum(totals.truth.weights.map((weight, c) => (totals.soft > 0 ? weight : scaled(weights[c], weight))))
  const [key, title] = scheme ? schemes[scheme] : ['crossEntropyWeighted', 'Cross entropy, weighted']
  const loss = described(['crossEntropyLoss', key, title], { weight: scheme ?? weights.join(', ') })
  return divided(loss, sum(losses.map((value, c) => scaled(weights[c], value))), total)
}

/** Every bin that has rows counts the same. */
function ghmc({ ghm: { counts, sums } }: Totals, { momentum }: Settings): LossResult {
  const filled = counts.flatMap((count, bin) => (count > 0 ? [sums[bin] / ((1 - momentum) * count)] : []))
  const parameters = { bins: counts.length, ...(momentum > 0 && { momentum }) }
  return divided(described(['ghmcLoss', 'ghmc', 'GHM-C'], parameters), sum(filled), filled.length)
}

/** The first gamma is the one asked for by itself: its key has no number. */
const focalKey = (key: string, gamma: number, index: number): string => (index === 0 ? key : `${key}Gamma${gamma}`)

function focalLosses(totals: Totals, subject: Subject, { gammas, alpha }: Settings): LossResult[] {
  const total = sum(totals.truth.weights)
  const [name, key] = subject.isMultiClass ? ['softmaxFocalLoss', 'softmaxFocal'] : ['sigmoidFocalLoss', 'sigmoidFocal']
  return gammas.map((gamma, i) => {
    const loss = described([name, focalKey(key, gamma, i), 'Focal loss'], subject.isMultiClass ? { gamma } : { alpha, gamma })
    return divided(loss, totals.sums[focalMeasure(i)], total)
  })
}

/** Losses that are a mean over rows, with what they sum up by group: those that each class has a mean of. */
export function groupMeans(subject: Subject, { gammas }: Settings, totals: Totals): Record<string, number[]> {
  const key = subject.isMultiClass ? 'softmaxFocal' : 'sigmoidFocal'
  const focal = gammas.map((gamma, i) => [focalKey(key, gamma, i), totals.measures[focalMeasure(i)]])
  return Object.fromEntries([[mainKey(subject), totals.measures[lossMeasure]], ...focal])
}

export function lossesOf(totals: Totals, subject: Subject, settings: Settings): LossResult[] {
  const { labelSmoothing } = settings
  const total = sum(totals.truth.weights)
  const labels = totals.truth.weights.length / 2
  const logLoss = totals.sums[lossMeasure]
  const losses = [divided(described(logLossOf(subject)), logLoss, total)]
  if (!subject.isMultiLabel) losses.push(weightedCrossEntropy(totals, subject, settings))
  if (subject.isMultiClass) {
    const smoothed = scaled(1 - labelSmoothing, logLoss) + scaled(labelSmoothing, totals.smooth)
    const loss = described(['crossEntropyLoss', 'crossEntropySmoothed', 'Cross entropy, smoothed'], { labelSmoothing })
    losses.push(divided(loss, smoothed, total))
  }
  if (subject.isMultiLabel && subject.kind === 'logits') {
    const loss = described(['multiLabelSoftMarginLoss', 'multiLabelSoftMargin', 'Multi-label soft margin'])
    losses.push(divided(loss, labels === 1 ? logLoss : totals.rowLoss, total / labels))
  }
  losses.push(...focalLosses(totals, subject, settings))
  if (!subject.isMultiClass) losses.push(ghmc(totals, settings))
  return losses
}
