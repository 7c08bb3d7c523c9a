// --fail-if: what a report must not come to.
import type { ClassResult, Report } from '../evaluate/report.js'
import { UsageError } from './usageError.js'

export interface Condition {
  /** As it was given. */
  text: string
  measure: string
  operator: '<' | '<=' | '>' | '>='
  threshold: number
}

const compare = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
}

export function readCondition(text: string): Condition {
  const [, measure, operator, number] = /^\s*(\S|\S.*\S)\s*([<>]=?)\s*(\S+)\s*$/.exec(text) ?? []
  const threshold = number?.endsWith('%') ? Number(number.slice(0, -1) || 'none') / 100 : Number(number)
  if (measure === undefined || Number.isNaN(threshold)) {
    throw new UsageError(`--fail-if is "${text}"; it must be a measure, <, <=, > or >=, and a number, such as 'crossEntropy>0.4'`)
  }
  return { text, measure, operator: operator as Condition['operator'], threshold }
}

type Measures = Map<string, number | null>

/** The single numbers of a report by their names: losses by their key. Null where no row counts. */
export function measuresOf({ losses, accuracy, brier, calibration, rows, ignored, leftOut }: Report): Measures {
  const means = losses.map(({ key, mean }): [string, number | null] => [key, mean])
  return new Map([
    ...means,
    ['accuracy', accuracy],
    ['brier', brier ?? null],
    ['ece', calibration?.ece ?? null],
    ['temperature', calibration?.temperature?.value ?? null],
    ['temperatureLoss', calibration?.temperature?.loss ?? null],
    ['rows', rows],
    ['ignored', ignored],
    ['leftOut', leftOut.rows],
  ])
}

/** The numbers of a class. */
function measuresOfClass({ losses, count, share, accuracy, precision }: ClassResult): Measures {
  return new Map([...Object.entries(losses), ['count', count], ['share', share], ['accuracy', accuracy], ['precision', precision ?? null]])
}

/** 'accuracy.cat' is the accuracy of the class 'cat'. Undefined where there is none. */
function measureOf(name: string, report: Report): number | null | undefined {
  const measures = measuresOf(report)
  if (measures.has(name)) return measures.get(name)
  const dot = name.indexOf('.')
  const result = report.classes.find((each) => each.name === name.slice(dot + 1))
  return dot < 0 || !result ? undefined : measuresOfClass(result).get(name.slice(0, dot))
}

/** Why the report fails the condition; undefined when it does not. A measure that no row counts for fails. */
export function failureOf({ measure, operator, threshold }: Condition, report: Report): string | undefined {
  const value = measureOf(measure, report)
  if (value === undefined) {
    const classes = [...(report.classes[0] ? measuresOfClass(report.classes[0]).keys() : [])].map((key) => `${key}.<class>`)
    const known = [...measuresOf(report).keys(), ...classes]
    throw new UsageError(`--fail-if: there is no measure "${measure}"; there are ${known.join(', ')}`)
  }
  if (value === null) return `${measure} is not known${report.rows === 0 ? ': no row counts' : ''}`
  return compare[operator](value, threshold) ? `${measure} is ${value}, which is ${operator} ${threshold}` : undefined
}
