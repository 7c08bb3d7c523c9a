// The first rows of a file as numbers: what the kind of score and hints about labels are taken from.
import { DataError } from '../errors.js'
import { labelsOf, type Memory, scoresOf, targetsOf } from './memory.js'
import { Problems } from './problems.js'
import { type Selection, type TableReader, truthWidth, widthOf } from './table.js'

/** So many rows are looked at, or all there are. */
const wanted = 1000
/** Of probabilities written with a few digits. */
export const tolerance = 1e-3

/** `greatest`: of its scores. */
function logSumExp(row: Float32Array, greatest: number): number {
  if (!Number.isFinite(greatest)) return greatest
  let sum = 0
  for (const score of row) sum += Math.exp(score - greatest)
  return greatest + Math.log(sum)
}

export class Sample {
  rows = 0
  least = Number.POSITIVE_INFINITY
  greatest = Number.NEGATIVE_INFINITY
  /** Sum of a row: lowest and highest. */
  leastSum = Number.POSITIVE_INFINITY
  greatestSum = Number.NEGATIVE_INFINITY
  /** The largest distance of a row's logsumexp from 0. */
  logSumError = 0
  /** The lowest label that is not the ignored one. */
  leastLabel = Number.POSITIVE_INFINITY
  /** Of rows with a number for each class: they are one 1 among zeros; they sum to 1; they are 0 and 1. */
  areOneHot = true
  areDistributions = true
  areBinary = true

  addRow(row: Float32Array): void {
    let sum = 0
    let least = Number.POSITIVE_INFINITY
    let greatest = Number.NEGATIVE_INFINITY
    for (const score of row) {
      sum += score
      if (score < least) least = score
      if (score > greatest) greatest = score
    }
    if (least < this.least) this.least = least
    if (greatest > this.greatest) this.greatest = greatest
    this.leastSum = Math.min(this.leastSum, sum)
    this.greatestSum = Math.max(this.greatestSum, sum)
    this.logSumError = Math.max(this.logSumError, Math.abs(logSumExp(row, greatest)))
    this.rows++
  }

  addTargets(row: Float32Array): void {
    const sum = row.reduce((total, value) => total + value, 0)
    const isBinary = row.every((value) => value === 0 || value === 1)
    this.areBinary &&= isBinary
    this.areOneHot &&= isBinary && sum === 1
    this.areDistributions &&= Math.abs(sum - 1) <= tolerance
  }

  addLabel(label: number, ignoreIndex: number): void {
    if (label !== ignoreIndex && label < this.leastLabel) this.leastLabel = label
  }
}

/** Where not so many rows can be read, those that can: the evaluation will say what is wrong. */
export async function takeSample(memory: Memory, table: TableReader, selection: Selection, ignoreIndex: number): Promise<Sample> {
  const sample = new Sample()
  const width = widthOf(selection.scores)
  const classes = truthWidth(selection.truth)
  try {
    for await (const batch of table.batches({ ...selection, missing: 'leaveOut' }, new Problems(), true)) {
      const scores = scoresOf(memory, batch, width)
      const targets = targetsOf(memory, batch, batch.targets === 0 ? 0 : classes)
      // As many whatever a batch holds, so that the same file is understood in the same way.
      const rows = Math.min(batch.rows, wanted - sample.rows)
      for (let row = 0; row < rows; row++) {
        sample.addRow(scores.subarray(row * width, (row + 1) * width))
        if (batch.targets !== 0) sample.addTargets(targets.subarray(row * classes, (row + 1) * classes))
      }
      if (batch.labels !== 0) for (const label of labelsOf(memory, batch).subarray(0, rows)) sample.addLabel(label, ignoreIndex)
      if (sample.rows === wanted) break
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
  }
  return sample
}
