// What the scores are: logits, probabilities or log-probabilities, from the first rows.
import { DataError } from '../errors.js'
import { type Message, say } from '../message.js'
import { evidenceOf } from './evidence.js'
import type { EvaluateOptions } from './options.js'
import type { Mapping, ScoreKind } from './report.js'
import { type Sample, tolerance } from './sample.js'

const codes: Record<ScoreKind, number> = { logits: 0, probabilities: 1, logProbabilities: 2 }
/** The number that the core knows the kind by. */
export const scoreKindCode = (kind: ScoreKind): number => codes[kind]

interface Finding {
  kind: ScoreKind
  evidence: Message
  /** Nothing else looks like this. */
  isSure: boolean
}

const short = (value: number) => String(Number(value.toPrecision(4)))

/** `rescaling`: what can be done to probabilities that do not sum to 1. */
function find(sample: Sample, columns: number, rescaling: Message): Finding {
  const { rows, least, greatest, leastSum, greatestSum, logSumError } = sample
  if (rows === 0) return { kind: 'logits', evidence: say`assumed: no row could be read`, isSure: false }
  const which = rows === 1 ? say`the first row` : say`the first ${rows} rows`
  const range = say`${short(least)} to ${short(greatest)}`
  const isUnit = least >= 0 && greatest <= 1
  if (isUnit && columns === 1) return { kind: 'probabilities', evidence: say`all scores of ${which} lie in [0, 1]: ${range}`, isSure: true }
  if (isUnit && leastSum >= 1 - tolerance && greatestSum <= 1 + tolerance) {
    return { kind: 'probabilities', evidence: say`all scores of ${which} lie in [0, 1] and sum to 1 in each row`, isSure: true }
  }
  if (isUnit) {
    const sums = say`${short(leastSum)} to ${short(greatestSum)}`
    return {
      kind: 'probabilities',
      evidence: say`all scores of ${which} lie in [0, 1], but rows sum to ${sums}: a probability for each class by itself${rescaling}`,
      isSure: false,
    }
  }
  if (columns > 1 && greatest <= 0 && logSumError <= tolerance) {
    return {
      kind: 'logProbabilities',
      evidence: say`no score of ${which} is above 0, and their exponentials sum to 1 in each row`,
      isSure: true,
    }
  }
  return { kind: 'logits', evidence: say`scores of ${which} go from ${range}`, isSure: true }
}

/** The kind of score, found or taken from the caller; an error when the caller must be wrong. */
export function findScoreKind(
  sample: Sample,
  columns: number,
  file: string,
  { scores, renormalise, eps, task }: EvaluateOptions,
): Mapping['scores'] {
  const offer = renormalise ? say`, rescaled to sum 1` : say`; the option renormalise rescales them to sum 1`
  const found = find(sample, columns, task === 'multiLabel' ? say`` : offer)
  // With several labels a row, and with one score, logs are limited as those of BCELoss are.
  const isInfinite = found.kind === 'probabilities' && sample.least === 0 && columns > 1 && task !== 'multiLabel' && !eps
  if (isInfinite) {
    found.evidence = say`${found.evidence}; some are 0, whose loss is infinite: the option eps is the least that a probability counts with`
  }
  if (scores === undefined) return { kind: found.kind, ...evidenceOf(found.evidence) }
  if (scores === 'logits' && found.kind === 'probabilities' && found.isSure) {
    throw new DataError(
      say`the scores were said to be logits, but they are probabilities: ${found.evidence}. Set the option scores to 'probabilities'`,
      { file },
    )
  }
  if (scores === 'logProbabilities' && sample.greatest > 0) {
    throw new DataError(say`the scores were said to be log-probabilities, but they go up to ${short(sample.greatest)}, above 0`, { file })
  }
  return { kind: scores, ...evidenceOf(say`chosen by the caller; ${found.evidence}`) }
}
