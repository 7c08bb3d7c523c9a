// Columnar tables whose rows are sequences, as a table with a row for each token.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import type { Chunk } from './chunkRows.js'
import type { ColumnSource } from './columnTable.js'
import { GappedColumn, ListColumn, partOf, type Values, valueAt } from './columnValues.js'
import { isSureScoreName, labelRank, scoreName, singleScoreRank } from './names.js'
import type { Precision } from './report.js'
import { placeColumn } from './sequences.js'
import { PlaceColumn, SequenceColumn } from './tokenColumns.js'

/** What the lists of a table are of, as its first rows have it. */
export interface Sequences {
  /** The columns that have an element for each token; the first one is that by which it is known that rows are sequences. */
  ofTokens: number[]
  /** Each sequence has one token: a row is a row. */
  areSingle: boolean
}

const areNumbers = (values: Values): boolean => {
  if (ArrayBuffer.isView(values) || values instanceof GappedColumn) return true
  for (let i = 0; i < values.length; i++) {
    const value = valueAt(values, i)
    if (value !== null && value !== undefined) return typeof value === 'number' || typeof value === 'bigint'
  }
  return true
}

/** Its lists hold lists of numbers. */
function isOfLists(values: Values): values is ListColumn {
  const inner = values instanceof ListColumn ? values.elements : undefined
  return inner instanceof ListColumn && areNumbers(inner.elements)
}

/** Its lists hold numbers or names of classes, and no shares of them. */
function isOfLabels(values: Values): values is ListColumn {
  if (!(values instanceof ListColumn)) return false
  const inner = values.elements
  return !(inner instanceof ListColumn || inner instanceof GappedColumn || inner instanceof Float32Array || inner instanceof Float64Array)
}

/** The one of these columns whose name ranks first; undefined where none has a rank. */
function bestOf(columns: readonly number[], names: readonly string[], rankOf: (name: string) => number | undefined): number | undefined {
  const ranked = columns.flatMap((column) => {
    const rank = rankOf(names[column])
    return rank === undefined ? [] : [{ column, rank }]
  })
  return ranked.sort((a, b) => a.rank - b.rank)[0]?.column
}

const isNamedAsScore = (name: string): boolean => isSureScoreName(name) || scoreName(name)?.isWeak === false

/** The column of lists that the tokens of sequences are counted by: that of the scores or, where rows are known to be of tokens, that of the labels. */
function mainOf(names: readonly string[], columns: readonly Values[], areTokens: boolean): number | undefined {
  const all = columns.map((_, column) => column)
  const nested = all.filter((column) => isOfLists(columns[column]))
  const named = bestOf(nested, names, singleScoreRank)
  if (named !== undefined) return named
  // What else holds lists of lists is a picture, and the like.
  if (!areTokens && names.some(isNamedAsScore)) return undefined
  if (nested.length > 0 || !areTokens) return nested[0]
  const labels = all.filter((column) => isOfLabels(columns[column]))
  return bestOf(labels, names, labelRank) ?? labels[0]
}

/** In most rows both have as many elements. */
function areAsLong(lists: ListColumn, others: ListColumn): boolean {
  let both = 0
  let same = 0
  for (let row = 0; row < lists.length; row++) {
    if (lists.isAbsent(row) || others.isAbsent(row)) continue
    both++
    if (lists.lengthAt(row) === others.lengthAt(row)) same++
  }
  return same >= 0.9 * both
}

function areAllSingle(lists: ListColumn): boolean {
  for (let row = 0; row < lists.length; row++) if (!lists.isAbsent(row) && lists.lengthAt(row) !== 1) return false
  return true
}

/** Whether the rows are sequences, by the first ones of all columns; `areTokens` where those of the predictions are. */
export function findSequences(names: readonly string[], { columns }: Chunk, areTokens: boolean): Sequences | undefined {
  const main = mainOf(names, columns, areTokens)
  if (main === undefined) return undefined
  const lists = columns[main] as ListColumn
  const others = columns.flatMap((values, column) =>
    column !== main && values instanceof ListColumn && areAsLong(lists, values) ? [column] : [],
  )
  const areSingle = !areTokens && areAllSingle(lists)
  const isAlone = columns.every((values, column) => column === main || !(values instanceof ListColumn))
  const isSure = areTokens || others.length > 0 || singleScoreRank(names[main]) !== undefined || (areSingle && isAlone)
  return isSure ? { ofTokens: [main, ...others], areSingle } : undefined
}

/** Of a column that has an element for each token. */
interface TokenLists {
  name: string
  values: ListColumn
}

/** Rows of a chunk, to before `to`. */
interface Rows {
  from: number
  to: number
}

/** The rows from `from` on in which no list is missing, or the first of them alone where one is. */
function runAt(lists: readonly TokenLists[], from: number, rows: number): Rows {
  let to = from
  while (to < rows && lists.every(({ values }) => !values.isAbsent(to))) to++
  return { from, to: Math.max(to, from + 1) }
}

