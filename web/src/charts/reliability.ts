// How often predictions of a given confidence are right: Guo et al. 2017, "On Calibration of Modern Neural Networks", figure 1.
import type { Calibration, CalibrationBin, Report } from 'losskit/evaluate'
import { integer, percent, short } from '../format/number'
import { text } from '../text/text'
import { accent, type Chart, ink, quiet } from './chart'
import { bars, countAxis, countScale, margins } from './histogram'

export function reliabilityChart({ task }: Report, { bins }: Calibration): Chart<CalibrationBin> {
  const counted = text.gradientNorm.counted[task]
  const filled = bins.filter(({ rows }) => rows > 0)
  const counts = bins.map(({ from, to, rows }, index) => ({ index, from, to, count: rows }))
  return {
    id: 'reliability',
    heading: text.reliability.heading,
    cursor: text.reliability.cursor,
    items: bins,
    columns: [
      { key: 'from', title: text.gradientNorm.columns.from, value: ({ from }) => from, words: ({ from }) => short(from) },
      { key: 'to', title: text.gradientNorm.columns.to, value: ({ to }) => to, words: ({ to }) => short(to) },
      { key: 'rows', title: text.gradientNorm.columns.count, value: ({ rows }) => rows, words: ({ rows }) => integer(rows) },
      {
        key: 'confidence',
        title: text.reliability.confidence,
        value: ({ confidence }) => confidence,
        words: ({ confidence }) => percent(confidence),
      },
      { key: 'accuracy', title: text.reliability.accuracy, value: ({ accuracy }) => accuracy, words: ({ accuracy }) => percent(accuracy) },
    ],
    read: ({ from, to, rows, confidence, accuracy }) =>
      text.reliability.reading(short(from, 3), short(to, 3), `${integer(rows)} ${counted}`, percent(confidence), percent(accuracy)),
    place: ({ from, to }) => ({ x: [from, to] }),
    rows: task === 'multiLabel' ? undefined : ({ from, to }) => ({ by: 'confidence', from, to, sort: 'ascending' }),
    draw: (plotting, size) => [
      {
        ...margins(size.isNarrow),
        height: 320,
        marginTop: 30,
        marginBottom: 14,
        x: { domain: [0, 1], axis: null },
        y: { domain: [0, 1] },
        marks: [
          plotting.gridY({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
          plotting.axisY({
            ticks: 5,
            label: text.reliability.accuracy,
            labelAnchor: 'top',
            labelArrow: 'none',
            tickSize: 0,
            fill: quiet,
            tickFormat: (share: number) => percent(share, 0),
          }),
          plotting.rectY(filled, {
            x1: 'from',
            x2: 'to',
            y1: () => 0,
            y2: 'accuracy',
            fill: accent,
            fillOpacity: 0.85,
            insetLeft: 0.5,
            insetRight: 0.5,
          }),
          plotting.link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: ink, strokeDasharray: '4 4' }),
          plotting.dot(filled, { x: 'confidence', y: 'accuracy', r: 4, fill: ink }),
        ],
      },
      {
        ...margins(size.isNarrow),
        height: 150,
        marginTop: 36,
        marginBottom: 52,
        x: { domain: [0, 1] },
        y: countScale(
          counts.map(({ count }) => count),
          true,
        ),
        marks: [
          ...countAxis(
            plotting,
            counts.map(({ count }) => count),
            true,
            counted,
          ),
          bars(plotting, counts, true, 'var(--control)'),
          plotting.axisX({
            ticks: size.isNarrow ? 5 : 10,
            label: text.reliability.axis,
            labelAnchor: 'right',
            labelOffset: 42,
            labelArrow: 'none',
            tickSize: 4,
            fill: quiet,
            stroke: quiet,
          }),
        ],
      },
    ],
  }
}
