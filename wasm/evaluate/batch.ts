// One batch of rows into an evaluation.
import { explainBadRow, type RowSource } from './badRow.js'
import type { Evaluator } from './evaluator.js'
import type { Problems } from './problems.js'
import { type Batch, rowsOf } from './table.js'

/** Notes the rows that cannot be evaluated. Where there are any, no row of the batch need be taken: there will be no report. */
export function takeBatch(
  source: RowSource,
  evaluator: Evaluator,
  batch: Batch,
  problems: Problems,
  update = (rows: Batch) => evaluator.update(rows),
): void {
  const { selection } = source.understanding
  let row = update(batch)
  while (row < batch.rows) {
    // All of them, as the reader may have noted rows further on in the batch already.
    problems.note(explainBadRow(source, batch, row))
    if (++row === batch.rows) return
    row += update(rowsOf(batch, row, batch.rows, selection))
  }
}
