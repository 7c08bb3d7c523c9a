// The lines of a file around a fault, as written, for the eye only: no meaning is read from them.

export type Excerpt = { number: number; content: string; marked: boolean }[]

/** How much of the file's head is looked at. */
const reach = 1 << 18
const around = 1
const longest = 200

const shortened = (line: string) => (line.length > longest ? `${line.slice(0, longest)} …` : line)

/** The lines next to `line` (the first ones when there is none), or nothing when they are out of reach or no text. */
export async function excerptOf(file: File, line?: number): Promise<Excerpt> {
  const head = await file.slice(0, reach).text()
  if (head.includes('\0')) return []
  const lines = head.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  if (line !== undefined && line > lines.length) return []
  const from = Math.max(1, line === undefined ? 1 : line - around)
  const to = Math.min(lines.length, line === undefined ? 3 : line + around)
  const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
  return numbers.map((number) => ({ number, content: shortened(lines[number - 1] ?? ''), marked: number === line }))
}
