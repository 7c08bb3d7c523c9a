// Files that look like predictions of classes and have no loss: ranked lists, the best class alone, detections.
import type { DataError } from '../errors.js'
import { type Message, say } from '../message.js'
import { quoted } from './cells.js'
import { type Column, countsRows, isWhole, numberRows } from './columns.js'
import { boxColumns, isClassNumberName, rankedName } from './names.js'
import { type ScoreColumns, scoreWidth } from './scoreColumns.js'
import type { TruthColumns } from './truth.js'

type Refuse = (problem: Message) => DataError

/** Scores that fall in all of so few rows by chance are rarer than this. */
const rare = 1e-6

function isRare(width: number, rows: number): boolean {
  const orders = Array.from({ length: width }, (_, i) => i + 1).reduce((product, i) => product * i, 1)
  return rows > 1 && orders ** -rows < rare
}

const isNumbered = (classes: string[] | undefined) => classes === undefined || classes.every((name) => /^\d+$/.test(name))

/** Columns beside the scores that name the class of each: 'label_1' beside 'prob_1'. What holds 0 and 1 alone may be labels of the classes. */
function rankedClasses(columns: readonly Column[], { classes }: ScoreColumns): Column[] {
  if (!classes || classes.length < 2 || !isNumbered(classes)) return []
  const named = classes.map((rank) =>
    columns.find((column) => rankedName(column.name) === rank && column.cells.length > 0 && column.numbers.every((value) => value > 1)),
  )
  return named.every((column) => column !== undefined) ? named : []
}

const notOfClasses = (width: number) =>
  say`they are the best ${width} of a ranked list, not a score for each class. If they are, say so with the option columns`

export function refuseRankedNames(columns: readonly Column[], scores: ScoreColumns, refuse: Refuse): void {
  const named = rankedClasses(columns, scores)
  if (named.length === 0) return
  const of = quoted(named.map(({ name }) => name))
  throw refuse(say`${quoted(scores.columns.map(({ name }) => name))} are the scores of the classes in ${of}: ${notOfClasses(named.length)}`)
}

/** In rows of a ranked list the first column is the best class, whichever that is. */
export function refuseFalling(scores: ScoreColumns, refuse: Refuse): void {
  const { columns, classes } = scores
  const width = scoreWidth(scores)
  if (!isNumbered(classes) || width < 3) return
  const rows = numberRows(columns)
  if (!isRare(width, rows.length) || rows.length !== columns[0].values.length) return
  if (!rows.every((row) => row.every((value, i) => i === 0 || value <= row[i - 1]))) return
  const [first, last] = columns[0].lists
    ? [say`the first`, say`the last`]
    : [quoted([columns[0].name]), quoted(columns.slice(-1).map(({ name }) => name))]
  throw refuse(say`in every row the scores fall from ${first} to ${last}: ${notOfClasses(width)}`)
}

const isSameThing = (a: Column, b: Column): boolean => {
  const pairs = new Set(a.cells.map((cell, i) => JSON.stringify([cell.trim(), b.cells[i]?.trim()])))
  return a.cells.length === b.cells.length && pairs.size === a.distinct.size && pairs.size === b.distinct.size
}

/** One prediction a row, its class by number and by name: there is no true class. */
export function refuseBestAlone(columns: readonly Column[], scores: ScoreColumns, truth: TruthColumns, refuse: Refuse): void {
  const [label] = truth.columns
  if (scoreWidth(scores) > 1 || truth.kind !== 'label') return
  const number = columns.find(
    (column) => column !== label && isClassNumberName(column.name) && isWhole(column) && !countsRows(column) && isSameThing(column, label),
  )
  if (!number) return
  throw refuse(
    say`"${label.name}" names the class in "${number.name}", and "${scores.columns[0].name}" is the score of that class alone: one prediction a row. A loss needs the true class of every row, and a score for each class. If they are that, say so with the option label`,
  )
}

/** Boxes with a class and a score each. */
export function refuseDetections(columns: readonly Column[], scores: ScoreColumns | undefined, refuse: Refuse): void {
  if (scores && scoreWidth(scores) > 1) return
  const boxes = boxColumns(columns.map(({ name }) => name))
  if (boxes.length === 0) return
  throw refuse(
    say`these are detections: boxes (${quoted(boxes)}) with a score each. They have a loss only against the true boxes of their images, which the file does not hold. Where a column has the true class of every row, say so with the option label`,
  )
}

const isWithin = (center: number, size: number): boolean => {
  // Of six digits.
  const rounding = 1e-5
  return size > 0 && center - size / 2 >= -rounding && center + size / 2 <= 1 + rounding
}

/** A class, then a box within its image: the center and the size as shares of the image's. */
const isBoxRow = ([label, x, y, width, height, confidence = 1]: number[]): boolean =>
  Number.isInteger(label) && label >= 0 && isWithin(x, width) && isWithin(y, height) && confidence >= 0 && confidence <= 1

/** Numbers that are no box: a row of scores in [0, 1] is one within the image by chance no more often than this. */
const boxByChance = 0.25

/** Rows without names, as YOLO writes them: a class and a box each, perhaps its confidence. */
export function refuseBoxRows(columns: readonly Column[], scores: ScoreColumns, truth: TruthColumns, refuse: Refuse): void {
  const width = scoreWidth(scores)
  const isForm = (columns.length === 5 || columns.length === 6) && width === columns.length - 1 && truth.columns[0] === columns[0]
  if (!isForm) return
  const rows = numberRows(columns)
  if (rows.length !== columns[0].values.length || !rows.every(isBoxRow)) return
  const areDistributions = rows.every(([, ...row]) => Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 0.01)
  // Labels of more classes than there are scores tell as well what it is not.
  const isSure = boxByChance ** rows.length < rare || columns[0].numbers.some((label) => label > width)
  if (areDistributions || !isSure) return
  throw refuse(
    say`these are boxes in images, as YOLO writes them: in every row a class, then center, width and height from 0 to 1 of a box that lies within its image. They have a loss only against the true boxes. If the columns are a label and scores, say so with the options label and columns`,
  )
}
