// --fail-if: what a report must not come to.
import type { Report } from '../evaluate/report.js'
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
  const [, measure, operator, number] = /^\s*([A-Za-z][\w.]*)\s*([<>]=?)\s*(\S+)\s*$/.exec(text) ?? []
  const threshold = Number(number)
  if (measure === undefined || Number.isNaN(threshold)) {
    throw new UsageError(`--fail-if is "${text}"; it must be a measure, <, <=, > or >=, and a number, such as 'crossEntropy>0.4'`)
  }
  return { text, measure, operator: operator as Condition['operator'], threshold }
}

/** The single numbers of a report by their names: losses by their key. Null where no row counts. */
export function measuresOf({ losses, accuracy, brier, calibration, rows, ignored, leftOut }: Report): Map<string, number | null> {
  const means = losses.map(({ key, mean }): [string, number | null] => [key, mean])
  return new Map([
    ...means,
    ['accuracy', rows === 0 ? null : accuracy],
    ['brier', brier ?? null],
    ['ece', calibration?.ece ?? null],
    ['rows', rows],
    ['ignored', ignored],
    ['leftOut', leftOut.rows],
  ])
}

/** Why the report fails the condition; undefined when it does not. A measure that no row counts for fails. */
export function failureOf({ measure, operator, threshold }: Condition, report: Report): string | undefined {
  const measures = measuresOf(report)
  const value = measures.get(measure)
  if (value === undefined) throw new UsageError(`--fail-if: there is no measure "${measure}"; there are ${[...measures.keys()].join(', ')}`)
  if (value === null) return `${measure} is not known: no row counts`
  return compare[operator](value, threshold) ? `${measure} is ${value}, which is ${operator} ${threshold}` : undefined
}
