// Infinite scores can leave a row without any loss: a softmax of them is no distribution.
import { DataError } from '../errors.js'
import type { Understanding } from './mapping.js'
import { labelsOf, type Memory, scoresOf } from './memory.js'
import type { Settings } from './options.js'
import { type Batch, type TableReader, widthOf } from './table.js'

function problemOf(scores: Float32Array): string | undefined {
  if (scores.every((score) => score === Number.NEGATIVE_INFINITY)) return 'all scores are -inf: they give no probabilities'
  const infinite = scores.filter((score) => score === Number.POSITIVE_INFINITY).length
  return infinite > 1 ? `${infinite} scores are +inf: they give no probabilities` : undefined
}

function problemIn(memory: Memory, batch: Batch, width: number, ignoreIndex: number): { row: number; problem: string } | undefined {
  const scores = scoresOf(memory, batch, width)
  const labels = labelsOf(memory, batch)
  for (let row = 0; row < batch.rows; row++) {
    const problem = labels[row] === ignoreIndex ? undefined : problemOf(scores.subarray(row * width, (row + 1) * width))
    if (problem) return { row, problem }
  }
  return undefined
}

/** Reads the file again, to name the row that made the losses NaN. */
export async function explainUndefinedLoss(
  memory: Memory,
  table: TableReader,
  { selection }: Understanding,
  settings: Settings,
): Promise<DataError> {
  const file = table.file.name
  for await (const batch of table.batches(selection)) {
    const found = problemIn(memory, batch, widthOf(selection.scores), settings.ignoreIndex)
    if (found) return new DataError(found.problem, { file, ...batch.place(found.row) })
  }
  return new DataError('the losses are not numbers', { file })
}
