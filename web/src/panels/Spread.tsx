// The rows at a glance: how many were given which probability for their true class. The picture below has scales and values.
import type { Report } from 'losskit/evaluate'
import { text } from '../text/text'

const width = 100
const height = 28

/** Wrong ones are paler too: not everybody sees the red. */
export function Spread({ report: { probabilityDistribution, task } }: { report: Report }) {
  const { counts, edges } = probabilityDistribution
  const highest = Math.max(1, ...counts)
  // Logarithms: a few bad rows are what is looked for.
  const share = (count: number) => (count === 0 ? 0 : Math.log1p(count) / Math.log1p(highest))
  const step = width / counts.length
  return (
    <figure class="spread">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {counts.map((count, index) => (
          <rect
            key={index}
            class={(edges[index + 1] ?? 1) <= 0.5 ? 'low' : 'high'}
            x={index * step + 0.1}
            width={step - 0.2}
            y={height * (1 - share(count))}
            height={height * share(count)}
          />
        ))}
        <line x1={width / 2} x2={width / 2} y1={0} y2={height} />
      </svg>
      <figcaption>
        <span>0</span>
        <span>{text.result.spread[task]}</span>
        <span>1</span>
      </figcaption>
    </figure>
  )
}
