// Why an evaluation did not take a row that could be read.
import { DataError, type DataErrorPlace, type Remedy } from '../errors.js'
import { type Message, say } from '../message.js'
import type { Understanding } from './mapping.js'
import { idOf, labelsOf, scoresOf, targetsOf } from './memory.js'
import type { MainModule } from './module.js'
import { inToken } from './sequences.js'
import { type Batch, columnAt, truthColumns, truthWidth, widthOf } from './table.js'

export const leaveOutRemedy: Remedy = {
  text: say`rows in which something is missing can be left out and counted`,
  settings: { missing: 'leaveOut' },
}

const logitsRemedy: Remedy = { text: say`the scores can be taken for logits`, settings: { scores: 'logits' } }

function labelProblem(label: number, classes: number, leastLabel: number): Message {
  const range = classes === 2 ? say`0 or 1` : say`0 to ${classes - 1}`
  const problem = say`the label ${label} is not ${range}`
  const countsFromOne = label === classes && leastLabel >= 1
  return countsFromOne ? say`${problem}; labels seem to start at 1 here, they must start at 0` : problem
}

/** Infinite scores can leave a row without any loss: a softmax of them is no distribution. */
function infiniteProblem(scores: Float32Array): Message | undefined {
  if (scores.every((score) => score === Number.NEGATIVE_INFINITY)) return say`all scores are -inf: they give no probabilities`
  const infinite = scores.filter((score) => score === Number.POSITIVE_INFINITY).length
  return infinite > 1 ? say`${infinite} scores are +inf: they give no probabilities` : undefined
}

const isShare = (value: number) => value >= 0 && value <= 1

/** Position in the row, and value, of the first number that is not in [0, 1]. */
function firstOutside(values: Float32Array): [position: number, value: number] | undefined {
  const position = values.findIndex((value) => !isShare(value))
  return position < 0 ? undefined : [position, values[position]]
}

interface Row {
  scores: Float32Array
  label?: number
  targets?: Float32Array
}

type Explanation = [problem: Message, column?: number, remedy?: Remedy]

function explain({ scores, label, targets }: Row, { selection, mapping, sample }: Understanding): Explanation {
  const classes = mapping.classNames.length
  const [truthColumn] = truthColumns(selection.truth)
  const { truth } = selection
  const badTarget = targets && truth.kind === 'targets' ? firstOutside(targets) : undefined
  if (badTarget && truth.kind === 'targets') return [say`the target ${badTarget[1]} is not in [0, 1]`, columnAt(truth.fields, badTarget[0])]
  const badScore = mapping.scores.kind === 'probabilities' ? firstOutside(scores) : undefined
  if (badScore) {
    const problem = say`${badScore[1]} is not a probability, which the scores were taken for: ${mapping.scores.said}. If they are none, set the option scores to 'logits'`
    return [problem, columnAt(selection.scores, badScore[0]), logitsRemedy]
  }
  if (label !== undefined && !(label >= 0 && label < Math.max(classes, 2)))
    return [labelProblem(label, classes, sample.leastLabel), truthColumn]
  return [infiniteProblem(scores) ?? say`the scores give no loss`]
}

/** What a row's batch is of. */
export interface RowSource {
  native: MainModule
  understanding: Understanding
  table: { file: { name: string }; head: { names: string[] } }
}

export function explainBadRow({ native, table, understanding }: RowSource, batch: Batch, row: number): DataError {
  const { selection } = understanding
  const ofRow = (values: Float32Array, width: number) => values.slice(row * width, (row + 1) * width)
  const width = widthOf(selection.scores)
  const targets = truthWidth(selection.truth)
  const [problem, column, remedy] = explain(
    {
      scores: ofRow(scoresOf(native, batch, width), width),
      label: batch.labels === 0 ? undefined : labelsOf(native, batch)[row],
      targets: batch.targets === 0 ? undefined : ofRow(targetsOf(native, batch, targets), targets),
    },
    understanding,
  )
  const at: DataErrorPlace = { file: table.file.name, ...batch.place(row) }
  if (column !== undefined) at.column = table.head.names[column]
  return new DataError(inToken(problem, table.head.names, idOf(native, batch, row)), at, { remedy })
}
