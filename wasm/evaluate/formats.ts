// Which format a file is in, by its content.
import { DataError } from '../errors.js'
import { type Message, say } from '../message.js'
import { openArrow } from './arrow.js'
import { openColumns } from './columnTable.js'
import { openDelimited } from './delimited.js'
import type { FileSource } from './file.js'
import { joinTables } from './joined.js'
import { loneValue, openJson } from './json.js'
import type { JsonOptions } from './jsonObject.js'
import type { MainModule } from './module.js'
import { openArrays, openNpy, openSafetensors } from './npy.js'
import type { EvaluateOptions } from './options.js'
import { type Content, openContent } from './packed.js'
import { openParquet } from './parquet.js'
import type { TableReader } from './table.js'
import { asUtf8 } from './utf16.js'
import { onlyFile, zipMembers } from './zip.js'

const accepted = say`what can be evaluated is delimited text in UTF-8 or UTF-16, JSON and JSON Lines, NumPy arrays, safetensors, tensors of torch.save, Parquet and Arrow, each also packed with gzip or alone in a zip archive`

const rowsWanted = say`what can be evaluated is rows of a label and scores, in JSON such as [{"label": 1, "score": 0.9}, {"label": 0, "score": 0.2}]`

const pickle = say`a Python pickle, which is not read because reading one runs what it says; save arrays with np.savez`

const zip = 'PK\x03\x04'
const emptyZip = 'PK\x05\x06'

/** First bytes, as Latin-1 text, of formats that are not read. */
const signatures: [start: string, format: Message][] = [
  ['\x89HDF', say`an HDF5 file`],
  [
    '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19',
    say`one of torch.save as it was before PyTorch 1.6: load it and save it again`,
  ],
  ['\x80\x02', pickle],
  ['\x80\x03', pickle],
  ['\x80\x04', pickle],
  ['\x80\x05', pickle],
  ['%PDF', say`a PDF document`],
  ['\xd0\xcf\x11\xe0', say`an Office document: save its sheet as CSV`],
  [zip, say`a zip archive in another one: unpack it`],
  ['\x28\xb5\x2f\xfd', say`packed with zstd: unpack it`],
  ['BZh91AY&SY', say`packed with bzip2: unpack it`],
  ['\xfd7zXZ', say`packed with xz: unpack it`],
]
const isHtml = (start: string) => /^(\xef\xbb\xbf)?\s*<(!doctype html|html)\b/i.test(start)
const isJson = (start: string) => /^(\xef\xbb\xbf)?\s*(\{|\[\s*([[{"\d-]|(null|true|false|NaN|Infinity)\s*[,\]])|\[\s*\]\s*$)/.test(start)
const isArrowStream = (start: string) => start.startsWith('\xff\xff\xff\xff')

function otherFormat(start: string): Message | undefined {
  if (isHtml(start)) return say`an HTML page, as servers send one in place of a file`
  const known = signatures.find(([bytes]) => start.startsWith(bytes))?.[1]
  return known ?? (start.includes('\0') ? say`no text` : undefined)
}

/** A length of eight bytes, then a JSON object of that length. */
function safetensorsHeader(start: string): number | undefined {
  const bytes = Uint8Array.from(start.slice(0, 8), (c) => c.charCodeAt(0))
  if (bytes.length < 8 || start[8] !== '{') return undefined
  const length = new DataView(bytes.buffer).getBigUint64(0, true)
  return length <= 100_000_000n ? Number(length) : undefined
}

/** The table of a file, joined with that of its labels where they are in another one. */
export async function openTable(
  native: MainModule,
  file: FileSource,
  labelsFile: FileSource | undefined,
  options: EvaluateOptions,
): Promise<TableReader> {
  const predictions = await openFile(native, file, { ...options, isAlone: !labelsFile })
  if (!labelsFile) return predictions
  const labels = await openFile(native, labelsFile, { areTokens: predictions.head.areTokens, id: options.id })
  return joinTables(native, predictions, labels, options)
}

async function openFile(native: MainModule, file: FileSource, options: JsonOptions): Promise<TableReader> {
  if (file.size === 0) throw new DataError(say`the file is empty`, { file: file.name })
  return openAs(native, await openContent(file, options.rangeBytes), options)
}

async function openAs(native: MainModule, given: Content, options: JsonOptions, isInArchive = false): Promise<TableReader> {
  const { file } = given
  const content = await asUtf8(given)
  const start = String.fromCharCode(...(await content.head(256)).bytes)
  if ((start.startsWith(zip) || start.startsWith(emptyZip)) && !isInArchive) return openArchive(native, content, options)
  const table = await openBinary(native, content, start, options)
  if (table) return table
  const format = otherFormat(start)
  if (format) throw new DataError(say`the file is ${format}; ${accepted}`, { file: file.name })
  const value = options.isAlone ? await loneValue(content, start) : undefined
  if (value) throw new DataError(say`the file is ${value} and nothing else; ${rowsWanted}`, { file: file.name })
  return isJson(start) ? openJson(native, content, start, options) : openDelimited(native, content, options)
}

async function openArchive(native: MainModule, content: Content, options: JsonOptions): Promise<TableReader> {
  const archive = await content.whole()
  const members = await zipMembers(native, archive)
  const arrays = await openArrays(native, archive, members, options.areTokens ?? false)
  return arrays ? openColumns(native, arrays) : openAs(native, onlyFile(archive, members), options, true)
}

async function openBinary(native: MainModule, content: Content, start: string, options: JsonOptions): Promise<TableReader | undefined> {
  const { areTokens = false } = options
  if (start.startsWith('\x93NUMPY')) return openColumns(native, await openNpy(native, content, areTokens))
  if (start.startsWith('PAR1')) return openColumns(native, await openParquet(await content.whole()), options)
  if (start.startsWith('ARROW1') || isArrowStream(start)) return openColumns(native, await openArrow(content), options)
  const header = safetensorsHeader(start)
  return header === undefined ? undefined : openColumns(native, await openSafetensors(native, await content.whole(), header, areTokens))
}
