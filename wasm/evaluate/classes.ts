// The classes of a file: their names, and which number a label cell stands for.
import { DataError, SettingError } from '../errors.js'
import { type Message, say } from '../message.js'
import { quoted } from './cells.js'
import { isWhole } from './columns.js'
import type { Settings } from './options.js'
import { orPercentages } from './percentages.js'
import type { Task } from './report.js'
import type { Roles } from './roles.js'
import { scoreWidth } from './scoreColumns.js'
import { truthTexts } from './truth.js'

export interface Classes {
  names: string[]
  /** Labels that are text; undefined when they are numbers of classes. */
  labelNames?: ReadonlyMap<string, number>
  /** Positions of the truth's columns in the order of the scores; undefined when it is the same. */
  order?: number[]
  evidence: Message
}

type Refuse = (problem: Message) => DataError

const truths = [
  ['false', 'true'],
  ['f', 't'],
  ['no', 'yes'],
  ['n', 'y'],
]

const positions = (count: number) => Array.from({ length: count }, (_, i) => String(i))

/** Each name with its position; the ignored label stays itself. */
const numbered = (names: readonly string[], ignoreIndex: number): Map<string, number> =>
  new Map([...names.map((name, i): [string, number] => [name.trim(), i]), [String(ignoreIndex), ignoreIndex]])

/** 'False', 'false' and 'FALSE', as programs write them. */
function truthNames(labels: readonly string[], ignoreIndex: number): ReadonlyMap<string, number> | undefined {
  const pair = truths.find((words) => labels.every((label) => words.includes(label.toLowerCase())))
  if (!pair || labels.length === 0) return undefined
  const spellings = (word: string) => [word, word.toUpperCase(), word[0].toUpperCase() + word.slice(1)]
  const names = pair.flatMap((word, number) => spellings(word).map((spelling): [string, number] => [spelling, number]))
  return new Map([...names, [String(ignoreIndex), ignoreIndex]])
}

function givenClasses(
  names: readonly string[],
  count: number,
  labels: readonly string[],
  areNumbers: boolean,
  ignoreIndex: number,
): Classes {
  if (names.length !== count) throw new SettingError(say`classNames has ${names.length} names for ${count} classes`)
  const areNames = labels.every((label) => names.includes(label))
  return {
    names: [...names],
    labelNames: areNumbers && !areNames ? undefined : numbered(names, ignoreIndex),
    evidence: say`class names from the caller`,
  }
}

/** The labels of the first rows, without the ignored one. */
function firstLabels({ truth }: Roles, ignoreIndex: number): string[] {
  return [...truthTexts(truth)].filter((text) => Number(text) !== ignoreIndex)
}

/** Numbers of classes, and not names of them. */
const areClassNumbers = ({ truth }: Roles, labels: readonly string[]): boolean =>
  truth.kind === 'label' ? isWhole(truth.columns[0]) : labels.every((text) => /^\d+$/.test(text))

function binaryClasses(roles: Roles, settings: Settings, refuse: Refuse): Classes {
  const labels = firstLabels(roles, settings.ignoreIndex)
  const areNumbers = areClassNumbers(roles, labels)
  const names = ['0', '1']
  if (settings.classNames) return givenClasses(settings.classNames, 2, labels, areNumbers, settings.ignoreIndex)
  const labelNames = truthNames(labels, settings.ignoreIndex)
  if (labelNames) return { names, labelNames, evidence: say`labels ${quoted(labels)} are false and true` }
  const score = roles.scores.columns[0].name
  const wrong = labels.find((label) => areNumbers && Number.isInteger(Number(label)) && Number(label) !== 0 && Number(label) !== 1)
  // Where none was met in the first rows, the rows are at fault.
  const mayBeNumbers = areNumbers || labels.length === 0
  if (mayBeNumbers && wrong === undefined) return { names, evidence: say`labels 0 and 1` }
  if (labels.length > 2) {
    throw refuse(
      say`one score column ("${score}") tells two classes apart, but the labels are ${quoted(labels)}: a loss needs a score for every class, not that of the predicted class alone`,
    )
  }
  const doubt = areNumbers ? say`` : say`. Where they are the predicted classes there is no loss: it needs the true ones`
  throw refuse(
    say`with one score column ("${score}") the labels must be 0 and 1, not ${quoted(labels)}; the option classNames says which label is 0 and which is 1${doubt}`,
  )
}

