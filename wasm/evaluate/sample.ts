// The first rows of a file as numbers: what the kind of score and hints about labels are taken from.
import { DataError } from '../errors.js'
import { labelsOf, type Memory, scoresOf } from './memory.js'
import type { Selection, TableReader } from './table.js'

/** So many rows are looked at, or all there are. */
const wanted = 1000

function logSumExp(row: Float32Array): number {
  const greatest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  return Number.isFinite(greatest) ? greatest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - greatest), 0)) : greatest
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

  addRow(row: Float32Array): void {
    let sum = 0
    for (const score of row) {
      sum += score
      if (score < this.least) this.least = score
      if (score > this.greatest) this.greatest = score
    }
    this.leastSum = Math.min(this.leastSum, sum)
    this.greatestSum = Math.max(this.greatestSum, sum)
    this.logSumError = Math.max(this.logSumError, Math.abs(logSumExp(row)))
    this.rows++
  }

  addLabel(label: number, ignoreIndex: number): void {
    if (label !== ignoreIndex && label < this.leastLabel) this.leastLabel = label
  }
}

/** Where not so many rows can be read, those before: the evaluation will say what is wrong. */
export async function takeSample(memory: Memory, table: TableReader, selection: Selection, ignoreIndex: number): Promise<Sample> {
  const sample = new Sample()
  const width = selection.scores.length
  try {
    for await (const batch of table.batches(selection)) {
      const scores = scoresOf(memory, batch, width)
      for (let row = 0; row < batch.rows; row++) sample.addRow(scores.subarray(row * width, (row + 1) * width))
      for (const label of labelsOf(memory, batch)) sample.addLabel(label, ignoreIndex)
      if (sample.rows >= wanted) break
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
  }
  return sample
}
