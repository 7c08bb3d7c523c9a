// Text in columns.

const width = (text: string) => [...text].length
const pad = (text: string, to: number, left: boolean) => (left ? text + ' '.repeat(to - width(text)) : ' '.repeat(to - width(text)) + text)

/** Rows as lines; the columns named in `left` start at the same place, the others end there. */
export function aligned(rows: string[][], left: number[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => width(row[column]))))
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column], left.includes(column)))
      .join('  ')
      .trimEnd(),
  )
}

/** Six digits behind the point, more where they would all be zeros. */
export function number(value: number | null): string {
  if (value === null) return '-'
  const size = Math.abs(value)
  if (size === 0 || !Number.isFinite(value)) return String(value)
  return size < 1e-4 || size >= 1e7 ? value.toExponential(5) : value.toFixed(6)
}

export const percent = (share: number | null): string => (share === null ? '-' : `${(100 * share).toFixed(2)} %`)

/** A bar of up to `length` characters, in eighths. */
export function bar(part: number, length: number): string {
  const eighths = Math.ceil(part * length * 8)
  return '█'.repeat(eighths >> 3) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7]
}
