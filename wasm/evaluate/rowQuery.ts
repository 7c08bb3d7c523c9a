// Rows by class and measure, sorted and cut into pages.
import { checkChoice, checkNumber } from '../arguments.js'
import type { RowResult } from './report.js'
import type { RowMeasure, RowPage, RowQuery } from './session.js'

const measures: readonly RowMeasure[] = ['loss', 'probability', 'gradientNorm', 'confidence']

export type CheckedQuery = RowQuery & Required<Pick<RowQuery, 'by' | 'from' | 'to' | 'within' | 'sort' | 'limit' | 'offset'>>

const checkName = (option: string, name: string | undefined, names: readonly string[]) => {
  if (name !== undefined && !names.includes(name)) throw new RangeError(`${option} is ${JSON.stringify(name)}; there is no such class`)
}

const checkCount = (name: string, value: number) => checkNumber(name, value, (v) => Number.isInteger(v) && v >= 0, 'a whole number >= 0')

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

/**
 * Positions of the page's values in their order; of equal ones the first comes first. Only what may be on the page is sorted with its
 * position.
 */
export function pageOf(values: Float32Array, { sort, limit, offset }: CheckedQuery): number[] {
  const wanted = Math.min(offset + limit, values.length)
  if (wanted === 0 || offset >= values.length) return []
  const isDescending = sort === 'descending'
  const sorted = values.slice().sort()
  const last = isDescending ? sorted[sorted.length - wanted] : sorted[wanted - 1]
  const candidates: number[] = []
  for (let i = 0; i < values.length; i++) if (isDescending ? values[i] >= last : values[i] <= last) candidates.push(i)
  candidates.sort((a, b) => (isDescending ? values[b] - values[a] : values[a] - values[b]) || a - b)
  return candidates.slice(offset, wanted)
}

/** The same of results that are there, where the rows are not. */
export function queryResults(results: readonly RowResult[], query: CheckedQuery): RowPage {
  if (query.within === 'any') throw new RangeError("within is 'any', but the rows are not in memory: they are known by their means alone")
  const found = results.filter(
    (row) =>
      (query.label === undefined || row.label.split('|').includes(query.label)) &&
      (query.predicted === undefined || row.predicted.split('|').includes(query.predicted)) &&
      isWithin(row[query.by], query),
  )
  const inFileOrder = found.toSorted((a, b) => a.row - b.row)
  const positions = pageOf(
    Float32Array.from(inFileOrder, (row) => row[query.by]),
    query,
  )
  return { total: found.length, rows: positions.map((i) => inFileOrder[i]) }
}
