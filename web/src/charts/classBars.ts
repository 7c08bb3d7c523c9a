// One bar a class: any measure of the table of classes.
import type { ClassResult, Report } from 'losskit/evaluate'
import type { ClassMeasure } from '../panels/classMeasures'
import { text } from '../text/text'
import { barList, mostBars } from './barList'
import type { Chart } from './chart'

interface ClassBar {
  result: ClassResult
  value: number | null
}

export function classBarsChart(id: string, heading: string, { classes }: Report, measure: ClassMeasure, note?: string): Chart<ClassBar> {
  const bars = classes.map((result) => ({ result, value: measure.value(result) })).sort((a, b) => (b.value ?? -1) - (a.value ?? -1))
  const shown = bars.slice(0, mostBars)
  const nameOf = ({ result }: ClassBar) => result.name
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
              value: ({ result }: ClassBar) => result.share,
              words: ({ result }: ClassBar) => `${(100 * result.share).toFixed(1)}%`,
            },
          ]
        : []),
    ],
    read: (bar) => text.classBars.reading(nameOf(bar), measure.title, measure.words(bar.value)),
    place: (bar) => ({ y: nameOf(bar) }),
    across: 1,
    rows: (bar) => ({ label: nameOf(bar) }),
    draw: (plotting, size) => [
      barList(
        plotting,
        size,
        shown.map((bar) => ({ name: nameOf(bar), value: bar.value, words: measure.words(bar.value) })),
        { full: measure.full },
      ),
    ],
  }
}
