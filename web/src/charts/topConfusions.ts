// Where there are too many classes for a matrix: the pairs that are mistaken most.
import type { Confusion, Report } from 'losskit/evaluate'
import { integer, percent } from '../format/number'
import { text } from '../text/text'
import { barList, mostBars } from './barList'
import type { Chart } from './chart'

const nameOf = ({ label, predicted }: Confusion) => `${label} → ${predicted}`

export function topConfusionsChart({ topConfusions, classes }: Report): Chart<Confusion> {
  const shown = topConfusions.slice(0, mostBars)
  const counts = new Map(classes.map(({ name, count }) => [name, count]))
  const shareOf = ({ label, rows }: Confusion) => rows / (counts.get(label) || rows)
  return {
    id: 'top-confusions',
    heading: text.topConfusions.heading,
    cursor: text.topConfusions.cursor,
    items: shown,
    columns: [
      { key: 'label', title: text.confusion.label, value: ({ label }) => label },
      { key: 'predicted', title: text.confusion.predicted, value: ({ predicted }) => predicted },
      { key: 'rows', title: text.classes.count, value: ({ rows }) => rows, words: ({ rows }) => integer(rows) },
      { key: 'share', title: text.confusion.share, value: shareOf, words: (pair) => percent(shareOf(pair)) },
    ],
    read: (pair) => text.confusion.reading(pair.label, pair.predicted, text.rows(pair.rows), percent(shareOf(pair))),
    place: (pair) => ({ y: nameOf(pair) }),
    across: 1,
    rows: ({ label, predicted }) => ({ label, predicted }),
    draw: (plotting, size) => [
      barList(
        plotting,
        size,
        shown.map((pair) => ({ name: nameOf(pair), value: pair.rows, words: integer(pair.rows) })),
        { longest: 36 },
      ),
    ],
  }
}
