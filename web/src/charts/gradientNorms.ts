// Gradient norms: how many rows pull how hard; and the density and weights that GHM-C makes of it.
import type { GradientNorm, Report } from 'losskit/evaluate'
import { integer, short, significant } from '../format/number'
import { text } from '../text/text'
import { accent, type Chart, type Column, ink, line, type Plotting, quiet, type Size } from './chart'
import { type Bin, bars, binsOf, countAxis, countScale, margins } from './histogram'

interface NormBin extends Bin {
  density: number
  weight: number | null
  meanLoss: number | null
}

const normBins = (norm: GradientNorm): NormBin[] =>
  binsOf(norm).map((bin) => ({
    ...bin,
    // The last edge of GHM-C lies a little above 1, so that 1 belongs to the last bin.
    to: Math.min(1, bin.to),
    density: norm.density?.[bin.index] ?? 0,
    weight: bin.count === 0 ? null : (norm.weights[bin.index] ?? null),
    meanLoss: norm.meanLoss[bin.index] ?? null,
  }))

const rangeOf = ({ from, to, index }: Bin, bins: Bin[]) => text.gradientNorm.bin(short(from), short(to), index === bins.length - 1)

/** The last bin has its upper edge in it. */
const rowsIn = (bins: Bin[]) => (bin: Bin) => ({
  by: 'gradientNorm' as const,
  from: bin.from,
  ...(bin.index === bins.length - 1 ? {} : { to: bin.to }),
})

function columns(hasWeights: boolean): Column<NormBin>[] {
  const head = text.gradientNorm.columns
  const some: Column<NormBin>[] = [
    { key: 'from', title: head.from, value: ({ from }) => from, words: ({ from }) => short(from) },
    { key: 'to', title: head.to, value: ({ to }) => to, words: ({ to }) => short(to) },
    { key: 'count', title: head.count, value: ({ count }) => count, words: ({ count }) => integer(count) },
    { key: 'mean_loss', title: head.meanLoss, value: ({ meanLoss }) => meanLoss, words: ({ meanLoss }) => significant(meanLoss, 5) },
  ]
  if (!hasWeights) return some
  return [
    ...some,
    { key: 'density', title: head.density, value: ({ density }) => density, words: ({ density }) => significant(density, 5) },
    { key: 'weight', title: head.weight, value: ({ weight }) => weight, words: ({ weight }) => significant(weight, 5) },
  ]
}

const xAxis = ({ axisX }: Plotting, { isNarrow }: Size, label: string) =>
  axisX({
    ticks: isNarrow ? 5 : 10,
    label,
    labelAnchor: 'right',
    labelOffset: 42,
    labelArrow: 'none',
    tickSize: 4,
    fill: quiet,
    stroke: quiet,
  })

export function gradientNormChart({ gradientNorm, task }: Report & { gradientNorm: GradientNorm }, isLog: boolean): Chart<NormBin> {
  const bins = normBins(gradientNorm)
  const counted = text.gradientNorm.counted[task]
  return {
    id: 'gradient-norms',
    heading: text.gradientNorm.heading,
    cursor: text.gradientNorm.cursor,
    items: bins,
    columns: columns(false),
    read: (bin) => text.gradientNorm.reading(rangeOf(bin, bins), `${integer(bin.count)} ${counted}`, significant(bin.meanLoss, 4)),
    place: ({ from, to }) => ({ x: [from, to] }),
    rows: task === 'multiLabel' ? undefined : rowsIn(bins),
    draw: (plotting, size) => [
      {
        ...margins(size.isNarrow),
        height: 320,
        marginTop: 30,
        marginBottom: 52,
        x: { domain: [0, 1] },
        y: countScale(gradientNorm.counts, isLog),
        marks: [
          ...countAxis(plotting, gradientNorm.counts, isLog, counted),
          bars(plotting, bins, isLog),
          xAxis(plotting, size, text.gradientNorm.axis),
        ],
      },
    ],
  }
}

export function ghmChart({ ghm, task }: Report & { ghm: GradientNorm }): Chart<NormBin> {
  const bins = normBins(ghm)
  const filled = bins.filter(({ count }) => count > 0)
  const middle = ({ from, to }: Bin) => (from + to) / 2
  // The density falls from bin to bin by orders of magnitude, and the weights rise by as many: both on logarithmic axes.
  const densities = extent(filled.map(({ density }) => density))
  const weights = extent(filled.map(({ weight }) => weight ?? 1))
  return {
    id: 'ghm',
    heading: text.ghm.heading,
    cursor: text.ghm.cursor,
    items: bins,
    columns: columns(true),
    read: (bin) =>
      text.ghm.reading(
        rangeOf(bin, bins),
        `${integer(bin.count)} ${text.gradientNorm.counted[task]}`,
        significant(bin.density, 4),
        significant(bin.weight, 4),
      ),
    place: ({ from, to }) => ({ x: [from, to] }),
    rows: task === 'multiLabel' ? undefined : rowsIn(bins),
    draw: (plotting, size) => [
      {
        ...margins(size.isNarrow),
        height: 200,
        marginTop: 30,
        marginBottom: 14,
        x: { domain: [0, 1], axis: null },
        y: { type: 'log', domain: densities },
        marks: [
          ...steepAxis(plotting, densities, text.ghm.density),
          plotting.link(filled, { x1: 'from', x2: 'to', y1: 'density', y2: 'density', stroke: accent, strokeWidth: 3 }),
        ],
      },
      {
        ...margins(size.isNarrow),
        height: 200,
        marginTop: 36,
        marginBottom: 52,
        x: { domain: [0, 1] },
        y: { type: 'log', domain: weights },
        marks: [
          ...steepAxis(plotting, weights, text.ghm.weight),
          plotting.dot(filled, { x: middle, y: 'weight', r: 4, fill: ink }),
          xAxis(plotting, size, text.gradientNorm.axis),
        ],
      },
    ],
  }
}

/** With room around a single value, too. */
const extent = (values: number[]): [number, number] =>
  values.length === 0 ? [0.1, 10] : [Math.min(...values) / 1.5, Math.max(...values) * 1.5]

const tickWords = (value: number) => (value < 1 ? short(value) : integer(value))

/** Powers of ten, or where these are too few for a scale, 1, 2 and 5 times them. */
function steepTicks([low, high]: [number, number]): number[] {
  const decades = Array.from({ length: 40 }, (_, index) => 10 ** (index - 20))
  const within = (values: number[]) => values.filter((value) => value >= low && value <= high)
  const powers = within(decades)
  return powers.length > 2 ? powers : within(decades.flatMap((power) => [power, 2 * power, 5 * power]))
}

function steepAxis({ gridY, axisY }: Plotting, domain: [number, number], label: string) {
  const ticks = steepTicks(domain)
  return [
    gridY({ ticks, stroke: line, strokeOpacity: 1 }),
    axisY({ ticks, tickFormat: tickWords, label, labelAnchor: 'top', labelArrow: 'none', tickSize: 0, fill: quiet }),
  ]
}
