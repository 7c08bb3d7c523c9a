// Which columns hold the truth of a row: one label, a number for each class, or a list of names; by their names, else by their values.
import type { DataError } from '../errors.js'
import { type Message, say } from '../message.js'
import { isMostly, quoted } from './cells.js'
import { type Column, countsRows, isNumberList, isNumeric, isWhole } from './columns.js'
import { tagsIn } from './lists.js'
import { isIdName, isIndexName, isPredictedClassName, isWeightName, labelRank, scoreName, targetName } from './names.js'
import { orPercentages } from './percentages.js'
import { isPredictedClass, type ScoreColumns, scoresByValue, scoreWidth } from './scoreColumns.js'

export interface TruthColumns {
  kind: 'label' | 'targets' | 'tags'
  columns: Column[]
  /** Between tags. */
  separator: string
  /** The class of each column as its name says it. */
  classes?: string[]
  evidence: Message
}

type Refuse = (problem: Message) => DataError

const separators = ['|', ';', ',', ' ']
const isUnit = (value: number) => value >= 0 && value <= 1
const holdsUnits = (column: Column) => isNumeric(column) && isMostly(column.numbers, isUnit)

const split = (cell: string, separator: string) =>
  cell
    .split(separator)
    .map((text) => text.trim())
    .filter((text) => text !== '')

/** The tags of a cell. */
const tagsOf = ({ columns, separator }: TruthColumns, cell: string): string[] => (columns[0].lists ? tagsIn(cell) : split(cell, separator))

/** The different names or numbers of classes in the first rows; none where the truth is a number for each class. */
export function truthTexts(truth: TruthColumns): Set<string> {
  const [column] = truth.columns
  if (truth.kind === 'label') return column.distinct
  return new Set(truth.kind === 'tags' ? column.cells.flatMap((cell) => tagsOf(truth, cell)) : [])
}

/** The character that some cells are several names of classes by; undefined when each is one. */
function separatorIn({ cells }: Column, scores: ScoreColumns | undefined): string | undefined {
  const classes = scores && (scores.classes ?? Array.from({ length: scoreWidth(scores) }, (_, i) => String(i)))
  const known = (text: string) => classes?.includes(text) ?? false
  if (cells.length === 0 || cells.every(known)) return undefined
  return separators.find((separator) => {
    const parts = cells.map((cell) => split(cell, separator))
    if (!parts.some((tags) => tags.length > 1)) return false
    // Without names to compare with, only what stands between names and nowhere else.
    return classes ? parts.flat().every(known) : separator === '|' || separator === ';'
  })
}

/** What the columns hold that are known to be the truth. */
export function truthIn(columns: Column[], scores: ScoreColumns | undefined, evidence: Message): TruthColumns {
  const [column] = columns
  const truth = { columns, separator: '|', evidence }
  if (columns.length > 1) {
    return { ...truth, kind: 'targets', classes: columns.map(({ name }) => targetName(name)?.className ?? name.trim()) }
  }
  if (isNumberList(column)) return { ...truth, kind: 'targets' }
  if (column.lists) return { ...truth, kind: 'tags' }
  const separator = separatorIn(column, scores)
  return separator === undefined ? { ...truth, kind: 'label' } : { ...truth, kind: 'tags', separator }
}

function byName(columns: Column[], scores: ScoreColumns | undefined): TruthColumns | undefined {
  const ranked = columns.flatMap((column) => {
    const rank = labelRank(column.name)
    return rank === undefined ? [] : [{ column, rank }]
  })
  const best = ranked.sort((a, b) => a.rank - b.rank)[0]?.column
  return best && truthIn([best], scores, say`the name "${best.name}"`)
}

/** 'y_cat' and 'y_dog', each with numbers from 0 to 1. */
function byTargetNames(columns: Column[]): TruthColumns | undefined {
  const named = columns.flatMap((column) => {
    const isOther = isPredictedClassName(column.name) || isIdName(column.name) || scoreName(column.name) !== undefined
    const target = isOther || !holdsUnits(column) ? undefined : targetName(column.name)
    return target ? [{ column, ...target }] : []
  })
  const { prefix } = named.find(({ prefix: first }, i) => named.some(({ prefix: other }, j) => j !== i && other === first)) ?? {}
  if (prefix === undefined) return undefined
  const group = named.filter((target) => target.prefix === prefix).map(({ column }) => column)
  return truthIn(group, undefined, say`${group.length} columns of numbers from 0 to 1, named ${prefix}_<class>`)
}

