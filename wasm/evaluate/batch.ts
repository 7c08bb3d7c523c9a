// One batch of rows into an evaluation.
import { explainBadRow, type RowSource } from './badRow.js'
import type { Evaluator } from './evaluator.js'
import type { Batch } from './table.js'

/** Throws a DataError that names the row which cannot be evaluated. */
export function takeBatch(source: RowSource, evaluator: Evaluator, batch: Batch): void {
  const taken = evaluator.update(batch)
  if (taken < batch.rows) throw explainBadRow(source, batch, taken)
}
