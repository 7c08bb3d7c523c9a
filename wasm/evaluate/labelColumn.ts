// Which column holds the true class: by its name, else by its values.
import type { DataError } from '../errors.js'
import { type Column, countsRows, isMostly, isWhole, quoted } from './columns.js'
import { isIdName, isIndexName, labelRank, oneHotName } from './names.js'
import { isPredictedClass, type ScoreColumns } from './scoreColumns.js'

export interface LabelColumn {
  column: Column
  evidence: string
}

type Refuse = (problem: string) => DataError

function byName(columns: Column[]): LabelColumn | undefined {
  const ranked = columns.flatMap((column) => {
    const rank = labelRank(column.name)
    return rank === undefined ? [] : [{ column, rank }]
  })
  const best = ranked.sort((a, b) => a.rank - b.rank)[0]?.column
  return best && { column: best, evidence: `the name "${best.name}"` }
}

/** Whole numbers from 0, or 1, to the number of classes; a few others may be ignored labels. */
function isClasses(column: Column, scores: ScoreColumns | undefined): boolean {
  const classes = scores ? Math.max(scores.columns.length, 2) : Number.POSITIVE_INFINITY
  return isWhole(column) && isMostly(column.numbers, (value) => value >= 0 && value <= classes)
}

/** Whole numbers that can be classes, or the names of the classes. */
function byValue(columns: Column[], scores: ScoreColumns | undefined): LabelColumn[] {
  const classes = new Set(scores?.classes)
  return columns.flatMap((column) => {
    if (scores?.columns.includes(column) || isIndexName(column.name) || isIdName(column.name) || countsRows(column)) return []
    if (isPredictedClass(column)) return []
    if (isClasses(column, scores)) return [{ column, evidence: 'the only column of whole numbers that can be classes' }]
    const isNames = column.distinct.size > 0 && [...column.distinct].every((cell) => classes.has(cell))
    return isNames ? [{ column, evidence: 'it holds the class names of the score columns' }] : []
  })
}

function refuseOneHot(columns: Column[], refuse: Refuse): void {
  const prefixes = columns.map(({ name, distinct }) =>
    [...distinct].every((cell) => /^[01](\.0*)?$/.test(cell)) ? oneHotName(name) : undefined,
  )
  const prefix = prefixes.find((name, i) => name !== undefined && prefixes.indexOf(name) !== i)
  if (prefix === undefined) return
  const group = columns.filter((_, i) => prefixes[i] === prefix).map(({ name }) => name)
  throw refuse(
    `the columns ${quoted(group)} hold one label of 0 or 1 per class; what can be evaluated has one label column, with the number or name of the true class`,
  )
}

export function findLabel(columns: Column[], scores: ScoreColumns | undefined, refuse: Refuse): LabelColumn {
  const named = byName(columns.filter((column) => !scores?.columns.includes(column)))
  if (named) return named
  refuseOneHot(columns, refuse)
  const found = byValue(columns, scores)
  if (found.length === 1) return found[0]
  const names = found.length > 1 ? found.map(({ column }) => column.name) : columns.map(({ name }) => name)
  const reason =
    found.length > 1 ? `each of the columns ${quoted(names)} could be the label column` : `there is no label column among ${quoted(names)}`
  throw refuse(`${reason}: a loss needs the true class of every row. Say which column has it with the option label`)
}
