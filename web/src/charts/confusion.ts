// Which class is taken for which: the share of a true class's rows that each prediction got.
import type { Report } from 'losskit/evaluate'
import { integer, percent } from '../format/number'
import { text } from '../text/text'
import { accent, type Chart, ink, quiet, shortened } from './chart'

interface Pair {
  label: string
  predicted: string
  count: number
  /** Of the rows of the true class. */
  share: number
}

function pairsOf(counts: number[][], names: string[]): Pair[] {
  return counts.flatMap((row, y) => {
    const total = row.reduce((sum, count) => sum + count, 0)
    return row.map((count, x) => ({ label: names[y] ?? '', predicted: names[x] ?? '', count, share: total === 0 ? 0 : count / total }))
  })
}

/** Numbers fit into cells up to so many classes, and names beside them. */
const mostNumbers = 16
const mostNames = 40

const mostLetters = 12

export function confusionChart({ classes }: Report, counts: number[][]): Chart<Pair> {
  const names = classes.map(({ name }) => name)
  const pairs = pairsOf(counts, names)
  const longest = Math.max(...names.map((name) => Math.min(name.length, mostLetters)))
  return {
    id: 'confusion',
    heading: text.confusion.heading,
    cursor: text.confusion.cursor,
    items: pairs,
    columns: [
      { key: 'label', title: text.confusion.label, value: ({ label }) => label },
      { key: 'predicted', title: text.confusion.predicted, value: ({ predicted }) => predicted },
      { key: 'rows', title: text.classes.count, value: ({ count }) => count, words: ({ count }) => integer(count) },
      { key: 'share', title: text.confusion.share, value: ({ share }) => share, words: ({ share }) => percent(share) },
    ],
    read: ({ label, predicted, count, share }) => text.confusion.reading(label, predicted, text.rows(count), percent(share)),
    place: ({ label, predicted }) => ({ x: predicted, y: label }),
    across: names.length,
    rows: ({ label, predicted }) => ({ label, predicted }),
    draw: (plotting, { width, isNarrow }) => {
      const hasNames = names.length <= mostNames
      const left = hasNames ? 30 + 7 * longest : 30
      // A column is as wide as the name at its head.
      const cell = hasNames ? Math.min(90, Math.max(46, 14 + 7 * longest)) : 46
      const side = Math.min(width - left - 8, cell * Math.max(3, names.length), 620)
      const size = isNarrow ? 10 : 12
      return [
        {
          marginLeft: left,
          marginRight: Math.max(8, width - left - side),
          marginTop: 40,
          marginBottom: 6,
          height: side + 46,
          x: { domain: names, padding: 0.04, axis: null },
          y: { domain: names, padding: 0.04, axis: null },
          marks: [
            plotting.cell(pairs, { x: 'predicted', y: 'label', fill: 'var(--raised)' }),
            plotting.cell(pairs, {
              x: 'predicted',
              y: 'label',
              fill: accent,
              fillOpacity: ({ share }: Pair) => Math.sqrt(share),
              sort: null,
            }),
            ...(names.length <= mostNumbers
              ? [
                  plotting.text(
                    pairs.filter(({ count }) => count > 0),
                    {
                      x: 'predicted',
                      y: 'label',
                      text: ({ count }: Pair) => integer(count),
                      fill: ({ share }: Pair) => (share > 0.35 ? 'var(--on-accent)' : ink),
                      fontSize: size,
                    },
                  ),
                ]
              : []),
            plotting.axisX({
              anchor: 'top',
              tickSize: 0,
              label: text.confusion.predicted,
              labelArrow: 'none',
              fill: quiet,
              tickFormat: (name: string) => (hasNames ? shortened(name, mostLetters) : ''),
              fontSize: size,
            }),
            plotting.axisY({
              tickSize: 0,
              label: text.confusion.label,
              labelArrow: 'none',
              fill: quiet,
              tickFormat: (name: string) => (hasNames ? shortened(name, mostLetters) : ''),
              fontSize: size,
            }),
          ],
        },
      ]
    },
  }
}
