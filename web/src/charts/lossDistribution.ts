// How the losses of the rows are spread, over edges that grow: few rows often make most of the mean.
import type { Histogram, Report } from 'losskit/evaluate'
import { integer, short } from '../format/number'
import { text } from '../text/text'
import { type Chart, quiet } from './chart'
import { type Bin, bars, binsOf, countAxis, countScale, margins } from './histogram'

const scientific = (value: number) => (value !== 0 && value < 1e-3 ? value.toExponential(0).replace('e-', 'e−') : short(value, 3))

export function lossDistributionChart(
  { lossDistribution, task }: Report & { lossDistribution: Histogram & { key: string } },
  title: string,
  isLog: boolean,
): Chart<Bin> {
  const { edges, counts } = lossDistribution
  const bins = binsOf(lossDistribution)
  // Equal steps on the axis: the edges are spaced by ratios, beginning with 0.
  const placed = bins.map((bin) => ({ ...bin, from: bin.index, to: bin.index + 1 }))
  const isLast = ({ index }: Bin) => index === bins.length - 1
  const counted = text.gradientNorm.counted[task]
  const endOf = (bin: Bin) => (isLast(bin) ? null : bin.to)
  return {
    id: 'loss-distribution',
    heading: text.lossDistribution.heading,
    cursor: text.lossDistribution.cursor,
    items: bins,
    columns: [
      { key: 'from', title: text.gradientNorm.columns.from, value: ({ from }) => from, words: ({ from }) => scientific(from) },
      { key: 'to', title: text.gradientNorm.columns.to, value: endOf, words: (bin) => (isLast(bin) ? '∞' : scientific(bin.to)) },
      { key: 'count', title: text.gradientNorm.columns.count, value: ({ count }) => count, words: ({ count }) => integer(count) },
    ],
    read: (bin) =>
      text.lossDistribution.reading(
        title,
        scientific(bin.from),
        isLast(bin) ? undefined : scientific(bin.to),
        `${integer(bin.count)} ${counted}`,
      ),
    place: ({ index }) => ({ x: [index, index + 1] }),
    rows: task === 'multiLabel' ? undefined : (bin) => ({ by: 'loss', from: bin.from, ...(isLast(bin) ? {} : { to: bin.to }) }),
    draw: (plotting, size) => {
      const every = Math.ceil(bins.length / (size.isNarrow ? 5 : 9))
      const ticks = edges.map((_, index) => index).filter((index) => index % every === 0 && index < bins.length)
      return [
        {
          ...margins(size.isNarrow),
          height: 300,
          marginTop: 30,
          marginBottom: 52,
          x: { domain: [0, bins.length] },
          y: countScale(counts, isLog),
          marks: [
            ...countAxis(plotting, counts, isLog, counted),
            bars(plotting, placed, isLog),
            plotting.axisX({
              ticks,
              tickFormat: (index: number) => scientific(edges[index] ?? 0),
              label: text.lossDistribution.axis(title),
              labelAnchor: 'right',
              labelOffset: 42,
              labelArrow: 'none',
              tickSize: 4,
              fill: quiet,
              stroke: quiet,
            }),
          ],
        },
      ]
    },
  }
}
