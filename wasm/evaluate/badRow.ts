// Why an evaluation did not take a row that could be read.
import { DataError } from '../errors.js'
import type { Understanding } from './mapping.js'
import { labelsOf, type Memory, scoresOf } from './memory.js'
import { type Batch, columnAt, type TableReader, truthColumns, widthOf } from './table.js'

function labelProblem(label: number, classes: number, leastLabel: number): string {
  const range = classes === 2 ? '0 or 1' : `0 to ${classes - 1}`
  const problem = `the label ${label} is not ${range}`
  const countsFromOne = label === classes && leastLabel >= 1
  return countsFromOne ? `${problem}; labels seem to start at 1 here, they must start at 0` : problem
}

export function explainBadRow(memory: Memory, table: TableReader, batch: Batch, row: number, understanding: Understanding): DataError {
  const { selection, mapping, sample } = understanding
  const at = { file: table.file.name, ...batch.place(row) }
  const { names } = table.head
  const classes = mapping.classNames.length
  const label = labelsOf(memory, batch)[row]
  const width = widthOf(selection.scores)
  const scores = scoresOf(memory, batch, width).slice(row * width, (row + 1) * width)
  const outside = mapping.scores.kind === 'probabilities' ? scores.findIndex((score) => !(score >= 0 && score <= 1)) : -1
  if (outside < 0) {
    const [column] = truthColumns(selection.truth)
    return new DataError(labelProblem(label, classes, sample.leastLabel), { ...at, column: names[column] })
  }
  const reason = `${mapping.scores.evidence}. If they are none, set the option scores to 'logits'`
  return new DataError(`${scores[outside]} is not a probability, which the scores were taken for: ${reason}`, {
    ...at,
    column: names[columnAt(selection.scores, outside)],
  })
}
