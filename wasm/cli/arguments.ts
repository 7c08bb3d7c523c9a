// The command line as options of `evaluate`.
import { parseArgs } from 'node:util'
import type { EvaluateOptions } from '../evaluate/options.js'
import type { ScoreKind, Task } from '../evaluate/report.js'

/** The command cannot be understood. */
export class UsageError extends Error {}

export interface Command {
  path: string
  options: EvaluateOptions
  json: boolean
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const known = {
  task: text,
  scores: text,
  label: text,
  columns: text,
  classes: text,
  header: flag,
  'no-header': flag,
  delimiter: text,
  'ignore-index': text,
  gamma: text,
  alpha: text,
  bins: text,
  'label-smoothing': text,
  json: flag,
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

function numberOf(values: Values, name: 'ignore-index' | 'gamma' | 'alpha' | 'bins' | 'label-smoothing'): number | undefined {
  const value = values[name]
  if (value === undefined) return undefined
  const number = Number(value)
  if (value.trim() === '' || Number.isNaN(number)) throw new UsageError(`--${name} is "${value}"; it must be a number`)
  return number
}

function headerOf({ header, 'no-header': noHeader }: Values): boolean | undefined {
  if (header && noHeader) throw new UsageError('--header and --no-header exclude each other')
  return header || noHeader ? header === true : undefined
}

const namesOf = (list: string | undefined) => list?.split(',').map((name) => name.trim())

function optionsOf(values: Values): EvaluateOptions {
  return {
    // `evaluate` checks these and names what it knows.
    task: values.task as Task | undefined,
    scores: values.scores as ScoreKind | undefined,
    label: values.label,
    columns: namesOf(values.columns),
    classNames: namesOf(values.classes),
    header: headerOf(values),
    delimiter: values.delimiter === 'tab' ? '\t' : values.delimiter,
    ignoreIndex: numberOf(values, 'ignore-index'),
    gamma: numberOf(values, 'gamma'),
    alpha: numberOf(values, 'alpha'),
    bins: numberOf(values, 'bins'),
    labelSmoothing: numberOf(values, 'label-smoothing'),
  }
}

/** What to do; 'help' and 'version' go before all else. */
export function readArguments(args: readonly string[]): Command | 'help' | 'version' {
  const { values, positionals } = parse(args)
  if (values.help) return 'help'
  if (values.version) return 'version'
  if (positionals.length === 0) throw new UsageError('no file is named')
  if (positionals.length > 1) throw new UsageError(`one file at a time: ${positionals.join(', ')}`)
  return { path: positionals[0], options: optionsOf(values), json: values.json === true }
}
