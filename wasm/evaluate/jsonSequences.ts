// JSON whose rows are sequences: which of its columns have a value for each token, and its first rows as tokens.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { isMissing, isMostly } from './cells.js'
import type { JsonScanner } from './module.js'
import { isIdName, isIndexName, labelRank, singleScoreRank } from './names.js'
import { bestOf, countingColumn, placeColumn, tokenName } from './sequences.js'
import type { TableHead } from './table.js'

export interface Sequences {
  /** Of each column, whether its cells are lists with a value for each token. */
  spread: boolean[]
  /** Some sequence has more tokens than one. */
  areTokens: boolean
}

const isList = (cell: string) => cell.startsWith('[')
const isListOfLists = (cell: string) => /^\[\s*\[\s*[^\s[{"]/.test(cell)

/** What is between its brackets and commas; `cell` is valid JSON. */
export function elementsOf(cell: string): string[] {
  const elements: string[] = []
  let begin = 1
  let depth = 0
  let inText = false
  for (let i = 0; i < cell.length; i++) {
    const character = cell[i]
    if (character === '\\') i++
    else if (character === '"') inText = !inText
    else if (inText) continue
    else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
    const isEnd = !inText && (depth === 0 || (depth === 1 && character === ','))
    if (!isEnd) continue
    elements.push(cell.slice(begin, i).trim())
    begin = i + 1
  }
  return elements.length === 1 && elements[0] === '' ? [] : elements
}

const lengthOf = (cell: string) => elementsOf(cell).length

const isEmpty = (cell: string) => /^\[\s*\]$/.test(cell)

/** Whether the cells are all of one kind, but for those that are missing or of sequences without tokens. */
const areAll = (cells: readonly string[], is: (cell: string) => boolean) =>
  cells.some(is) &&
  isMostly(
    cells.filter((cell) => !isMissing(cell) && !isEmpty(cell)),
    is,
  )

/**
 * Undefined where rows are no sequences. `rows`: a cell for each column, as it is written. `areTokens`: they are known to be sequences, as those of the
 * file are that they are the labels of.
 */
export function sequencesIn({ names, rows }: Pick<TableHead, 'names' | 'rows'>, areTokens = false): Sequences | undefined {
  const columns = names.map((_, column) => rows.map((row) => row[column]))
  const those = (is: (cell: string) => boolean) => columns.flatMap((cells, column) => (areAll(cells, is) ? [column] : []))
  const ofLabels = those(isList)
  const counting = countingColumn(names, { ofLists: those(isListOfLists), ofLabels }, areTokens)
  if (counting === undefined) return undefined
  const counted = columns[counting]
  const tokens = counted.map((cell) => (isList(cell) ? lengthOf(cell) : 0))
  const labels = bestOf(ofLabels, names, labelRank)
  const isSpread = (cells: readonly string[], column: number) => {
    const lists = cells.flatMap((cell, row) => (isMissing(cell) || isMissing(counted[row]) ? [] : [{ cell, row }]))
    if (lists.length === 0 || !isMostly(lists, ({ cell }) => isList(cell))) return false
    // Labels of other tokens than the scores are to be told of.
    if (column === labels) return true
    return 2 * lists.filter(({ cell, row }) => lengthOf(cell) === tokens[row]).length > lists.length
  }
  const spread = columns.map(isSpread)
  const isSure = areTokens || singleScoreRank(names[counting]) !== undefined || spread.filter((is) => is).length > 1
  const isOnlyList = columns.every((cells, column) => column === counting || !cells.some(isList))
  const areSeveral = tokens.some((count) => count > 1)
  return isSure || (!areSeveral && isOnlyList) ? { spread, areTokens: areTokens || areSeveral } : undefined
}

/** So many tokens are looked at, or of many scores fewer. */
const mostTokens = 1000
const mostBytes = 1 << 20

const unquoted = (element: string) => (element.startsWith('"') ? String(JSON.parse(element)) : element)

/** The head of a table with a row for each token. `id`: the column that the caller has chosen for their names. */
export function tokenHead(head: TableHead, { spread, areTokens }: Sequences, id?: string | null): TableHead {
  const rows: string[][] = []
  const areIds = head.names.map((name) => areTokens && (name === id || isIdName(name) || isIndexName(name)))
  let bytes = 0
  head.rows.forEach((cells, sequence) => {
    if (rows.length >= mostTokens || bytes > mostBytes) return
    const lists = cells.map((cell, column) => (spread[column] && isList(cell) ? elementsOf(cell) : undefined))
    const tokens = Math.max(...lists.map((list) => list?.length ?? 0))
    for (let token = 0; token < tokens; token++) {
      const row = cells.map((cell, column) => {
        if (spread[column]) return unquoted(lists[column]?.[token] ?? '')
        return areIds[column] ? tokenName(cell, token + 1) : cell
      })
      rows.push(areTokens ? [...row, tokenName(String(sequence + 1), token + 1)] : row)
    }
    bytes += cells.reduce((sum, cell) => sum + cell.length, 0)
  })
  if (!areTokens) return { ...head, rows }
  return { ...head, names: [...head.names, placeColumn], rows, areTokens, placeColumn: head.names.length }
}

/** Before it reads. */
export function setSequences(scanner: JsonScanner, { spread, areTokens }: Sequences): void {
  spread.forEach((is, column) => {
    if (is) scanner.setSpread(column)
  })
  if (areTokens) scanner.setAddedColumn()
}

/** The numbers of their sequences, from 1, of some tokens of a column. */
export interface TokenColumn {
  name: string
  sequences: Uint32Array
}

/** Throws where the next `rows` tokens of the columns are not of the same sequences. */
export function checkTokens([first, ...others]: readonly TokenColumn[], rows: number, file: string): void {
  for (const other of others) {
    for (let i = 0; i < rows; i++) {
      if (other.sequences[i] === first.sequences[i]) continue
      const sequence = Math.min(other.sequences[i], first.sequences[i])
      throw new DataError(say`sequence ${sequence} has another number of values in "${other.name}" than in "${first.name}"`, { file })
    }
  }
}

/** Names the tokens of a column, one behind the other. */
export class TokenNames {
  #sequence = 0
  #token = 0

  next(sequences: Uint32Array, rows: number): string[] {
    return Array.from(sequences.subarray(0, rows), (sequence) => {
      this.#token = sequence === this.#sequence ? this.#token + 1 : 1
      this.#sequence = sequence
      return tokenName(String(sequence), this.#token)
    })
  }
}
