// The focal curves over the person's own distribution of p: where the rows are, and what each loss charges there.
import type { Histogram, Report } from 'losskit/evaluate'
import { integer, short, significant } from '../format/number'
import { text } from '../text/text'
import { accent, type Chart, ink, quiet } from './chart'
import { type Bin, bars, binColumns, binsOf, countAxis, countScale, rowsOfBins } from './histogram'
import { baseAxis, panel, valueAxis } from './panel'

/** Loss of a row by the probability of its true class: Lin et al. 2017, "Focal Loss for Dense Object Detection", eq. 4. */
const focal = (p: number, gamma: number) => -((1 - p) ** gamma) * Math.log(p)

const highest = 4
const steps = 160
const others = [0.5, 1, 5]

interface Point {
  p: number
  loss: number
  gamma: number
}

function curve(gamma: number): Point[] {
  const points = Array.from({ length: steps + 1 }, (_, step) => Math.max(1e-4, (step / steps) ** 1.6))
  return points.map((p) => ({ p, loss: focal(p, gamma), gamma })).filter(({ loss }) => loss <= highest)
}

const middle = ({ from, to }: Bin) => (from + Math.min(1, to)) / 2

export function focalChart(
  { probabilityDistribution, task }: Report & { probabilityDistribution: Histogram },
  gamma: number,
  isLog: boolean,
): Chart<Bin> {
  const bins = binsOf(probabilityDistribution)
  const counted = text.gradientNorm.counted[task]
  const rest = others.filter((other) => other !== gamma)
  const range = (bin: Bin) => text.focal.bin(short(bin.from), short(bin.to), bin.index === bins.length - 1)
  return {
    id: 'focal',
    heading: text.focal.heading,
    cursor: text.focal.cursor,
    items: bins,
    columns: [
      ...binColumns(bins.length),
      {
        key: 'cross_entropy_at_middle',
        title: text.focal.entropyAt,
        value: (bin) => focal(middle(bin), 0),
        words: (bin) => significant(focal(middle(bin), 0), 4),
      },
      {
        key: 'focal_at_middle',
        title: text.focal.focalAt(short(gamma)),
        value: (bin) => focal(middle(bin), gamma),
        words: (bin) => significant(focal(middle(bin), gamma), 4),
      },
    ],
    read: (bin) =>
      text.focal.reading(
        range(bin),
        `${integer(bin.count)} ${counted}`,
        significant(focal(middle(bin), 0), 3),
        significant(focal(middle(bin), gamma), 3),
        short(gamma),
      ),
    place: ({ from, to }) => ({ x: [from, to] }),
    rows: rowsOfBins('probability', task, bins.length, 'ascending'),
    draw: (plotting, size) => [
      {
        ...panel('upper', size, 260),
        y: { domain: [0, highest] },
        marks: [
          ...valueAxis(plotting, text.focal.loss, { ticks: 4 }),
          plotting.lineY(rest.flatMap(curve), { x: 'p', y: 'loss', z: 'gamma', stroke: 'var(--control)', strokeWidth: 1.25 }),
          plotting.lineY(curve(0), { x: 'p', y: 'loss', stroke: ink, strokeWidth: 2 }),
          plotting.lineY(curve(gamma), { x: 'p', y: 'loss', stroke: accent, strokeWidth: 3.5 }),
          ...legend(plotting, gamma, rest),
        ],
      },
      {
        ...panel('lower', size, 200),
        y: countScale(probabilityDistribution.counts, isLog),
        marks: [
          ...countAxis(plotting, probabilityDistribution.counts, isLog, counted),
          bars(plotting, bins, isLog),
          baseAxis(plotting, size, text.focal.axis),
        ],
      },
    ],
  }
}

/** In the corner that the curves leave free. */
function legend({ link, text: label }: Parameters<Chart<Bin>['draw']>[0], gamma: number, rest: number[]) {
  const entries = [
    { name: text.focal.entropy, at: 3.7, stroke: ink, strokeWidth: 2 },
    { name: text.focal.focal(short(gamma)), at: 3.25, stroke: accent, strokeWidth: 3.5 },
    { name: `γ = ${rest.join(', ')}`, at: 2.8, stroke: 'var(--control)', strokeWidth: 1.25 },
  ]
  return entries.flatMap(({ name, at, ...style }) => [
    link([0], { x1: 0.5, x2: 0.55, y1: at, y2: at, ...style }),
    label([name], { x: 0.57, y: at, text: [name], textAnchor: 'start', fill: quiet }),
  ])
}
