// One bar a class: any measure of the table of classes.
import type { ClassResult, Report } from 'losskit/evaluate'
import type { ClassMeasure } from '../panels/classMeasures'
import { text } from '../text/text'
import { accent, type Chart, ink, quiet } from './chart'

/** More bars than this are no picture; the table and the CSV have them all. */
const most = 40

interface Bar {
  result: ClassResult
  value: number | null
}

const wordWidth = 7

export function classBarsChart(id: string, heading: string, { classes, task }: Report, measure: ClassMeasure, note?: string): Chart<Bar> {
  const bars = classes.map((result) => ({ result, value: measure.value(result) })).sort((a, b) => (b.value ?? -1) - (a.value ?? -1))
  const shown = bars.slice(0, most)
  const longest = Math.max(4, ...shown.map(({ result }) => Math.min(18, result.name.length)))
  const nameOf = ({ result }: Bar) => result.name
  return {
    id,
    heading,
    cursor: text.classBars.cursor(measure.title),
    items: shown,
    columns: [
      { key: 'class', title: text.classes.name, value: nameOf },
      { key: measure.key, title: measure.title, value: ({ value }) => value, words: ({ value }) => measure.words(value) },
      ...(note
        ? [
            {
              key: 'share',
              title: text.classes.share,
              value: ({ result }: Bar) => result.share,
              words: ({ result }: Bar) => `${(100 * result.share).toFixed(1)}%`,
            },
          ]
        : []),
    ],
    read: (bar) => text.classBars.reading(nameOf(bar), measure.title, measure.words(bar.value)),
    place: (bar) => ({ y: nameOf(bar) }),
    across: 1,
    rows: task === 'multiLabel' ? undefined : (bar) => ({ label: nameOf(bar) }),
    draw: (plotting, { isNarrow }) => {
      const values = shown.map(({ value }) => value ?? 0)
      const highest = Math.max(...values, measure.full ?? 0) || 1
      return [
        {
          marginLeft: Math.min(isNarrow ? 110 : 160, 16 + longest * wordWidth),
          marginRight: 72,
          marginTop: 6,
          marginBottom: 6,
          height: 12 + 26 * shown.length,
          x: { domain: [0, highest], axis: null },
          y: { domain: shown.map(nameOf), padding: 0.28, axis: null },
          marks: [
            plotting.axisY({
              tickSize: 0,
              label: null,
              fill: ink,
              tickFormat: (name: string) => (name.length > 18 ? `${name.slice(0, 17)}…` : name),
            }),
            plotting.barX(shown, { y: nameOf, x: ({ value }: Bar) => value ?? 0, fill: accent }),
            plotting.text(shown, {
              y: nameOf,
              x: ({ value }: Bar) => value ?? 0,
              text: ({ value }: Bar) => measure.words(value),
              textAnchor: 'start',
              dx: 6,
              fill: quiet,
            }),
          ],
        },
      ]
    },
  }
}
