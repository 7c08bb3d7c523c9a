// The page's emblem: loss by probability, for cross entropy and focal losses. A drawing of two formulas, not of data.
import { text } from '../text/text'

const width = 640
const height = 330
const margin = { left: 12, right: 12, top: 30, bottom: 34 }
const highest = 3.4
const leastProbability = Math.exp(-highest)
const steps = 120
const gammas = [0, 0.5, 1, 2, 5]

const x = (p: number) => margin.left + p * (width - margin.left - margin.right)
const y = (loss: number) => height - margin.bottom - (loss / highest) * (height - margin.top - margin.bottom)
const focal = (p: number, gamma: number) => -((1 - p) ** gamma) * Math.log(p)

function curve(gamma: number): string {
  const points: string[] = []
  for (let step = 0; step <= steps; step++) {
    // Closer together where the curve is steep.
    const p = leastProbability + (1 - leastProbability) * (step / steps) ** 1.6
    points.push(`${x(p).toFixed(1)} ${y(focal(p, gamma)).toFixed(1)}`)
  }
  return `M${points.join('L')}`
}

const kindOf = (gamma: number) => (gamma === 0 ? 'curve entropy' : gamma === 2 ? 'curve chosen' : 'curve')

/** Names of the curves, in the corner that the curves leave free. */
function Names() {
  return (
    <>
      {text.opening.curveNames.map(([kind, name], line) => (
        <g key={kind} transform={`translate(${x(0.52)} ${margin.top + 14 + 30 * line})`}>
          <path class={`curve ${kind}`} d="M0 -5h28" />
          <text x={40}>{name}</text>
        </g>
      ))}
    </>
  )
}

export function FocalCurves() {
  return (
    <svg class="focal-curves" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={text.opening.curves}>
      <path class="axis" d={`M${x(0)} ${y(highest)}V${y(0)}H${x(1)}`} />
      {gammas.map((gamma) => (
        <path key={gamma} class={kindOf(gamma)} d={curve(gamma)} />
      ))}
      <Names />
      <text x={x(0) - 4} y={margin.top - 10}>
        {text.opening.loss}
      </text>
      <text x={x(0) - 4} y={height - 10}>
        0
      </text>
      <text class="center" x={x(0.5)} y={height - 10}>
        {text.opening.probability}
      </text>
      <text class="end" x={x(1)} y={height - 10}>
        1
      </text>
    </svg>
  )
}
