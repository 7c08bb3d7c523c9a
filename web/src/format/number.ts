// Numbers as text. All of them are shown in one font with tabular digits, so equal widths are kept where possible.

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const none = '–'
const groups = new Intl.NumberFormat('en')

const superscript = (digits: string) => digits.replace(/\d/g, (digit) => superscripts[Number(digit)] ?? digit).replace('-', '⁻')

/** A value with so many significant digits: 0.435820, 1.23457 × 10⁻⁹. */
export function significant(value: number | null, digits = 6): string {
  if (value === null) return none
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : none
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 10 ** digits)) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split('e')
    return `${mantissa} × 10${superscript(exponent?.replace('+', '') ?? '')}`.replace(/^-/, '−')
  }
  return value.toPrecision(digits).replace('-', '−')
}

/** A difference, with its sign. */
export const signed = (value: number, digits = 4): string => (value > 0 ? '+' : '') + significant(value, digits)

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 })

/** A number beside an axis, where there is no room for five digits: 1,000, 20K, 1.5M. */
export const tick = (value: number): string => (value < 1 ? short(value) : value < 10_000 ? integer(value) : compact.format(value))

export const integer = (value: number) => groups.format(value)

export const percent = (share: number | null, decimals = 1) => (share === null ? none : `${(100 * share).toFixed(decimals)}%`)

/** A value with at most so many significant digits and no trailing zeros, for parameters, edges and axes. */
export const short = (value: number, digits = 4) => String(Number(value.toPrecision(digits)))

const units = ['B', 'kB', 'MB', 'GB', 'TB']

export function bytes(count: number): string {
  let value = count
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(1, Math.round(milliseconds))} ms`
  const seconds = milliseconds / 1000
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}
