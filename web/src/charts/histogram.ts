// What pictures of distributions have in common.
import type { PlotOptions } from '@observablehq/plot'
import { integer } from '../format/number'
import { accent, line, type Plotting, quiet } from './chart'

export interface Bin {
  index: number
  from: number
  to: number
  count: number
}

export const binsOf = ({ edges, counts }: { edges: number[]; counts: number[] }): Bin[] =>
  counts.map((count, index) => ({ index, from: edges[index] ?? 0, to: edges[index + 1] ?? 1, count }))

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
export function countAxis({ gridY, axisY }: Plotting, counts: number[], isLog: boolean, label: string) {
  const ticks = isLog ? powers(Math.max(...counts)) : 4
  return [
    gridY({ ticks, stroke: line, strokeOpacity: 1 }),
    axisY({ ticks, tickFormat: integer, label, labelAnchor: 'top', labelArrow: 'none', tickSize: 0, fill: quiet }),
  ]
}

/** The bars of a histogram; empty bins have none. */
export const bars = ({ rectY }: Plotting, bins: Bin[], isLog: boolean, fill = accent) =>
  rectY(
    bins.filter(({ count }) => count > 0),
    { x1: 'from', x2: 'to', y1: () => (isLog ? logFloor : 0), y2: 'count', fill, insetLeft: 0.5, insetRight: 0.5 },
  )

export const margins = (isNarrow: boolean) => ({ marginLeft: isNarrow ? 44 : 56, marginRight: 12 })
