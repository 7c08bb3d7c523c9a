// What pictures of distributions have in common.
import type { PlotOptions } from '@observablehq/plot'
import type { RowMeasure, RowQuery, Task } from 'losskit/evaluate'
import { integer, short, tick } from '../format/number'
import { text } from '../text/text'
import { accent, type Column, type Plotting } from './chart'
import { valueAxis } from './panel'

export interface Bin {
  index: number
  from: number
  to: number
  count: number
}

export const binsOf = ({ edges, counts }: { edges: number[]; counts: number[] }): Bin[] =>
  counts.map((count, index) => ({ index, from: edges[index] ?? 0, to: edges[index + 1] ?? 1, count }))

interface Words {
  edge?: (value: number) => string
  /** Where the last bin has no end. */
  isOpen?: boolean
}

/** The columns of every table of bins. */
export function binColumns(count: number, { edge = short, isOpen = false }: Words = {}): Column<Bin>[] {
  const head = text.gradientNorm.columns
  const isEndless = ({ index }: Bin) => isOpen && index === count - 1
  return [
    { key: 'from', title: head.from, value: ({ from }) => from, words: ({ from }) => edge(from) },
    { key: 'to', title: head.to, value: (bin) => (isEndless(bin) ? null : bin.to), words: (bin) => (isEndless(bin) ? '∞' : edge(bin.to)) },
    { key: 'count', title: head.count, value: ({ count }) => count, words: ({ count }) => integer(count) },
  ]
}

/** The rows of a bin by what it is a bin of; the last bin has its upper edge in it. Of several labels, rows with one that is in the bin. */
export const rowsOfBins =
  (by: RowMeasure, task: Task, count: number, sort: RowQuery['sort'] = 'descending') =>
  ({ index, from, to }: Bin): RowQuery => ({
    by,
    from,
    ...(index === count - 1 ? {} : { to }),
    ...(task === 'multiLabel' ? { within: 'any' } : {}),
    sort,
  })

/** On a logarithmic axis, which has no 0, bars start here: a count of 1 is still seen. */
const logFloor = 0.7

/** A scale of counts from 0, or of their logarithms. */
export function countScale(counts: number[], isLog: boolean): NonNullable<PlotOptions['y']> {
  const highest = Math.max(1, ...counts)
  return isLog ? { type: 'log', domain: [logFloor, highest * 1.2] } : { type: 'linear', domain: [0, highest], nice: 4 }
}

/** Powers of ten up to the highest count. */
const powers = (highest: number) => Array.from({ length: Math.floor(Math.log10(Math.max(1, highest))) + 1 }, (_, power) => 10 ** power)

/** Ticks with thin lines behind the marks; of a logarithmic scale the powers of ten alone. */
export const countAxis = (plotting: Plotting, counts: number[], isLog: boolean, label: string) =>
  valueAxis(plotting, label, { ticks: isLog ? powers(Math.max(...counts)) : 4, tickFormat: tick })

/** The bars of a histogram; empty bins have none. */
export const bars = ({ rectY }: Plotting, bins: Bin[], isLog: boolean, fill = accent) =>
  rectY(
    bins.filter(({ count }) => count > 0),
    { x1: 'from', x2: 'to', y1: () => (isLog ? logFloor : 0), y2: 'count', fill, insetLeft: 0.5, insetRight: 0.5 },
  )
