// Bars below one another, each with its name at the left and its value in words at its end.
import type { PlotOptions } from '@observablehq/plot'
import { accent, ink, type Plotting, quiet, type Size, shortened } from './chart'

/** More bars than this are no picture. */
export const mostBars = 40

const letterWidth = 7
const lineHeight = 26

export interface Bar {
  name: string
  value: number | null
  /** The value. */
  words: string
}

/** `full`: the value of a bar that takes the whole width, if none is greater. `longest`: letters of a name that there is room for. */
export function barList(plotting: Plotting, { isNarrow }: Size, bars: Bar[], { full = 0, longest = 18 } = {}): PlotOptions {
  const room = isNarrow ? Math.min(longest, 18) : longest
  const letters = Math.max(4, ...bars.map(({ name }) => Math.min(room, name.length)))
  const value = (bar: Bar) => bar.value ?? 0
  return {
    marginLeft: Math.min(isNarrow ? 150 : 280, 16 + letters * letterWidth),
    marginRight: 16 + Math.max(8, ...bars.map(({ words }) => words.length)) * letterWidth,
    marginTop: 6,
    marginBottom: 6,
    height: 12 + lineHeight * bars.length,
    x: { domain: [0, Math.max(...bars.map(value), full) || 1], axis: null },
    y: { domain: bars.map(({ name }) => name), padding: 0.28, axis: null },
    marks: [
      plotting.axisY({ tickSize: 0, label: null, fill: ink, tickFormat: (name: string) => shortened(name, room) }),
      plotting.barX(bars, { y: 'name', x: value, fill: accent }),
      plotting.text(bars, { y: 'name', x: value, text: 'words', textAnchor: 'start', dx: 6, fill: quiet }),
    ],
  }
}