/** Columns that are named as the classes of the scores are. */
function byClassNames(columns: Column[], scores: ScoreColumns | undefined): TruthColumns | undefined {
  const found = (scores?.classes ?? []).map((name) => columns.find((column) => column.name.trim() === name && holdsUnits(column)))
  const named = found.filter((column) => column !== undefined)
  if (named.length < 2 || named.length < found.length) return undefined
  return truthIn(named, scores, say`columns of numbers from 0 to 1, named like the classes of the scores`)
}

/** Whole numbers from 0, or 1, to the number of classes; a few others may be ignored labels. */
function isClasses(column: Column, scores: ScoreColumns | undefined): boolean {
  const classes = scores ? Math.max(scoreWidth(scores), 2) : Number.POSITIVE_INFINITY
  return isWhole(column) && isMostly(column.numbers, (value) => value >= 0 && value <= classes)
}

/** Whole numbers that can be classes, the names of the classes, or lists of zeros and ones. */
function byValue(columns: Column[], scores: ScoreColumns | undefined): TruthColumns[] {
  const classes = new Set(scores?.classes)
  return columns.flatMap((column) => {
    if (isIndexName(column.name) || isIdName(column.name) || isWeightName(column.name) || countsRows(column)) return []
    if (isPredictedClass(column)) return []
    if (isClasses(column, scores)) return truthIn([column], scores, say`the only column of whole numbers that can be classes`)
    const isNames = column.distinct.size > 0 && [...column.distinct].every((cell) => classes.has(cell))
    if (isNames) return truthIn([column], scores, say`it holds the class names of the score columns`)
    const truth = truthIn([column], scores, say`the only column of several names of classes a row`)
    if (truth.kind === 'tags' && !column.lists && column.numbers.length === 0) return truth
    const isTargets = isNumberList(column) && column.lists?.rows.every((row) => row === undefined || row.every(isUnit))
    const fits = scores === undefined || scoreWidth(scores) === column.lists?.width
    return isTargets && fits ? truthIn([column], scores, say`the only column of lists of numbers from 0 to 1`) : []
  })
}

/** A file of labels has hardly anything else. */
function onlyColumn(columns: Column[], scores: ScoreColumns | undefined): TruthColumns | undefined {
  const free = columns.filter(
    (column) => !isIndexName(column.name) && !isIdName(column.name) && !isWeightName(column.name) && !countsRows(column),
  )
  if (free.length === 1) return truthIn(free, scores, say`the only column of the labels file that can be it`)
  const isTargets = scores && free.length > 1 && free.length === scoreWidth(scores) && free.every(holdsUnits)
  return isTargets ? truthIn(free, scores, say`as many columns of numbers from 0 to 1 as there are scores, ${free.length}`) : undefined
}

const fits = ({ kind, columns: [column] }: TruthColumns, scores: ScoreColumns | undefined): boolean =>
  scores !== undefined && (kind === 'tags' || (kind === 'targets' ? column.lists?.width === scoreWidth(scores) : isClasses(column, scores)))

/** Finds the truth among the columns; `isLabelsFile` when they are all of a file that was given for it. */
export function findTruth(columns: Column[], scores: ScoreColumns | undefined, isLabelsFile: boolean, refuse: Refuse): TruthColumns {
  const free = columns.filter((column) => !scores?.columns.includes(column))
  const named =
    byName(free, scores) ?? byTargetNames(free) ?? byClassNames(free, scores) ?? (isLabelsFile ? onlyColumn(free, scores) : undefined)
  if (named) return named
  const found = byValue(free, scores)
  // Of several those that leave scores of as many classes as they tell apart.
  const fitting = found.length > 1 ? found.filter((truth) => fits(truth, scores ?? scoresByValue(columns, truth))) : found
  if (fitting.length === 1) return fitting[0]
  const names = found.length > 1 ? found.map((truth) => truth.columns[0].name) : columns.map(({ name }) => name)
  const reason =
    found.length > 1
      ? say`each of the columns ${quoted(names)} could be the label column`
      : say`there is no label column among ${quoted(names)}`
  const problem = say`${reason}: a loss needs the true class of every row. Say which column has it with the option label`
  throw refuse(found.length > 1 ? problem : orPercentages(problem, free))
}
