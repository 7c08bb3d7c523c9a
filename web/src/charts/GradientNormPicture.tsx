// Histogram of gradient norms above, the weights that GHM-C gives to its bins below, over one axis.

import { scaleLinear, scaleLog } from 'd3-scale'
import type { GradientNorm } from 'losskit/evaluate'
import { useState } from 'preact/hooks'
import { integer, short, significant } from '../format/number'
import { text } from '../text/text'
import { useWidth } from './useWidth'

interface Props {
  gradientNorm: GradientNorm
  log: boolean
  /** What is counted: rows, or pairs of row and label. */
  count: string
}

type Scale = ((value: number) => number) & { ticks: (count?: number) => number[] }

const margin = { left: 52, right: 8 }
const upper = { top: 30, bottom: 250 }
const lower = { top: 302, bottom: 392 }
const height = 440
/** On a logarithmic axis, which has no 0, bars start here: a count of 1 is still seen. */
const logFloor = 0.7

function scaleOf(values: number[], log: boolean, { top, bottom }: { top: number; bottom: number }): Scale {
  const highest = Math.max(1, ...values)
  return log ? scaleLog([logFloor, highest], [bottom, top]) : scaleLinear([0, highest], [bottom, top]).nice(4)
}

/** A logarithmic scale offers every digit of a decade; its powers of ten are enough for labels. */
function ticksOf(scale: Scale, log: boolean): number[] {
  const ticks = scale.ticks(4)
  const powers = ticks.filter((tick) => tick >= 1 && Number.isInteger(Math.round(Math.log10(tick) * 1e9) / 1e9))
  return log && powers.length > 1 ? powers : ticks
}

function Grid({ scale, log, right, title, top }: { scale: Scale; log: boolean; right: number; title: string; top: number }) {
  return (
    <>
      <text class="title" x={0} y={top - 14}>
        {title}
      </text>
      {ticksOf(scale, log).map((tick) => (
        <g key={tick}>
          <path class="grid" d={`M${margin.left} ${scale(tick)}H${right}`} />
          <text class="end middle" x={margin.left - 8} y={scale(tick)}>
            {integer(tick)}
          </text>
        </g>
      ))}
    </>
  )
}

export function binWords({ edges, counts, weights, meanLoss }: GradientNorm, bin: number, count: string): string {
  const last = bin === counts.length - 1
  const range = text.gradientNorm.bin(short(edges[bin] ?? 0), short(edges[bin + 1] ?? 1), last)
  const weight = counts[bin] === 0 ? null : (weights[bin] ?? null)
  return text.gradientNorm.reading(
    range,
    `${integer(counts[bin] ?? 0)} ${count}`,
    significant(weight, 4),
    significant(meanLoss[bin] ?? null, 4),
  )
}

export function GradientNormPicture({ gradientNorm, log, count }: Props) {
  const { edges, counts, weights } = gradientNorm
  const { ref, width } = useWidth<HTMLDivElement>(640)
  const [cursor, setCursor] = useState<number | undefined>()
  const right = width - margin.right
  const x = scaleLinear([0, 1], [margin.left, right])
  const countScale = scaleOf(counts, log, upper)
  const weightScale = scaleOf(weights, log, lower)
  const left = (bin: number) => x(edges[bin] ?? 0)
  const breadth = (bin: number) => Math.max(1, x(Math.min(1, edges[bin + 1] ?? 1)) - left(bin))

  const move = (event: KeyboardEvent) => {
    const last = counts.length - 1
    const from = cursor ?? -1
    const to = { ArrowRight: from + 1, ArrowUp: from + 1, ArrowLeft: from - 1, ArrowDown: from - 1, Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    setCursor(Math.min(last, Math.max(0, to)))
  }

  return (
    <>
      <p class="readout">{cursor === undefined ? text.gradientNorm.hint : binWords(gradientNorm, cursor, count)}</p>
      <div
        ref={ref}
        class="plot"
        role="slider"
        tabIndex={0}
        aria-label={text.gradientNorm.cursor}
        aria-valuemin={1}
        aria-valuemax={counts.length}
        aria-valuenow={(cursor ?? 0) + 1}
        aria-valuetext={binWords(gradientNorm, cursor ?? 0, count)}
        onKeyDown={move}
        onFocus={() => setCursor(cursor ?? 0)}
        onBlur={() => setCursor(undefined)}
        onPointerLeave={() => setCursor(undefined)}
      >
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={text.gradientNorm.heading}>
          <Grid scale={countScale} log={log} right={right} title={count} top={upper.top} />
          <Grid scale={weightScale} log={log} right={right} title={text.gradientNorm.weight} top={lower.top} />
          {counts.map((value, bin) => (
            <g key={bin} class={bin === cursor ? 'bin active' : 'bin'} onPointerMove={() => setCursor(bin)}>
              <rect class="reach" x={left(bin)} y={upper.top} width={breadth(bin)} height={lower.bottom - upper.top} />
              {value > 0 && (
                <>
                  <rect
                    class="bar"
                    x={left(bin) + 1}
                    y={countScale(value)}
                    width={Math.max(1, breadth(bin) - 2)}
                    height={upper.bottom - countScale(value)}
                  />
                  <path class="stem" d={`M${left(bin) + breadth(bin) / 2} ${lower.bottom}V${weightScale(weights[bin] ?? 0)}`} />
                  <circle class="dot" cx={left(bin) + breadth(bin) / 2} cy={weightScale(weights[bin] ?? 0)} r={4} />
                </>
              )}
            </g>
          ))}
          <path class="axis" d={`M${margin.left} ${upper.bottom}H${right}M${margin.left} ${lower.bottom}H${right}`} />
          {x.ticks(width < 480 ? 5 : 10).map((tick) => (
            <text key={tick} class="center" x={x(tick)} y={lower.bottom + 18}>
              {short(tick)}
            </text>
          ))}
          <text class="end" x={right} y={lower.bottom + 40}>
            {text.gradientNorm.axis}
          </text>
        </svg>
      </div>
    </>
  )
}
