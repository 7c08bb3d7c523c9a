// The command line as options of `evaluate`.
import { parseArgs } from 'node:util'
import type { EvaluateOptions } from '../evaluate/options.js'
import type { ScoreKind, Task } from '../evaluate/report.js'
import { type Condition, readCondition } from './conditions.js'
import { UsageError } from './usageError.js'

export type Output = 'text' | 'json' | 'markdown' | 'junit'

export interface Command {
  /** '-' is the standard input. */
  paths: string[]
  /** Other runs on the same rows. */
  compare: string[]
  /** Of the file with the labels, where they are not in that of the predictions. */
  labels?: string
  options: EvaluateOptions
  output: Output
  /** Keys of the losses to print; undefined for all. */
  losses?: string[]
  byClass: boolean
  /** Whether to print the hardest rows. */
  hardest: boolean
  conditions: Condition[]
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const texts = { type: 'string', multiple: true } as const
const known = {
  task: text,
  scores: text,
  label: text,
  labels: text,
  targets: text,
  columns: text,
  classes: text,
  header: flag,
  'no-header': flag,
  delimiter: text,
  member: text,
  'ignore-index': text,
  gamma: text,
  gammas: text,
  alpha: text,
  bins: text,
  momentum: text,
  'label-smoothing': text,
  'class-weight': text,
  temperature: text,
  renormalise: flag,
  eps: text,
  id: text,
  weight: text,
  missing: text,
  precision: text,
  loss: text,
  'by-class': flag,
  hardest: text,
  workers: text,
  compare: texts,
  'fail-if': texts,
  json: flag,
  markdown: flag,
  junit: flag,
  help: flag,
  version: flag,
}

/** '--alpha -1' as '--alpha=-1': a negative number is a value, no option. */
function joinNegative(args: readonly string[]): string[] {
  const joined: string[] = []
  for (const argument of args) {
    const last = joined.at(-1)
    if (/^-\.?\d/.test(argument) && last?.startsWith('--') && !last.includes('=')) joined[joined.length - 1] = `${last}=${argument}`
    else joined.push(argument)
  }
  return joined
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: joinNegative(args), options: known, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message.split('. ')[0] : String(error))
  }
}

type Values = ReturnType<typeof parse>['values']

type NumberOption =
  | 'ignore-index'
  | 'gamma'
  | 'alpha'
  | 'bins'
  | 'momentum'
  | 'label-smoothing'
  | 'temperature'
  | 'eps'
  | 'hardest'
  | 'workers'

const isNumber = (text: string) => text.trim() !== '' && !Number.isNaN(Number(text))

function numberOf(values: Values, name: NumberOption): number | undefined {
  const value = values[name]
  if (value === undefined) return undefined
  if (!isNumber(value)) throw new UsageError(`--${name} is "${value}"; it must be a number`)
  return Number(value)
}

function numbersOf(values: Values, name: 'gammas' | 'class-weight'): number[] | undefined {
  const value = values[name]
  const numbers = value?.split(',')
  if (numbers && !numbers.every(isNumber)) throw new UsageError(`--${name} is "${value}"; it must be numbers with commas between them`)
  return numbers?.map(Number)
}

/** The name of a scheme, which `evaluate` checks, or a weight for each class. */
function classWeightOf(values: Values): EvaluateOptions['classWeight'] {
  const value = values['class-weight']
  return value !== undefined && /^[a-z]+$/i.test(value) ? (value as EvaluateOptions['classWeight']) : numbersOf(values, 'class-weight')
}

function headerOf({ header, 'no-header': noHeader }: Values): boolean | undefined {
  if (header && noHeader) throw new UsageError('--header and --no-header exclude each other')
  return header || noHeader ? header === true : undefined
}

function missingOf({ missing }: Values): EvaluateOptions['missing'] {
  if (missing === undefined || missing === 'error') return missing
  if (missing === 'leave-out') return 'leaveOut'
  throw new UsageError(`--missing is "${missing}"; it must be error or leave-out`)
}

const outputs = ['json', 'markdown', 'junit'] as const

function outputOf(values: Values): Output {
  const [first, second] = outputs.filter((output) => values[output])
  if (second) throw new UsageError(`--${first} and --${second} exclude each other`)
  return first ?? 'text'
}

/** An empty name says that there is no such column. */
const chosenOrNone = (name: string | undefined) => (name === '' ? null : name)

const namesOf = (list: string | undefined) => list?.split(',').map((name) => name.trim())

function optionsOf(values: Values): EvaluateOptions {
  return {
    // `evaluate` checks these and names what it knows.
    task: values.task as Task | undefined,
    scores: values.scores as ScoreKind | undefined,
    label: values.label,
    targets: namesOf(values.targets),
    columns: namesOf(values.columns),
    classNames: namesOf(values.classes),
    header: headerOf(values),
    delimiter: values.delimiter === 'tab' ? '\t' : values.delimiter,
    member: values.member,
    ignoreIndex: numberOf(values, 'ignore-index'),
    gamma: numberOf(values, 'gamma'),
    gammas: numbersOf(values, 'gammas'),
    alpha: numberOf(values, 'alpha'),
    bins: numberOf(values, 'bins'),
    momentum: numberOf(values, 'momentum'),
    labelSmoothing: numberOf(values, 'label-smoothing'),
    classWeight: classWeightOf(values),
    temperature: numberOf(values, 'temperature'),
    renormalise: values.renormalise,
    eps: numberOf(values, 'eps'),
    id: chosenOrNone(values.id),
    weight: chosenOrNone(values.weight),
    missing: missingOf(values),
    precision: values.precision as EvaluateOptions['precision'],
    hardest: numberOf(values, 'hardest'),
    workers: numberOf(values, 'workers'),
  }
}

/** What to do; 'help' and 'version' go before all else. */
export function readArguments(args: readonly string[]): Command | 'help' | 'version' {
  const { values, positionals } = parse(args)
  if (values.help) return 'help'
  if (values.version) return 'version'
  if (positionals.length === 0) throw new UsageError('no file is named')
  const output = outputOf(values)
  const { compare = [], labels } = values
  if ([...positionals, ...compare, labels].filter((path) => path === '-').length > 1) {
    throw new UsageError('the standard input can be read once')
  }
  if (compare.length > 0 && positionals.length > 1) throw new UsageError('--compare takes the other runs; name one file beside it')
  return {
    paths: positionals,
    compare,
    labels,
    options: optionsOf(values),
    output,
    losses: namesOf(values.loss),
    byClass: values['by-class'] === true,
    hardest: values.hardest !== undefined,
    conditions: (values['fail-if'] ?? []).map(readCondition),
  }
}
