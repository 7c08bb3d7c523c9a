// Rows by class and measure, sorted and cut into pages.
import { checkChoice, checkNumber } from '../arguments.js'
import { SettingError } from '../errors.js'
import { say } from '../message.js'
import type { RowResult } from './report.js'
import type { RowMeasure, RowPage, RowQuery } from './session.js'

const measures: readonly RowMeasure[] = ['loss', 'probability', 'gradientNorm', 'confidence']

export type CheckedQuery = RowQuery & Required<Pick<RowQuery, 'by' | 'from' | 'to' | 'within' | 'sort' | 'limit' | 'offset'>>

const checkName = (option: string, name: string | undefined, names: readonly string[]) => {
  if (name !== undefined && !names.includes(name)) throw new SettingError(say`${option} is ${JSON.stringify(name)}; there is no such class`)
}

const checkCount = (name: string, value: number) => checkNumber(name, value, (v) => Number.isInteger(v) && v >= 0, say`a whole number >= 0`)

export function checkQuery(query: RowQuery, classNames: readonly string[]): CheckedQuery {
  const {
    by = 'loss',
    from = Number.NEGATIVE_INFINITY,
    to = Number.POSITIVE_INFINITY,
    within = 'mean',
    sort = 'descending',
    limit = 100,
    offset = 0,
  } = query
  checkName('label', query.label, classNames)
  checkName('predicted', query.predicted, classNames)
  return {
    ...query,
    by: checkChoice('by', by, measures),
    from: checkNumber('from', from, (v) => !Number.isNaN(v), 'a number'),
    to: checkNumber('to', to, (v) => !Number.isNaN(v), 'a number'),
    within: checkChoice('within', within, ['mean', 'any']),
    sort: checkChoice('sort', sort, ['descending', 'ascending']),
    limit: checkCount('limit', limit),
    offset: checkCount('offset', offset),
  }
}

/** An infinite value is inside where there is no bound. */
export const isWithin = (value: number, { from, to }: CheckedQuery): boolean =>
  value >= from && (value < to || to === Number.POSITIVE_INFINITY)

/** So many are kept at least before those of no more use are forgotten. */
const fewFound = 1000

/** The rows of a page, found among any number of them that come in the order of the file; of equal values the first comes first. */
export class Foremost {
  readonly #query: CheckedQuery
  /** Values and rows of those that may be on the page, or before it. */
  #found: [value: number, row: number][] = []
  /** What does not come before this value is on no page. */
  #last: number | undefined

  constructor(query: CheckedQuery) {
    this.#query = query
  }

  #isBefore(value: number, other: number): boolean {
    return this.#query.sort === 'descending' ? value > other : value < other
  }

  add(value: number, row: number): void {
    if (this.#last !== undefined && !this.#isBefore(value, this.#last)) return
    this.#found.push([value, row])
    if (this.#found.length >= 2 * (this.#query.limit + this.#query.offset) + fewFound) this.#forget()
  }

  #forget(): void {
    const { limit, offset, sort } = this.#query
    const sign = sort === 'descending' ? -1 : 1
    this.#found.sort(([value, row], [other, otherRow]) => (value === other ? row - otherRow : sign * (value - other)))
    this.#found.length = Math.min(this.#found.length, offset + limit)
    this.#last = this.#found.length === offset + limit ? this.#found.at(-1)?.[0] : undefined
  }

  /** In their order. */
  rows(): number[] {
    this.#forget()
    return this.#found.slice(this.#query.offset).map(([, row]) => row)
  }
}

/** The same of results that are there, where the rows are not. */
export function queryResults(results: readonly RowResult[], query: CheckedQuery): RowPage {
  if (query.within === 'any')
    throw new SettingError(say`within is 'any', but the rows are not in memory: they are known by their means alone`)
  const found = results.filter(
    (row) =>
      (query.label === undefined || row.label.split('|').includes(query.label)) &&
      (query.predicted === undefined || row.predicted.split('|').includes(query.predicted)) &&
      isWithin(row[query.by], query),
  )
  const inFileOrder = found.toSorted((a, b) => a.row - b.row)
  const foremost = new Foremost(query)
  inFileOrder.forEach((row, i) => {
    foremost.add(row[query.by], i)
  })
  return { total: found.length, rows: foremost.rows().map((i) => inFileOrder[i]) }
}
