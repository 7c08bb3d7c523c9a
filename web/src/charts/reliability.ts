// How often predictions of a given confidence are right: Guo et al. 2017, "On Calibration of Modern Neural Networks", figure 1.
import type { Calibration, CalibrationBin, Report } from 'losskit/evaluate'
import { integer, percent, short } from '../format/number'
import { text } from '../text/text'
import { accent, type Chart, ink } from './chart'
import { type Bin, bars, binColumns, countAxis, countScale, rowsOfBins } from './histogram'
import { baseAxis, panel, valueAxis } from './panel'

type ConfidenceBin = Bin & Pick<CalibrationBin, 'confidence' | 'accuracy'>

export function reliabilityChart({ task }: Report, calibration: Calibration): Chart<ConfidenceBin> {
  const counted = text.gradientNorm.counted[task]
  const bins = calibration.bins.map(({ rows, ...bin }, index) => ({ ...bin, index, count: rows }))
  const filled = bins.filter(({ count }) => count > 0)
  const counts = bins.map(({ count }) => count)
  return {
    id: 'reliability',
    heading: text.reliability.heading,
    cursor: text.reliability.cursor,
    items: bins,
    columns: [
      ...binColumns(bins.length),
      {
        key: 'confidence',
        title: text.reliability.confidence,
        value: ({ confidence }) => confidence,
        words: ({ confidence }) => percent(confidence),
      },
      { key: 'accuracy', title: text.reliability.accuracy, value: ({ accuracy }) => accuracy, words: ({ accuracy }) => percent(accuracy) },
    ],
    read: ({ from, to, count, confidence, accuracy }) =>
      text.reliability.reading(short(from, 3), short(to, 3), `${integer(count)} ${counted}`, percent(confidence), percent(accuracy)),
    place: ({ from, to }) => ({ x: [from, to] }),
    rows: rowsOfBins('confidence', task, bins.length, 'ascending'),
    draw: (plotting, size) => [
      {
        ...panel('upper', size, 320),
        y: { domain: [0, 1] },
        marks: [
          ...valueAxis(plotting, text.reliability.accuracy, { ticks: 5, tickFormat: (share) => percent(share, 0) }),
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
        ...panel('lower', size, 150),
        y: countScale(counts, true),
        marks: [
          ...countAxis(plotting, counts, true, counted),
          bars(plotting, bins, true, 'var(--control)'),
          baseAxis(plotting, size, text.reliability.axis),
        ],
      },
    ],
  }
}