function multiClassClasses(roles: Roles, settings: Settings, refuse: Refuse): Classes {
  const { scores, truth } = roles
  const labels = firstLabels(roles, settings.ignoreIndex)
  const areNumbers = areClassNumbers(roles, labels)
  const names = scores.classes ?? positions(scoreWidth(scores))
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated !== undefined) throw refuse(say`two score columns are named for the class "${repeated}"`)
  if (settings.classNames) return givenClasses(settings.classNames, names.length, labels, areNumbers, settings.ignoreIndex)
  const isOne = (of: readonly string[]) => labels.length > 0 && labels.every((text) => of.includes(text))
  if (areNumbers && names.every((name, i) => name === String(i)))
    return { names, evidence: say`labels are the numbers of the score columns` }
  if (isOne(names))
    return { names, labelNames: numbered(names, settings.ignoreIndex), evidence: say`labels are the class names of the score columns` }
  const columnNames = scores.columns[0].lists ? [] : scores.columns.map(({ name }) => name)
  if (isOne(columnNames)) {
    return { names, labelNames: numbered(columnNames, settings.ignoreIndex), evidence: say`labels are the names of the score columns` }
  }
  if (areNumbers || labels.length === 0) return { names, evidence: say`labels are the positions of the score columns, from 0` }
  const unknown = labels.filter((text) => !names.includes(text))
  throw refuse(
    say`the labels in column "${truth.columns[0].name}" (${quoted(unknown)}) are neither whole numbers nor among the classes of the score columns (${quoted(names)}); the option classNames gives the classes in the order of the score columns`,
  )
}

const sameSet = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((name) => b.includes(name))

/** Where the truth is a number for each class: the columns of the truth are put into the order of the scores. */
function targetClasses({ scores, truth }: Roles, settings: Settings, refuse: Refuse): Classes {
  const width = scoreWidth(scores)
  const names = scores.classes ?? truth.classes ?? positions(width)
  const { classNames } = settings
  if (classNames && classNames.length !== width) throw new SettingError(say`classNames has ${classNames.length} names for ${width} classes`)
  const evidence = say`a number for each class`
  if (scores.classes && truth.classes && sameSet(scores.classes, truth.classes)) {
    const order = scores.classes.map((name) => truth.classes?.indexOf(name) ?? -1)
    return { names: [...(classNames ?? names)], order, evidence: say`${evidence}, by name` }
  }
  const areNames = (classes: readonly string[] | undefined) => classes?.some((name) => !/^\d+$/.test(name)) ?? false
  if (areNames(scores.classes) && areNames(truth.classes) && !settings.columns && !settings.targets) {
    throw refuse(
      say`the labels are for the classes ${quoted(truth.classes ?? [])}, but the scores for ${quoted(scores.classes ?? [])}; the options targets and columns give the columns of both in one order`,
    )
  }
  return { names: [...(classNames ?? names)], evidence: say`${evidence}, in the order of the score columns` }
}

/** With one score a row the numbers are how probable class 1 is. */
function softClasses({ classNames = ['0', '1'] }: Settings): Classes {
  if (classNames.length !== 2) throw new SettingError(say`classNames has ${classNames.length} names for ${2} classes`)
  return { names: [...classNames], evidence: say`labels are the probability of class 1` }
}

/** The classes, by the names of the score columns and the labels of the first rows. */
export function findClasses(task: Task, roles: Roles, file: string, settings: Settings): Classes {
  const refuse: Refuse = (problem) => new DataError(orPercentages(problem, roles.truth.columns), { file })
  const isBinary = task === 'binary'
  if (roles.truth.kind === 'targets') return isBinary ? softClasses(settings) : targetClasses(roles, settings, refuse)
  return isBinary ? binaryClasses(roles, settings, refuse) : multiClassClasses(roles, settings, refuse)
}
