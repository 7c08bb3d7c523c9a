// Gradient norms: how many rows pull how hard; and the density and weights that GHM-C makes of it.
import type { GradientNorm, Report } from 'losskit/evaluate'
import { integer, short, significant, tick } from '../format/number'
import { text } from '../text/text'
import { accent, type Chart, type Column, ink, type Plotting } from './chart'
import { type Bin, bars, binColumns, binsOf, countAxis, countScale, rowsOfBins } from './histogram'
import { baseAxis, panel, valueAxis } from './panel'

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

function columns(bins: NormBin[], hasWeights: boolean): Column<NormBin>[] {
  const head = text.gradientNorm.columns
  const some: Column<NormBin>[] = [
    ...binColumns(bins.length),
    { key: 'mean_loss', title: head.meanLoss, value: ({ meanLoss }) => meanLoss, words: ({ meanLoss }) => significant(meanLoss, 5) },
  ]
  if (!hasWeights) return some
  return [
    ...some,
    { key: 'density', title: head.density, value: ({ density }) => density, words: ({ density }) => significant(density, 5) },
    { key: 'weight', title: head.weight, value: ({ weight }) => weight, words: ({ weight }) => significant(weight, 5) },
  ]
}

export function gradientNormChart({ gradientNorm, task }: Report & { gradientNorm: GradientNorm }, isLog: boolean): Chart<NormBin> {
  const bins = normBins(gradientNorm)
  const counted = text.gradientNorm.counted[task]
  return {
    id: 'gradient-norms',
    heading: text.gradientNorm.heading,
    cursor: text.gradientNorm.cursor,
    items: bins,
    columns: columns(bins, false),
    read: (bin) => text.gradientNorm.reading(rangeOf(bin, bins), `${integer(bin.count)} ${counted}`, significant(bin.meanLoss, 4)),
    place: ({ from, to }) => ({ x: [from, to] }),
    rows: rowsOfBins('gradientNorm', task, bins.length),
    draw: (plotting, size) => [
      {
        ...panel('alone', size, 320),
        y: countScale(gradientNorm.counts, isLog),
        marks: [
          ...countAxis(plotting, gradientNorm.counts, isLog, counted),
          bars(plotting, bins, isLog),
          baseAxis(plotting, size, text.gradientNorm.axis),
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
    columns: columns(bins, true),
    read: (bin) =>
      text.ghm.reading(
        rangeOf(bin, bins),
        `${integer(bin.count)} ${text.gradientNorm.counted[task]}`,
        significant(bin.density, 4),
        significant(bin.weight, 4),
      ),
    place: ({ from, to }) => ({ x: [from, to] }),
    rows: rowsOfBins('gradientNorm', task, bins.length),
    draw: (plotting, size) => [
      {
        ...panel('upper', size, 200),
        y: { type: 'log', domain: densities },
        marks: [
          ...steepAxis(plotting, densities, text.ghm.density),
          plotting.link(filled, { x1: 'from', x2: 'to', y1: 'density', y2: 'density', stroke: accent, strokeWidth: 3 }),
        ],
      },
      {
        ...panel('lower', size, 200),
        y: { type: 'log', domain: weights },
        marks: [
          ...steepAxis(plotting, weights, text.ghm.weight),
          plotting.dot(filled, { x: middle, y: 'weight', r: 4, fill: ink }),
          baseAxis(plotting, size, text.gradientNorm.axis),
        ],
      },
    ],
  }
}

/** With room around a single value, too. */
const extent = (values: number[]): [number, number] =>
  values.length === 0 ? [0.1, 10] : [Math.min(...values) / 1.5, Math.max(...values) * 1.5]

/** Powers of ten, or where these are too few for a scale, 1, 2 and 5 times them. */
function steepTicks([low, high]: [number, number]): number[] {
  const decades = Array.from({ length: 40 }, (_, index) => 10 ** (index - 20))
  const within = (values: number[]) => values.filter((value) => value >= low && value <= high)
  const powers = within(decades)
  return powers.length > 2 ? powers : within(decades.flatMap((power) => [power, 2 * power, 5 * power]))
}

const steepAxis = (plotting: Plotting, domain: [number, number], label: string) =>
  valueAxis(plotting, label, { ticks: steepTicks(domain), tickFormat: tick })
