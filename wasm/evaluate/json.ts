// JSON: an array of rows, rows one behind the other (JSON Lines), or an object that has them. The core reads it; here it is found out which of
// them it is.
import { type Message, say } from '../message.js'
import { openColumnArrays } from './jsonColumns.js'
import { hasRowsInside, type JsonOptions, openObject } from './jsonObject.js'
import { type Cells, everything, headBytes } from './jsonParts.js'
import { openRows } from './jsonRows.js'
import type { MainModule } from './module.js'
import type { Content } from './packed.js'
import type { TableReader } from './table.js'

/** The byte order mark of UTF-8. */
const mark = '\xef\xbb\xbf'

/** A first object of this size is no row. */
const mostObjectBytes = 1 << 22

const spaces = /^(?:\xef\xbb\xbf)?\s*/
/** Its first member is nested. */
const nestedFirst = /^\{\s*"(?:[^"\\]|\\.)*"\s*:\s*[[{]/

/** Whether the head is that of one object that has the rows in its members. */
async function isOneObject(native: MainModule, content: Content): Promise<boolean> {
  for (let size = headBytes; ; size *= 4) {
    const { bytes, isWhole } = await content.head(size)
    const rows: Cells[] = native.splitJsonRows(bytes, native.JsonShape.Lines, isWhole, 2)
    if (rows.length > 1) return false
    if (isWhole) {
      // One row, or one value for each of many.
      const text = new TextDecoder().decode(bytes).trim()
      if (rows.length === 0 || nestedFirst.test(text) || rows[0].some(([, cell]) => /^\[\s*[[{]/.test(cell))) return true
      return hasRowsInside(native, content)
    }
    if (size >= mostObjectBytes) return true
  }
}

/** Of a text that is shown. */
const shownText = 40

/** From its quote to the closing one, or to where the head ends. */
const openText = /^"(?:[^"\\\n]|\\.)*"?$/

async function loneText(content: Content): Promise<Message | undefined> {
  const { bytes, isWhole } = await content.head(headBytes)
  const text = new TextDecoder().decode(bytes).trim()
  // Without its end it is known by the quotes in it, which delimited text doubles.
  if (!openText.test(text) || !(isWhole ? /.+"$/.test(text) : text.includes('\\"'))) return undefined
  if (/^"\s*[[{]/.test(text)) return say`a text that holds JSON itself, as when rows are written as JSON twice,`
  return say`the text ${text.length > shownText ? `${text.slice(0, shownText)}…"` : text}`
}

/** What the file is where it is one value of JSON that can have no rows in it; `start` as for `openJson`. */
export async function loneValue(content: Content, start: string): Promise<Message | undefined> {
  const text = start.replace(spaces, '').trimEnd()
  if (text.startsWith('"')) return loneText(content)
  if (/^(null|true|false)$/.test(text)) return say`${text}`
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? say`the number ${text}` : undefined
}

/** `start`: the first bytes as Latin-1 text. */
export async function openJson(native: MainModule, content: Content, start: string, options: JsonOptions): Promise<TableReader> {
  const apart = { begin: start.startsWith(mark) ? mark.length : 0, rangeBytes: options.rangeBytes }
  const lines = () => openRows(native, { content, part: everything, shape: 'Lines', dialect: 'JSON Lines', apart, tokens: options })
  const text = start.replace(spaces, '')
  if (text.startsWith('{')) return (await isOneObject(native, content)) ? openObject(native, content, options) : lines()
  if (options.areTokens && /^\[\s*\[/.test(text)) {
    const labels = { ...everything, name: 'labels', first: '[', elements: 0, inner: '[' }
    return openColumnArrays(native, { content, members: [labels], dialect: 'JSON array', tokens: options })
  }
  const areRows = /^\[\s*[[{]/.test(text)
  return areRows ? openRows(native, { content, part: everything, shape: 'Array', dialect: 'JSON array', tokens: options }) : lines()
}
