// The focal curves over the person's own distribution of p: where the rows are, and what each loss charges there.
import type { Histogram, Report } from 'losskit/evaluate'
import { integer, short, significant } from '../format/number'
import { text } from '../text/text'
import { accent, type Chart, ink, quiet } from './chart'
import { type Bin, bars, binsOf, countAxis, countScale, margins } from './histogram'

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
      { key: 'from', title: text.gradientNorm.columns.from, value: ({ from }) => from, words: ({ from }) => short(from) },
      { key: 'to', title: text.gradientNorm.columns.to, value: ({ to }) => to, words: ({ to }) => short(to) },
      { key: 'count', title: text.gradientNorm.columns.count, value: ({ count }) => count, words: ({ count }) => integer(count) },
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
    rows:
      task === 'multiLabel'
        ? undefined
        : (bin) => ({ by: 'probability', from: bin.from, ...(bin.index === bins.length - 1 ? {} : { to: bin.to }), sort: 'ascending' }),
    draw: (plotting, size) => [
      {
        ...margins(size.isNarrow),
        height: 260,
        marginTop: 30,
        marginBottom: 14,
        x: { domain: [0, 1], axis: null },
        y: { domain: [0, highest] },
        marks: [
          plotting.gridY({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
          plotting.axisY({ ticks: 4, label: text.focal.loss, labelAnchor: 'top', labelArrow: 'none', tickSize: 0, fill: quiet }),
          plotting.lineY(rest.flatMap(curve), { x: 'p', y: 'loss', z: 'gamma', stroke: 'var(--control)', strokeWidth: 1.25 }),
          plotting.lineY(curve(0), { x: 'p', y: 'loss', stroke: ink, strokeWidth: 2 }),
          plotting.lineY(curve(gamma), { x: 'p', y: 'loss', stroke: accent, strokeWidth: 3.5 }),
          ...legend(plotting, gamma, rest),
        ],
      },
      {
        ...margins(size.isNarrow),
        height: 200,
        marginTop: 36,
        marginBottom: 52,
        x: { domain: [0, 1] },
        y: countScale(probabilityDistribution.counts, isLog),
        marks: [
          ...countAxis(plotting, probabilityDistribution.counts, isLog, counted),
          bars(plotting, bins, isLog),
          plotting.axisX({
            ticks: size.isNarrow ? 5 : 10,
            label: text.focal.axis,
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
