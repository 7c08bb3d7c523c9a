// A JSON file that is one object: somewhere in it are the rows, in an array or in one for each column.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { quoted } from './cells.js'
import { type Member, openColumnArrays } from './jsonColumns.js'
import { everything, firstRows, type Part, partHead, rangesOf } from './jsonParts.js'
import { type JsonRows, openRows } from './jsonRows.js'
import type { MainModule } from './module.js'
import { labelRank, singleScoreRank } from './names.js'
import type { EvaluateOptions } from './options.js'
import type { Content } from './packed.js'
import { findRoles } from './roles.js'
import type { TokenOptions } from './sequences.js'
import type { TableReader } from './table.js'

export interface JsonOptions extends EvaluateOptions, TokenOptions {
  /** Its rows have both a label and scores, or there are none. */
  isAlone?: boolean
}

interface JsonObject {
  content: Content
  options: JsonOptions
}

/** A table that the object may be meant for. */
interface Candidate {
  /** The member that has it, or each of those that are its columns; the keys of those around it in front of points. */
  names: string[]
  open(): Promise<TableReader>
}

async function membersOf(native: MainModule, content: Content, object: Part): Promise<Member[]> {
  const index = new native.JsonIndex()
  try {
    for await (const { bytes } of rangesOf(content, object)) index.add(bytes)
    if (!index.isComplete()) throw new DataError(say`the JSON ends in the middle of an object`, { file: content.file.name })
    const members: Member[] = index.members()
    const { begin, lines } = object
    return members.map((member) => ({ ...member, begin: begin + member.begin, end: begin + member.end, lines: lines + member.lines }))
  } finally {
    index.delete()
  }
}

/** The arrays that have as many values as the largest one, and the others. */
function sameRows(arrays: readonly Member[], file: string): { columns: Member[]; others: Member[] } {
  const size = ({ begin, end }: Member) => end - begin
  const [largest] = [...arrays].sort((a, b) => size(b) - size(a))
  const columns = arrays.filter(({ elements }) => elements === largest.elements)
  const others = arrays.filter((array) => !columns.includes(array))
  const isLabel = ({ name }: Member) => labelRank(name) !== undefined
  const label = columns.some(isLabel) ? undefined : others.find(isLabel)
  if (label) {
    throw new DataError(
      say`"${label.name}" has another number of values than "${largest.name}": ${label.elements} and ${largest.elements}`,
      { file },
    )
  }
  return { columns, others }
}

