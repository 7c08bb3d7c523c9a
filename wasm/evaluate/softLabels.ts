// Labels of one column that are not classes but how probable class 1 is: 0.3 instead of 0 or 1.
import { DataError, type Remedy } from '../errors.js'
import { say } from '../message.js'
import { isMostly } from './cells.js'
import { type Column, isNumeric, isWhole } from './columns.js'
import { isSureScoreName, scoreName } from './names.js'
import type { EvaluateOptions } from './options.js'
import { type ScoreColumns, scoreWidth } from './scoreColumns.js'
import type { TruthColumns } from './truth.js'

const taskRemedy: Remedy = {
  text: say`the option task 'binary' takes the labels for probabilities of class 1`,
  settings: { task: 'binary' },
}

const isFraction = (value: number) => value > 0 && value < 1
const isUnit = (value: number) => value >= 0 && value <= 1

/** The name says that it is a logit or a probability, and not a prediction of anything. */
function isSure({ columns: [{ name }] }: ScoreColumns): boolean {
  const named = scoreName(name)
  return isSureScoreName(name) || (named !== undefined && !named.isWeak)
}

const softOf = (truth: TruthColumns): TruthColumns => ({
  ...truth,
  kind: 'targets',
  evidence: say`${truth.evidence}; numbers from 0 to 1: probabilities of class 1`,
})

/**
 * The truth with its labels as probabilities where they are: where the caller says so, by the option targets or the task, or all labels lie in
 * [0, 1] beside a column that is named as one of logits or probabilities. A prediction beside such numbers could be one of the numbers themselves.
 */
export function softened(truth: TruthColumns, scores: ScoreColumns, file: string, { targets, task }: EvaluateOptions): TruthColumns {
  const [column]: Column[] = truth.columns
  const example = column.numbers.find(isFraction)
  if (truth.kind !== 'label' || example === undefined || !isNumeric(column) || !isMostly(column.numbers, isUnit)) return truth
  if (scoreWidth(scores) > 1) {
    // Of rows of classes that are whole numbers the few others are at fault.
    if (isWhole(column)) return truth
    throw new DataError(
      say`the labels in column "${column.name}" are numbers between 0 and 1, such as ${example}, but there are ${scoreWidth(scores)} scores a row: probabilities of one class need its score alone, which the option columns names`,
      { file },
    )
  }
  if (targets || task === 'binary') return softOf(truth)
  if (isSure(scores) && !isWhole(column) && column.numbers.every(isUnit)) return softOf(truth)
  throw new DataError(
    say`the labels in column "${column.name}" are numbers between 0 and 1, such as ${example}, and it is not sure that they are probabilities of a class`,
    { file },
    { remedy: taskRemedy },
  )
}
