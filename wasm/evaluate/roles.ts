// Which column is what, proposed from names and values or taken from the caller; or the reason why no loss can be had.
import { DataError } from '../errors.js'
import { type Message, say } from '../message.js'
import { quoted } from './cells.js'
import { type Column, columnsOf, countsRows, isNumeric } from './columns.js'
import { evidenceOf } from './evidence.js'
import { isIdName, isIndexName, isWeightName, scoreName } from './names.js'
import { refuseBestAlone, refuseBoxRows, refuseDetections, refuseFalling, refuseRankedNames } from './noLoss.js'
import type { EvaluateOptions } from './options.js'
import { orPercentages, percentagesIn } from './percentages.js'
import type { ColumnRole } from './report.js'
import { isPredictedClass, type ScoreColumns, scoresByLabels, scoresByName, scoresByValue, whyScores } from './scoreColumns.js'
import { placeEvidence } from './sequences.js'
import { softened } from './softLabels.js'
import type { TableHead } from './table.js'
import { findTruth, type TruthColumns, truthIn, truthTexts } from './truth.js'

export interface Roles {
  columns: Column[]
  truth: TruthColumns
  scores: ScoreColumns
  /** Null where the caller says that there is none. */
  id?: ChosenColumn | null
  weight?: ChosenColumn | null
}

export interface ChosenColumn {
  column: Column
  evidence: Message
}

type Refuse = (problem: Message) => DataError

const chosen = say`chosen by the caller`
const unnamed = say`no name of its own: the row numbers that pandas writes`

function columnNamed(columns: Column[], name: string, refuse: Refuse): Column {
  const column = columns.find((candidate) => candidate.name === name)
  if (!column) throw refuse(say`there is no column "${name}"; the columns are ${quoted(columns.map((each) => each.name))}`)
  return column
}

function columnsNamed(columns: Column[], option: string, names: readonly string[], refuse: Refuse): Column[] {
  const found = names.map((name) => columnNamed(columns, name, refuse))
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated !== undefined) throw refuse(say`the option ${option} names "${repeated}" twice`)
  return found
}

function chosenScores(columns: Column[], names: readonly string[], refuse: Refuse): ScoreColumns {
  const scores = columnsNamed(columns, 'columns', names, refuse)
  if (scores.length === 0) throw refuse(say`the option columns names no score column`)
  // A list has several classes, and one name.
  const areNamed = scores.length > 1 && !scores.some(({ lists }) => lists)
  const classes = areNamed ? names.map((name) => scoreName(name)?.className ?? name) : undefined
  return { columns: scores, classes, evidence: chosen }
}

/** Of a text that is shown. */
const shownText = 40

