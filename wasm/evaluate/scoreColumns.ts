// Which columns are the scores: by their names, else by their values.
import { type Message, say } from '../message.js'
import { type Column, countsRows, fieldsOf, isFractional, isFractionList, isNumberList, isNumeric, isWhole, numberRows } from './columns.js'
import { isIdName, isIndexName, isPredictedClassName, isWeightName, prefixRank, scoreName, singleScoreRank } from './names.js'
import { widthOf } from './table.js'
import type { TruthColumns } from './truth.js'

export interface ScoreColumns {
  columns: Column[]
  /** The class of each column as its name says it; undefined when the names say nothing. */
  classes?: string[]
  evidence: Message
}

/** Scores of a row. */
export const scoreWidth = ({ columns }: ScoreColumns): number => widthOf(fieldsOf(columns))

/** A column of predicted class numbers is not a score. */
export const isPredictedClass = (column: Column): boolean =>
  isPredictedClassName(column.name) && !isFractional(column) && !isNumberList(column) && column.cells.length > 0

/** `logit_<class>`, with the name as it is written in the file. */
function patternOf({ name }: Column, className: string): string {
  const end = name.lastIndexOf(className)
  return `${name.slice(0, end)}<class>${name.slice(end + className.length)}`
}

interface Named {
  column: Column
  prefix: string
  className: string
}

function namedScores(columns: Column[]): Named[] {
  const named = columns.map((column) => ({ column, score: scoreName(column.name) }))
  return named.flatMap(({ column, score }) =>
    score && !column.lists && (!score.isWeak || isNumeric(column)) ? [{ column, ...score }] : [],
  )
}

/** The largest group of columns whose names differ only in the class. */
function groupByName(named: Named[]): ScoreColumns | undefined {
  const prefixes = [...new Set(named.map(({ prefix }) => prefix))].sort((a, b) => prefixRank(a) - prefixRank(b))
  const groups = prefixes.map((prefix) => named.filter((score) => score.prefix === prefix))
  const [members] = groups.sort((a, b) => b.length - a.length)
  if (!members || members.length === 1) return undefined
  return {
    columns: members.map(({ column }) => column),
    classes: members.map(({ className }) => className),
    evidence: say`${members.length} columns named ${patternOf(members[0].column, members[0].className)}`,
  }
}

function singleByName(columns: Column[], named: Named[]): ScoreColumns | undefined {
  const ranked = columns.flatMap((column) => {
    const rank = isPredictedClass(column) ? undefined : singleScoreRank(column.name)
    return rank === undefined ? [] : [{ column, rank }]
  })
  const best = ranked.sort((a, b) => a.rank - b.rank)[0]?.column ?? named.find(({ column }) => !isPredictedClass(column))?.column
  return best && { columns: [best], evidence: say`the name "${best.name}"` }
}

export function scoresByName(columns: Column[]): ScoreColumns | undefined {
  const named = namedScores(columns)
  return groupByName(named) ?? singleByName(columns, named)
}

const isExplained = ({ name }: Column) => isIndexName(name) || isIdName(name) || isWeightName(name) || singleScoreRank(name) !== undefined

/** Columns that carry the names of the classes in the label column. */
export function scoresByLabels(columns: Column[], truth: TruthColumns, texts: ReadonlySet<string>): ScoreColumns | undefined {
  const found = columns.filter((column) => !truth.columns.includes(column) && isNumeric(column) && column.name.trim() !== '')
  const named = found.filter((column) => texts.has(column.name.trim()))
  if (named.length < 2 || named.length < texts.size) return undefined
  // A class may have no row among the first ones: columns of fractions that no name explains belong to the named ones.
  const all = found.filter((column) => named.includes(column) || (isFractional(column) && !isExplained(column)))
  const label = truth.columns[0].name
  return { columns: all, classes: all.map(({ name }) => name.trim()), evidence: say`the names of the classes in column "${label}"` }
}

/** Columns of fractions, or one of lists of them; a name that says something else rules a column out. */
export function scoresByValue(columns: Column[], truth: TruthColumns): ScoreColumns | undefined {
  const isFree = (column: Column) =>
    !truth.columns.includes(column) && !isIndexName(column.name) && !isIdName(column.name) && !isWeightName(column.name)
  const free = columns.filter(isFree)
  const lists = free.filter(isFractionList)
  if (lists.length === 1) return { columns: lists, evidence: say`the only column of lists of fractions` }
  const found = free.filter((column) => isFractional(column) && !countsRows(column))
  if (found.length === 0) return undefined
  return { columns: found, evidence: found.length === 1 ? say`the only column of fractions` : say`${found.length} columns of fractions` }
}

/** Why the values speak for scores of classes and not for measurements of something; undefined when they do not. */
export function whyScores(scores: ScoreColumns, truth: TruthColumns, hasHeader: boolean): Message | undefined {
  if (!hasHeader) return say`no names say otherwise`
  const width = scoreWidth(scores)
  const [label] = truth.columns
  if (truth.kind === 'targets') {
    return widthOf(fieldsOf(truth.columns)) === width ? say`there are as many labels a row, ${width}` : undefined
  }
  const labels = truth.kind === 'label' && isWhole(label) ? label.numbers : []
  const greatest = labels.reduce((most, value) => Math.max(most, value), -1)
  if (labels.length === 0) return undefined
  if (width === 1) return greatest <= 1 ? say`the labels are 0 and 1` : undefined
  if (greatest === width - 1) return say`the labels are 0 to ${greatest}`
  const sums = numberRows(scores.columns).map((row) => row.reduce((sum, p) => sum + p, 0))
  if (sums.every((sum) => Math.abs(sum - 1) < 1e-3)) return say`they sum to 1 in every row`
  return scores.columns[0].lists && greatest < width ? say`the labels are below ${width}, the number of scores` : undefined
}
