// The frames that the pictures are drawn in: margins, thin lines, axes. One panel stands alone, or two above one another share an x axis.
import type { PlotOptions } from '@observablehq/plot'
import { line, type Plotting, quiet, type Size } from './chart'

type Place = 'alone' | 'upper' | 'lower'

const edges: Record<Place, { marginTop: number; marginBottom: number }> = {
  alone: { marginTop: 30, marginBottom: 52 },
  upper: { marginTop: 30, marginBottom: 14 },
  lower: { marginTop: 36, marginBottom: 52 },
}

/** A panel over x from 0 to `end`; an upper one leaves the axis to the one below. */
export const panel = (place: Place, { isNarrow }: Size, height: number, end = 1): PlotOptions => ({
  marginLeft: isNarrow ? 48 : 56,
  marginRight: 12,
  ...edges[place],
  height,
  x: { domain: [0, end], ...(place === 'upper' ? { axis: null } : {}) },
})

interface Ticks {
  ticks: number | number[]
  tickFormat?: (value: number) => string
}

/** The axis at the left, with thin lines behind the marks. */
export const valueAxis = ({ gridY, axisY }: Plotting, label: string, { ticks, tickFormat }: Ticks) => [
  gridY({ ticks, stroke: line, strokeOpacity: 1 }),
  axisY({ ticks, ...(tickFormat ? { tickFormat } : {}), label, labelAnchor: 'top', labelArrow: 'none', tickSize: 0, fill: quiet }),
]

export const baseAxis = (
  { axisX }: Plotting,
  { isNarrow }: Size,
  label: string,
  { ticks, tickFormat }: Ticks = { ticks: isNarrow ? 5 : 10 },
) =>
  axisX({
    ticks,
    ...(tickFormat ? { tickFormat } : {}),
    label,
    labelAnchor: 'right',
    labelOffset: 42,
    labelArrow: 'none',
    tickSize: 4,
    fill: quiet,
    stroke: quiet,
  })
