// Which columns are the scores: by their names, else by their values.
import { type Column, countsRows, isFractional, isNumeric, isWhole } from './columns.js'
import { isIdName, isIndexName, isPredictedClassName, prefixRank, scoreName, singleScoreRank } from './names.js'

export interface ScoreColumns {
  columns: Column[]
  /** The class of each column as its name says it; undefined when the names say nothing. */
  classes?: string[]
  evidence: string
}

/** A column of predicted class numbers is not a score. */
export const isPredictedClass = (column: Column): boolean =>
  isPredictedClassName(column.name) && !isFractional(column) && column.cells.length > 0

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
  return named.flatMap(({ column, score }) => (score && (!score.isWeak || isNumeric(column)) ? [{ column, ...score }] : []))
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
    evidence: `${members.length} columns named ${patternOf(members[0].column, members[0].className)}`,
  }
}

function singleByName(columns: Column[], named: Named[]): ScoreColumns | undefined {
  const ranked = columns.flatMap((column) => {
    const rank = isPredictedClass(column) ? undefined : singleScoreRank(column.name)
    return rank === undefined ? [] : [{ column, rank }]
  })
  const best = ranked.sort((a, b) => a.rank - b.rank)[0]?.column ?? named.find(({ column }) => !isPredictedClass(column))?.column
  return best && { columns: [best], evidence: `the name "${best.name}"` }
}

export function scoresByName(columns: Column[]): ScoreColumns | undefined {
  const named = namedScores(columns)
  return groupByName(named) ?? singleByName(columns, named)
}

const isExplained = ({ name }: Column) => isIndexName(name) || isIdName(name) || singleScoreRank(name) !== undefined

/** Columns that carry the names of the classes in the label column. */
export function scoresByLabels(columns: Column[], label: Column): ScoreColumns | undefined {
  const found = columns.filter((column) => column !== label && isNumeric(column) && column.name.trim() !== '')
  const named = found.filter((column) => label.distinct.has(column.name.trim()))
  if (named.length < 2 || named.length < label.distinct.size) return undefined
  // A class may have no row among the first ones: columns of fractions that no name explains belong to the named ones.
  const all = found.filter((column) => named.includes(column) || (isFractional(column) && !isExplained(column)))
  return { columns: all, classes: all.map(({ name }) => name.trim()), evidence: `the names of the classes in column "${label.name}"` }
}

/** Columns of fractions; a name that says something else rules a column out. */
export function scoresByValue(columns: Column[], label: Column | undefined): ScoreColumns | undefined {
  const found = columns.filter(
    (column) => column !== label && isFractional(column) && !isIndexName(column.name) && !isIdName(column.name) && !countsRows(column),
  )
  if (found.length === 0) return undefined
  return { columns: found, evidence: found.length === 1 ? 'the only column of fractions' : `${found.length} columns of fractions` }
}

/** Why the values speak for scores of classes and not for measurements of something; undefined when they do not. */
export function whyScores({ columns }: ScoreColumns, label: Column, hasHeader: boolean): string | undefined {
  if (!hasHeader) return 'no names say otherwise'
  const labels = isWhole(label) ? label.numbers : []
  if (labels.length === 0) return undefined
  const greatest = Math.max(...labels)
  if (columns.length === 1) return greatest <= 1 ? 'the labels are 0 and 1' : undefined
  if (greatest === columns.length - 1) return `the labels are 0 to ${greatest}`
  const rows = columns[0].numbers.map((_, row) => columns.map(({ numbers }) => numbers[row]))
  return rows.every((row) => Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-3) ? 'they sum to 1 in every row' : undefined
}
