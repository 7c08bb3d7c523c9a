// Which format a file is in, by its content.
import { DataError } from '../errors.js'
import { openDelimited } from './delimited.js'
import { type FileSource, readRange } from './file.js'
import type { MainModule } from './module.js'
import type { EvaluateOptions } from './options.js'
import type { TableReader } from './table.js'

const accepted = 'what can be evaluated is text with one row a line and cells between commas, semicolons, tabs or bars, in UTF-8'

/** First bytes, as Latin-1 text, of formats that are no delimited text. */
const signatures: [start: string, format: string][] = [
  ['\x1f\x8b', 'compressed with gzip'],
  ['PK\x03\x04', 'a zip archive (such as .npz, .xlsx or .pt)'],
  ['\x93NUMPY', 'a NumPy array (.npy)'],
  ['PAR1', 'a Parquet file'],
  ['ARROW1', 'an Arrow file'],
  ['\x89HDF', 'an HDF5 file'],
  ['\x80\x04', 'a Python pickle'],
  ['%PDF', 'a PDF document'],
  ['\xff\xfe', 'in UTF-16'],
  ['\xfe\xff', 'in UTF-16'],
]
const isJson = (start: string) => /^(\xef\xbb\xbf)?\s*(\{|\[\s*[[{"\d-])/.test(start)

function otherFormat(start: string): string | undefined {
  const known = signatures.find(([bytes]) => start.startsWith(bytes))?.[1]
  if (known) return known
  if (isJson(start)) return 'JSON'
  return start.includes('\0') ? 'no text' : undefined
}

export async function openTable(native: MainModule, file: FileSource, options: EvaluateOptions): Promise<TableReader> {
  if (file.size === 0) throw new DataError('the file is empty', { file: file.name })
  const start = String.fromCharCode(...(await readRange(file, 0, Math.min(file.size, 256))))
  const format = otherFormat(start)
  if (format) throw new DataError(`the file is ${format}; ${accepted}`, { file: file.name })
  return openDelimited(native, file, options)
}
