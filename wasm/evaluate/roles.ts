// Which column is what, proposed from names and values or taken from the caller; or the reason why no loss can be had.
import { DataError } from '../errors.js'
import { type Column, columnsOf, countsRows, quoted } from './columns.js'
import { findLabel, type LabelColumn } from './labelColumn.js'
import { isIdName, isIndexName, scoreName } from './names.js'
import type { EvaluateOptions } from './options.js'
import type { ColumnRole } from './report.js'
import { isPredictedClass, type ScoreColumns, scoresByLabels, scoresByName, scoresByValue, whyScores } from './scoreColumns.js'
import type { TableHead } from './table.js'

export interface Roles {
  columns: Column[]
  label: LabelColumn
  scores: ScoreColumns
}

type Refuse = (problem: string) => DataError

const chosen = 'chosen by the caller'

function columnNamed(columns: Column[], name: string, refuse: Refuse): Column {
  const column = columns.find((candidate) => candidate.name === name)
  if (!column) throw refuse(`there is no column "${name}"; the columns are ${quoted(columns.map((each) => each.name))}`)
  return column
}

function chosenScores(columns: Column[], names: readonly string[], refuse: Refuse): ScoreColumns {
  const scores = names.map((name) => columnNamed(columns, name, refuse))
  if (scores.length === 0) throw refuse('the option columns names no score column')
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated !== undefined) throw refuse(`the option columns names "${repeated}" twice`)
  const classes = names.map((name) => scoreName(name)?.className ?? name)
  return { columns: scores, classes: scores.length > 1 ? classes : undefined, evidence: chosen }
}

/** In rows of a ranked list the first column is the best class, whichever that is. */
function refuseRanked({ columns, classes }: ScoreColumns, refuse: Refuse): void {
  const rows = columns[0].numbers.length
  const isNumbered = classes?.every((name) => /^\d+$/.test(name))
  if (!isNumbered || columns.length < 3 || rows < 20 || columns.some(({ numbers }) => numbers.length !== rows)) return
  const falls = columns.slice(1).every(({ numbers }, i) => numbers.every((value, row) => value <= columns[i].numbers[row]))
  if (!falls) return
  throw refuse(
    `in every row the scores fall from "${columns[0].name}" to "${columns.at(-1)?.name}": they are the best ${columns.length} of a ranked list, ` +
      'not a score for each class. If they are, say so with the option columns',
  )
}

function refuseLists({ columns }: ScoreColumns, refuse: Refuse): void {
  const column = columns.find(({ cells }) => cells[0]?.trim().startsWith('['))
  if (!column) return
  const problem = /\.\.\.|…/.test(column.cells[0])
    ? 'whose middle was left out when the file was written, so that the numbers are lost'
    : 'where a column for each class is needed'
  throw refuse(
    `column "${column.name}" holds whole lists in its cells, ${problem}. Save one column for each class, such as logit_0, logit_1`,
  )
}

function findScores(columns: Column[], label: LabelColumn, head: TableHead, refuse: Refuse): ScoreColumns {
  const named = scoresByLabels(columns, label.column)
  if (named) return named
  const found = scoresByValue(columns, label.column)
  const why = found && whyScores(found, label.column, head.hasHeader)
  if (found && why) return { ...found, evidence: `${found.evidence}; ${why}` }
  const others = columns.filter((column) => column !== label.column)
  const predicted = others.find(isPredictedClass)
  if (predicted) {
    throw refuse(`there is no score column: "${predicted.name}" holds predicted classes, and a loss needs the scores they were chosen by`)
  }
  throw refuse(
    `there is no score column among ${quoted(others.map(({ name }) => name))}: scores are named like score, logit_<class> or prob_<class>, ` +
      'or given by the option columns',
  )
}

export function findRoles(head: TableHead, file: string, options: EvaluateOptions): Roles {
  const refuse = (problem: string) => new DataError(problem, { file })
  const columns = columnsOf(head)
  const wanted = options.label === undefined ? undefined : { column: columnNamed(columns, options.label, refuse), evidence: chosen }
  const unlabelled = columns.filter((column) => column !== wanted?.column)
  const named = options.columns ? chosenScores(unlabelled, options.columns, refuse) : scoresByName(unlabelled)
  const label = wanted ?? findLabel(columns, named, refuse)
  const scores = named ?? findScores(columns, label, head, refuse)
  refuseLists(scores, refuse)
  if (!options.columns) refuseRanked(scores, refuse)
  return { columns, label, scores }
}

function otherRole(column: Column): Pick<ColumnRole, 'role' | 'evidence'> {
  if (isIndexName(column.name)) return { role: 'id', evidence: 'no name of its own: the row numbers that pandas writes' }
  if (isIdName(column.name)) return { role: 'id', evidence: `the name "${column.name}"` }
  if (countsRows(column)) return { role: 'id', evidence: 'it counts the rows' }
  if (isPredictedClass(column)) return { role: 'unused', evidence: 'predicted classes are not scores' }
  return { role: 'unused', evidence: 'neither label nor score' }
}

/** What every column is and why, in the order of the file. */
export function describeRoles({ columns, label, scores }: Roles): ColumnRole[] {
  return columns.map((column) => {
    const { name, index } = column
    if (column === label.column) return { column: name, index, role: 'label', evidence: label.evidence }
    if (scores.columns.includes(column)) return { column: name, index, role: 'score', evidence: scores.evidence }
    return { column: name, index, ...otherRole(column) }
  })
}
