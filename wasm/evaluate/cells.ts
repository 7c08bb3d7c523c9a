// What a single cell of text holds.

const missing = /^(|na|n\/a|#n\/a|<na>|-?nan|null|nil|none|-|\?)$/i
const number = /^[+-]?(\d+\.?\d*(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?|inf|infinity)$/i
const infinite = /inf/i

export const isMissing = (cell: string): boolean => missing.test(cell.trim())

/** The value of a cell that holds a number, else undefined. */
export function numberIn(cell: string, decimalComma: boolean): number | undefined {
  const text = decimalComma ? cell.trim().replace(',', '.') : cell.trim()
  if (!number.test(text)) return undefined
  if (infinite.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(text)
}

/** A few cells that are otherwise do not make another column of it: they are what an evaluation must complain about. */
export const isMostly = <T>(values: readonly T[], is: (value: T) => boolean): boolean => values.filter(is).length >= 0.9 * values.length

const shown = 8

/** Names in quotes, for messages; a long list is cut. */
export function quoted(names: Iterable<string>): string {
  const list = [...names]
  const head = list.slice(0, shown).map((name) => `"${name}"`)
  return list.length > shown ? `${head.join(', ')}, … (${list.length} in all)` : head.join(', ')
}
