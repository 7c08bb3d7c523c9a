// A difference drawn beside its number, on an axis that all rows of a table share; decoration for a screen reader.
import { signed } from '../format/number'

interface Props {
  difference: number
  /** The greatest size on the axis. */
  reach: number
}

const width = 200
const at = (value: number, reach: number) => width / 2 + (0.48 * width * value) / (reach || 1)
const zero = <path class="zero" d={`M${width / 2} 0V16`} />

/** With the ends of its interval. */
export function Interval({ difference, low, high, reach }: Props & { low: number; high: number }) {
  return (
    <svg class="difference" viewBox={`0 0 ${width} 16`} aria-hidden="true">
      {zero}
      <path class="span" d={`M${at(low, reach)} 8H${at(high, reach)}`} />
      <circle class="middle" cx={at(difference, reach)} cy={8} r={4} />
    </svg>
  )
}

/** What the ends of the axis are, for the head of the column. */
export function Scale({ reach }: { reach: number }) {
  return (
    <span class="scale" aria-hidden="true">
      {reach > 0 && <span>{signed(-reach, 2)}</span>}
      <span>0</span>
      {reach > 0 && <span>{signed(reach, 2)}</span>}
    </span>
  )
}