/** Tokens of a row, of which each list that is there has one element; where none is there it is one token, of which nothing is known. */
function tokensIn(lists: readonly TokenLists[], row: number, unlike: (lists: TokenLists, others: TokenLists) => DataError): number {
  let first: TokenLists | undefined
  for (const each of lists) {
    if (each.values.isAbsent(row)) continue
    first ??= each
    if (each.values.lengthAt(row) !== first.values.lengthAt(row)) throw unlike(each, first)
  }
  return first?.values.lengthAt(row) ?? 1
}

/** Turns rows with sequences into rows with tokens. */
class Spreader {
  readonly #file: string
  readonly #names: readonly string[]
  readonly #sequences: Sequences

  constructor({ file, names }: ColumnSource, sequences: Sequences) {
    this.#file = file.name
    this.#names = names
    this.#sequences = sequences
  }

  /**
   * `columns`: which ones the chunk has; behind them comes that of the places. `before`: rows of the file in front of it. Rows of which a list is missing
   * become chunks of their own.
   */
  *spread(chunk: Chunk, columns: readonly number[], before: number): Generator<Chunk> {
    const areOfTokens = columns.map((column) => this.#sequences.ofTokens.includes(column))
    const lists = columns.flatMap((column, i) =>
      areOfTokens[i] ? [{ name: this.#names[column], values: chunk.columns[i] as ListColumn }] : [],
    )
    for (let rows = runAt(lists, 0, chunk.rows); rows.from < chunk.rows; rows = runAt(lists, rows.to, chunk.rows)) {
      const bounds = this.#boundsOf(lists, rows, before)
      const tokens = bounds[bounds.length - 1]
      if (tokens === 0) continue
      const spread = chunk.columns.map((values, i) =>
        areOfTokens[i] ? elementsOf(values as ListColumn, rows, tokens) : this.#repeated(values, rows, bounds),
      )
      yield { rows: tokens, columns: [...spread, placesOf(rows, bounds, before)], bytes: chunk.bytes }
    }
  }

  /** Where each sequence begins among the tokens, and where the last one ends. */
  #boundsOf(lists: readonly TokenLists[], { from, to }: Rows, before: number): Int32Array {
    const bounds = new Int32Array(to - from + 1)
    for (let row = from; row < to; row++) {
      const tokens = tokensIn(lists, row, (own, others) => {
        const [length, expected] = [own, others].map(({ values }) => values.lengthAt(row))
        const problem = say`the list has ${length} elements, but that in column "${others.name}" has ${expected}, one for each token`
        return new DataError(problem, { file: this.#file, row: before + row + 1, column: own.name })
      })
      bounds[row - from + 1] = bounds[row - from] + tokens
    }
    return bounds
  }

  /** The values of sequences for each of their tokens. */
  #repeated(values: Values, { from, to }: Rows, bounds: Int32Array): Values {
    const own = partOf(values, from, to)
    const isPlain = this.#sequences.areSingle && bounds.every((bound, row) => bound === row)
    return isPlain ? own : new SequenceColumn(own, bounds)
  }
}

/** The elements of the lists; of one that is missing as many that are. */
const elementsOf = (lists: ListColumn, { from, to }: Rows, tokens: number): Values =>
  lists.isAbsent(from) ? new Array(tokens).fill(null) : lists.elementsOf(from, to)

const placesOf = ({ from, to }: Rows, bounds: Int32Array, before: number): PlaceColumn =>
  new PlaceColumn(
    Float64Array.from({ length: to - from }, (_, row) => before + from + row + 1),
    bounds,
  )

/** The table of the tokens. */
export function tokenTable(source: ColumnSource, sequences: Sequences): ColumnSource {
  const { file, dialect, names } = source
  const { ofTokens, areSingle } = sequences
  const spreader = new Spreader(source, sequences)
  const places = names.length

  async function* chunks(wanted: number[], ...how: [Precision, boolean]): AsyncGenerator<Chunk> {
    const own = wanted.filter((column) => column !== places)
    const read = own.some((column) => ofTokens.includes(column)) ? own : [...own, ofTokens[0]]
    let before = 0
    for await (const chunk of source.chunks(read, ...how)) {
      for (const { columns, ...rest } of spreader.spread(chunk, read, before)) {
        yield { ...rest, columns: wanted.map((column) => (column === places ? columns[read.length] : columns[read.indexOf(column)])) }
      }
      before += chunk.rows
    }
  }

  if (areSingle) return { file, dialect, names, widths: source.widths, chunks }
  return {
    file,
    dialect: `${dialect}, a row for each token`,
    names: [...names, placeColumn],
    areTokens: true,
    placeColumn: places,
    widths: [...source.widths, undefined],
    chunks,
  }
}