/** Texts, lists whose numbers are lost, or that are none of numbers. */
function refuseTexts({ columns }: ScoreColumns, refuse: Refuse): void {
  const percentages = percentagesIn(columns)
  if (percentages) throw refuse(percentages)
  const text = columns.find((column) => !column.lists && column.cells.length > 1 && column.numbers.length === 0)
  if (text) {
    throw refuse(
      say`the scores in column "${text.name}" are no numbers, but texts such as "${text.cells[0].slice(0, shownText)}". Save one column for each class, such as logit_0, logit_1, or the list as JSON`,
    )
  }
  const column = columns.find(({ lists }) => lists?.isCut || lists?.areTags)
  if (!column) return
  if (column.cells.some((cell) => /^\s*\[\s*\{/.test(cell))) {
    throw refuse(
      say`the lists in column "${column.name}" hold objects, not numbers. Save one column for each class, such as prob_cat, prob_dog, or the scores alone in the order of the classes`,
    )
  }
  if (column.cells.some((cell) => /^\s*\[\s*\[/.test(cell))) {
    throw refuse(
      say`the lists in column "${column.name}" hold lists of lists, or stand in a cell of text. A sequence has a list of the scores of each token, and a list of their labels: save it as JSON Lines or Parquet, or give each token a row of its own`,
    )
  }
  if (column.cells.some((cell) => cell.includes('"'))) throw refuse(say`the lists in column "${column.name}" hold texts, not numbers`)
  if (!column.lists?.isCut) throw refuse(say`the lists in column "${column.name}" are not as many numbers in each row`)
  throw refuse(
    say`column "${column.name}" holds whole lists in its cells, whose middle was left out when the file was written, so that the numbers are lost. Save one column for each class, such as logit_0, logit_1`,
  )
}

function findScores(columns: Column[], truth: TruthColumns, head: TableHead, refuse: Refuse): ScoreColumns {
  const named = scoresByLabels(columns, truth, truthTexts(truth))
  if (named) return named
  const found = scoresByValue(columns, truth)
  const why = found && whyScores(found, truth, head.hasHeader)
  if (found && why) return { ...found, evidence: say`${found.evidence}; ${why}` }
  const others = columns.filter((column) => !truth.columns.includes(column))
  if (others.length === 0) {
    const labels = quoted(truth.columns.map(({ name }) => name))
    throw refuse(say`there are no columns but that of the labels, ${labels}: a loss needs the scores of every row too`)
  }
  const predicted = others.find(isPredictedClass)
  if (predicted) {
    throw refuse(
      say`there is no score column: "${predicted.name}" holds predicted classes, and a loss needs the scores they were chosen by`,
    )
  }
  const problem = say`there is no score column among ${quoted(others.map(({ name }) => name))}: scores are named like score, logit_<class> or prob_<class>, or given by the option columns`
  throw refuse(orPercentages(problem, others))
}

function chosenTruth(columns: Column[], names: readonly string[], scores: ScoreColumns | undefined, refuse: Refuse): TruthColumns {
  const found = columnsNamed(columns, 'targets', names, refuse)
  if (found.length === 0) throw refuse(say`the option targets names no column`)
  const other = found.length > 1 ? found.find((column) => !isNumeric(column)) : undefined
  if (other) {
    throw refuse(orPercentages(say`of several label columns each must hold numbers from 0 to 1, but "${other.name}" does not`, [other]))
  }
  return truthIn(found, scores, chosen)
}

function findId(columns: Column[], { placeColumn }: TableHead, { id }: EvaluateOptions, refuse: Refuse): Roles['id'] {
  if (id === null) return null
  if (id !== undefined) return { column: columnNamed(columns, id, refuse), evidence: chosen }
  const named = columns.find(({ name }) => isIdName(name))
  if (named) return { column: named, evidence: say`the name "${named.name}"` }
  const pandas = columns.find(({ name }) => isIndexName(name))
  if (pandas) return { column: pandas, evidence: unnamed }
  const place = columns.find(({ index }) => index === placeColumn)
  return place && { column: place, evidence: placeEvidence }
}

function findWeight(columns: Column[], { weight }: EvaluateOptions, refuse: Refuse): Roles['weight'] {
  if (weight === null) return null
  if (weight !== undefined) return { column: columnNamed(columns, weight, refuse), evidence: chosen }
  const named = columns.find((column) => isWeightName(column.name) && (isNumeric(column) || percentagesIn([column])))
  const percentages = named && percentagesIn([named])
  if (percentages) throw refuse(percentages)
  return named && { column: named, evidence: say`the name "${named.name}"` }
}

/** The name of a column that is used must not stand over one that is not. */
function refuseTwins(used: readonly Column[], columns: readonly Column[], refuse: Refuse): void {
  const others = columns.filter((column) => !used.includes(column))
  const twin = used.find(({ name }) => name !== '' && others.some((other) => other.name === name))
  if (twin) throw refuse(say`there is more than one column "${twin.name}": each needs a name of its own`)
}

export function findRoles(head: TableHead, file: string, options: EvaluateOptions): Roles {
  const refuse = (problem: Message) => new DataError(problem, { file })
  const columns = columnsOf(head)
  const ofPredictions = columns.filter(({ index }) => index < (head.labelsFrom ?? columns.length))
  const ofLabels = columns.filter(({ index }) => index >= (head.labelsFrom ?? 0))
  const wanted = options.targets ?? (options.label === undefined ? undefined : [options.label])
  const known = wanted && columnsNamed(ofLabels, 'targets', wanted, refuse)
  const unlabelled = ofPredictions.filter((column) => !known?.includes(column))
  const named = options.columns ? chosenScores(unlabelled, options.columns, refuse) : scoresByName(unlabelled)
  if (named) refuseTexts(named, refuse)
  if (named && !options.columns) refuseRankedNames(ofPredictions, named, refuse)
  if (!wanted && !options.columns) refuseDetections(ofPredictions, named, refuse)
  const isLabelsFile = head.labelsFrom !== undefined
  const labels = wanted ? chosenTruth(ofLabels, wanted, named, refuse) : findTruth(ofLabels, named, isLabelsFile, refuse)
  const scores = named ?? findScores(ofPredictions, labels, head, refuse)
  refuseTexts(scores, refuse)
  // Labels of each class are not those of ranks.
  if (!options.columns && labels.kind !== 'targets') refuseFalling(scores, refuse)
  if (!wanted && !options.columns && !isLabelsFile && !head.hasHeader) refuseBoxRows(ofPredictions, scores, labels, refuse)
  if (!wanted && !isLabelsFile) refuseBestAlone(ofPredictions, scores, labels, refuse)
  const truth = softened(labels, scores, file, options)
  refuseTwins(scores.columns, ofPredictions, refuse)
  refuseTwins(truth.columns, ofLabels, refuse)
  const others = columns.filter((column) => !truth.columns.includes(column) && !scores.columns.includes(column))
  return { columns, truth, scores, id: findId(others, head, options, refuse), weight: findWeight(others, options, refuse) }
}

interface RoleFound {
  role: ColumnRole['role']
  evidence: Message
}

function otherRole(column: Column, mayBeId: boolean): RoleFound {
  if (!mayBeId && (isIndexName(column.name) || isIdName(column.name) || countsRows(column))) return { role: 'unused', evidence: chosen }
  if (isIndexName(column.name)) return { role: 'id', evidence: unnamed }
  if (isIdName(column.name)) return { role: 'id', evidence: say`the name "${column.name}"` }
  if (countsRows(column)) return { role: 'id', evidence: say`it counts the rows` }
  if (isPredictedClass(column)) return { role: 'unused', evidence: say`predicted classes are not scores` }
  return { role: 'unused', evidence: say`neither label nor score` }
}

/** What every column is and why, in the order of the file. */
export function describeRoles({ columns, truth, scores, id, weight }: Roles): ColumnRole[] {
  const roleOf = (column: Column): RoleFound => {
    if (truth.columns.includes(column)) return { role: 'label', evidence: truth.evidence }
    if (scores.columns.includes(column)) return { role: 'score', evidence: scores.evidence }
    if (column === weight?.column) return { role: 'weight', evidence: weight.evidence }
    if (column.name === id?.column.name) return { role: 'id', evidence: id.evidence }
    return otherRole(column, id !== null)
  }
  return columns.map((column) => {
    const { role, evidence } = roleOf(column)
    return { column: column.name, index: column.index, role, ...evidenceOf(evidence) }
  })
}
