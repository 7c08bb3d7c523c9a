// JSON: an array of rows, rows one behind the other (JSON Lines), or an object that has them. The core reads it; here it is found out which of
// them it is.
import { hasRowsInside, openObject } from './jsonObject.js'
import { type Cells, everything, headBytes } from './jsonParts.js'
import { openRows } from './jsonRows.js'
import type { MainModule } from './module.js'
import type { EvaluateOptions } from './options.js'
import type { Content } from './packed.js'
import type { TableReader } from './table.js'

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

/** `start`: the first bytes as Latin-1 text. */
export async function openJson(native: MainModule, content: Content, start: string, options: EvaluateOptions): Promise<TableReader> {
  const lines = () => openRows(native, { content, part: everything, shape: 'Lines', dialect: 'JSON Lines' })
  const text = start.replace(spaces, '')
  if (text.startsWith('{')) return (await isOneObject(native, content)) ? openObject(native, content, options) : lines()
  const areRows = /^\[\s*[[{]/.test(text)
  return areRows ? openRows(native, { content, part: everything, shape: 'Array', dialect: 'JSON array' }) : lines()
}
