// How the losses of the rows are spread, over edges that grow: few rows often make most of the mean.
import type { Histogram, Report } from 'losskit/evaluate'
import { integer, short } from '../format/number'
import { text } from '../text/text'
import type { Chart } from './chart'
import { type Bin, bars, binColumns, binsOf, countAxis, countScale, rowsOfBins } from './histogram'
import { baseAxis, panel } from './panel'

const scientific = (value: number) => (value !== 0 && value < 1e-3 ? value.toExponential(0).replace('e-', 'e−') : short(value, 3))

/** Edges are floats. */
const isPowerOfTen = (value: number) => value > 0 && Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6

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
  return {
    id: 'loss-distribution',
    heading: text.lossDistribution.heading,
    cursor: text.lossDistribution.cursor,
    items: bins,
    columns: binColumns(bins.length, { edge: scientific, isOpen: true }),
    read: (bin) =>
      text.lossDistribution.reading(
        title,
        scientific(bin.from),
        isLast(bin) ? undefined : scientific(bin.to),
        `${integer(bin.count)} ${counted}`,
      ),
    place: ({ index }) => ({ x: [index, index + 1] }),
    rows: rowsOfBins('loss', task, bins.length),
    draw: (plotting, size) => {
      const powers = edges.map((_, index) => index).filter((index) => isPowerOfTen(edges[index] ?? 0) && index < bins.length)
      const ticks = powers.filter((_, at) => !size.isNarrow || at % 2 === 0)
      return [
        {
          ...panel('alone', size, 300, bins.length),
          y: countScale(counts, isLog),
          marks: [
            ...countAxis(plotting, counts, isLog, counted),
            bars(plotting, placed, isLog),
            baseAxis(plotting, size, text.lossDistribution.axis(title), { ticks, tickFormat: (index) => scientific(edges[index] ?? 0) }),
          ],
        },
      ]
    },
  }
}