/** Whether objects are columns, as pandas writes them: with the names of the rows, mostly their numbers, as keys. */
async function areColumns(content: Content, objects: readonly Member[]): Promise<boolean> {
  const keys = await Promise.all(
    objects.map(async (object) => {
      const text = new TextDecoder().decode(await partHead(content, object, 4096))
      return /^\{\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? ''
    }),
  )
  if (!objects.every(({ elements }, i) => elements === objects[0].elements && keys[i] === keys[0])) return false
  if (objects[0].inner === '{') return false
  return /^\d+$/.test(keys[0]) || (objects.length > 1 && objects.every(({ inner }) => inner !== '[' && inner !== '{'))
}

const placeOf = (path: readonly string[]) => (path.length > 0 ? ` in "${path.join('.')}"` : '')

const isNumber = (key: string) => /^\d+$/.test(key)

/** Whether the members of an object are rows, as pandas writes them with orient='index': with their names, mostly numbers, as keys. */
async function areRows(native: MainModule, content: Content, object: Part): Promise<boolean> {
  const rows = await firstRows(native, content, object, 'Array')
  const keys = rows.map((cells) => cells.slice(1).map(([path]) => path))
  const [first] = keys
  if (!first?.length || keys.some((each) => each.some(isNumber) || String(each) !== String(first))) return false
  const isLabel = (key: string) => labelRank(key) !== undefined
  if (first.some(isLabel) !== rows.some(([[, key]]) => isLabel(key))) return first.some(isLabel)
  // Of columns each has more values than there are of them.
  return rows.every(([[, key]]) => isNumber(key)) || rows.length > first.length
}

const isNested = ({ first, elements }: Member) => first === '{' && elements > 0

/** Whether rows by their names are somewhere among what else an object has. One that has a label itself is a row. */
export async function hasRowsInside(native: MainModule, content: Content, object: Part = everything): Promise<boolean> {
  const members = await membersOf(native, content, object)
  if (members.some(({ name, first }) => !'[{'.includes(first) && labelRank(name) !== undefined)) return false
  for (const member of members.filter(isNested)) {
    if ((await areRows(native, content, member)) || (await hasRowsInside(native, content, member))) return true
  }
  return false
}

/** Whether an array of arrays has a list of scores for each token of each sequence, rather than rows with their cells. */
async function areScoresOfTokens(native: MainModule, { content, options }: JsonObject, array: Member): Promise<boolean> {
  // Else a list in the row is that of the labels.
  if (options.isAlone || singleScoreRank(array.name) === undefined) return false
  const rows = await firstRows(native, content, array, 'Array')
  return rows.flat().every(([, cell]) => cell.startsWith('['))
}

function keyedRows(native: MainModule, { content, options }: JsonObject, part: Part, path: readonly string[]): Candidate {
  const rows: JsonRows = { content, part, shape: 'Array', dialect: `JSON object of rows${placeOf(path)}`, tokens: options }
  return { names: [path.join('.')], open: () => openRows(native, rows) }
}

/** The tables of an object, or where it has none those of the objects in it. */
async function candidatesIn(native: MainModule, file: JsonObject, object: Part, path: readonly string[] = []): Promise<Candidate[]> {
  const { content, options } = file
  if (await areRows(native, content, object)) return [keyedRows(native, file, object, path)]
  const members = await membersOf(native, content, object)
  const pathOf = ({ name }: Member) => [...path, name].join('.')
  const rowsIn = (part: Member, names?: string[]): Candidate => {
    const rows: JsonRows = { content, part, shape: 'Array', dialect: `JSON array in "${pathOf(part)}"`, tokens: options }
    return { names: [pathOf(part)], open: () => openRows(native, rows, names) }
  }
  const columnsOf = (columns: Member[], others: Member[] = []): Candidate => {
    const left = others.length > 0 ? `, not read, as they have other rows: ${quoted(others.map(({ name }) => name))}` : ''
    const dialect = `JSON object of columns${placeOf(path)}${left}`
    return { names: columns.map(pathOf), open: () => openColumnArrays(native, { content, members: columns, dialect, tokens: options }) }
  }
  const arrays = members.filter(({ first, elements }) => first === '[' && elements > 0)
  const named = (name: string) => arrays.find((member) => member.name === name)
  const data = named('data')
  const names = named('columns')
  if (data && names?.inner === '"') {
    // As pandas writes it with orient='split'.
    const text = new TextDecoder().decode(await partHead(content, names, names.end - names.begin))
    return [rowsIn(data, (JSON.parse(text) as unknown[]).map(String))]
  }
  const found = arrays.filter(({ inner }) => inner === '{').map((array) => rowsIn(array))
  const values = arrays.filter(({ inner }) => inner !== '{')
  if (values.length > 0) {
    const { columns, others } = sameRows(values, content.file.name)
    const [first] = columns
    const areRows = columns.length === 1 && first.inner === '[' && !options.areTokens && !(await areScoresOfTokens(native, file, first))
    found.push(areRows ? rowsIn(first) : columnsOf(columns, others))
  }
  const objects = members.filter(isNested)
  for (const each of objects) {
    if (await areRows(native, content, each)) found.push(keyedRows(native, file, each, [...path, each.name]))
  }
  if (found.length > 0) return found
  if (objects.length > 0 && (await areColumns(content, objects))) return [columnsOf(objects)]
  const nested: Candidate[] = []
  for (const each of objects) nested.push(...(await candidatesIn(native, file, each, [...path, each.name])))
  return nested
}

/** Whether the columns of the table can be told. */
function isUnderstood({ head }: TableReader, file: string, options: EvaluateOptions): boolean {
  try {
    findRoles(head, file, options)
    return true
  } catch {
    return false
  }
}

/** The table that is asked for, or the only one, or the only one that has labels and scores. */
export async function openObject(native: MainModule, content: Content, options: JsonOptions): Promise<TableReader> {
  const { member } = options
  const at = { file: content.file.name }
  const found = await candidatesIn(native, { content, options }, everything)
  const names = quoted(found.map(({ names }) => names[0]))
  if (found.length === 0) throw new DataError(say`the JSON holds no rows that are objects or arrays`, at)
  if (member !== undefined) {
    const wanted = found.find(({ names }) => names.includes(member))
    if (!wanted) throw new DataError(say`the option member names "${member}", but rows are in ${names}`, at)
    return wanted.open()
  }
  if (found.length === 1) return found[0].open()
  const tables: TableReader[] = []
  for (const each of found) tables.push(await each.open())
  // Labels in a file of their own may be of any of them.
  const understood = options.labels ? tables : tables.filter((table) => isUnderstood(table, at.file, options))
  if (understood.length === 1) return understood[0]
  throw new DataError(say`there may be rows in each of ${names}: the option member names the one that is meant`, at)
}
