export type Cell = string | number | null

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A table as RFC 4180 text: numbers with all their digits, null as an empty cell. */
export function csv(head: string[], rows: Cell[][]): string {
  return [head, ...rows].map((cells) => `${cells.map((cell) => quoted(cell === null ? '' : String(cell))).join(',')}\r\n`).join('')
}
