// Columnar tables whose rows are sequences, as a table with a row for each token.
import { DataError } from '../errors.js'
import type { Chunk } from './chunkRows.js'
import type { ColumnSource } from './columnTable.js'
import { GappedColumn, ListColumn, partOf, type Values, valueAt } from './columnValues.js'
import { labelRank, singleScoreRank } from './names.js'
import type { Precision } from './report.js'
import { bestOf, countingColumn, otherCount, placeColumn } from './sequences.js'
import { PlaceColumn, SequenceColumn, Spans } from './tokenColumns.js'

/** What the lists of a table are of, as its first rows have it. */
export interface Sequences {
  /** The columns that have an element for each token; the first one is that by which it is known that rows are sequences. */
  ofTokens: number[]
  /** Each sequence has one token: a row is a row. */
  areSingle: boolean
}

function areNumbers(values: Values): boolean {
  if (values instanceof ListColumn) return false
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

/** Whether both have as many elements in each row; of numbers that may be wrong in some. */
function areAsLong(lists: ListColumn, others: ListColumn): boolean {
  let both = 0
  let same = 0
  for (let row = 0; row < lists.length; row++) {
    if (lists.isAbsent(row) || others.isAbsent(row)) continue
    both++
    if (lists.lengthAt(row) === others.lengthAt(row)) same++
  }
  return same === both || (same >= 0.9 * both && areNumbers(others.elements))
}

function areAllSingle(lists: ListColumn): boolean {
  for (let row = 0; row < lists.length; row++) if (!lists.isAbsent(row) && lists.lengthAt(row) !== 1) return false
  return true
}

/** Whether the rows are sequences, by the first ones of all columns; `areTokens` where those of the predictions are. */
export function findSequences(names: readonly string[], { columns }: Chunk, areTokens: boolean): Sequences | undefined {
  const those = (is: (values: Values) => boolean) => columns.flatMap((values, column) => (is(values) ? [column] : []))
  const ofLabels = those(isOfLabels)
  const main = countingColumn(names, { ofLists: those(isOfLists), ofLabels }, areTokens)
  if (main === undefined) return undefined
  const lists = columns[main] as ListColumn
  const others = those((values) => values !== lists && values instanceof ListColumn && areAsLong(lists, values))
  const areSingle = !areTokens && areAllSingle(lists)
  // Labels of other tokens than the scores are to be told of.
  const labels = areSingle ? undefined : bestOf(ofLabels, names, labelRank)
  const isAlone = columns.every((values) => values === lists || !(values instanceof ListColumn))
  const isSure = areTokens || others.length > 0 || singleScoreRank(names[main]) !== undefined || (areSingle && isAlone)
  const all = labels === undefined || labels === main ? others : [...new Set([...others, labels])]
  return isSure ? { ofTokens: [main, ...all], areSingle } : undefined
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
function tokensIn(lists: readonly TokenLists[], row: number): number {
  let tokens: number | undefined
  for (const { values } of lists) {
    if (values.isAbsent(row)) continue
    const length = values.lengthAt(row)
    tokens ??= length
    if (length !== tokens) return Number.NaN
  }
  return tokens ?? 1
}

/** Turns rows with sequences into rows with tokens, chunk after chunk. */
class Spreader {
  readonly #file: string
  readonly #columns: { isOfTokens: boolean; name: string }[]
  readonly #areSingle: boolean
  /** Sequences and tokens so far. */
  #sequences = 0
  #tokens = 0

  /** `columns`: which ones the chunks have. */
  constructor({ file, names }: ColumnSource, { ofTokens, areSingle }: Sequences, columns: readonly number[]) {
    this.#file = file.name
    this.#columns = columns.map((column) => ({ isOfTokens: ofTokens.includes(column), name: names[column] }))
    this.#areSingle = areSingle
  }

  /** Behind the columns comes that of the places. Rows of which a list is missing become chunks of their own. */
  *spread(chunk: Chunk): Generator<Chunk> {
    const lists = this.#columns.flatMap(({ isOfTokens, name }, i) => (isOfTokens ? [{ name, values: chunk.columns[i] as ListColumn }] : []))
    for (let rows = runAt(lists, 0, chunk.rows); rows.from < chunk.rows; rows = runAt(lists, rows.to, chunk.rows)) {
      const spans = this.#spansOf(lists, rows)
      if (spans.tokens === 0) continue
      const spread = chunk.columns.map((values, i) =>
        this.#columns[i].isOfTokens ? elementsOf(values as ListColumn, rows, spans.tokens) : this.#repeated(values, rows, spans),
      )
      yield { rows: spans.tokens, columns: [...spread, new PlaceColumn(spans)], bytes: chunk.bytes }
    }
  }

  #spansOf(lists: readonly TokenLists[], { from, to }: Rows): Spans {
    const bounds = new Int32Array(to - from + 1)
    for (let row = from; row < to; row++) {
      const tokens = tokensIn(lists, row)
      if (Number.isNaN(tokens)) throw this.#unlike(lists, row, { sequences: row - from, tokens: bounds[row - from] })
      bounds[row - from + 1] = bounds[row - from] + tokens
    }
    const spans = new Spans(bounds, this.#sequences)
    this.#sequences += to - from
    this.#tokens += spans.tokens
    return spans
  }

  /** `before`: of the run in front of the row. */
  #unlike(lists: readonly TokenLists[], row: number, before: { sequences: number; tokens: number }): DataError {
    const there = lists.filter(({ values }) => !values.isAbsent(row)).map(({ name, values }) => ({ name, length: values.lengthAt(row) }))
    const [first] = there
    const other = there.find(({ length }) => length !== first.length) ?? first
    const problem = otherCount(this.#sequences + before.sequences + 1, other.length, first.length)
    return new DataError(problem, { file: this.#file, row: this.#tokens + before.tokens + 1, column: other.name })
  }

  /** The values of sequences for each of their tokens. */
  #repeated(values: Values, { from, to }: Rows, spans: Spans): Values {
    const own = partOf(values, from, to)
    return this.#areSingle && spans.areSingle ? own : new SequenceColumn(own, spans)
  }
}

/** The elements of the lists; of one that is missing as many that are. */
const elementsOf = (lists: ListColumn, { from, to }: Rows, tokens: number): Values =>
  lists.isAbsent(from) ? new Array(tokens).fill(null) : lists.elementsOf(from, to)

export interface TokenSource extends ColumnSource {
  /** The chunks of tokens in those of sequences that have all columns. */
  headOf(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk>
}

/** The table of the tokens. */
export function tokenTable(source: ColumnSource, sequences: Sequences): TokenSource {
  const { file, dialect, names, widths } = source
  const { ofTokens, areSingle } = sequences
  const places = names.length

  async function* spread(chunks: AsyncIterable<Chunk>, read: readonly number[], wanted: readonly number[]): AsyncGenerator<Chunk> {
    const found = wanted.map((column) => (column === places ? read.length : read.indexOf(column)))
    const spreader = new Spreader(source, sequences, read)
    for await (const chunk of chunks) {
      for (const { columns, ...rest } of spreader.spread(chunk)) yield { ...rest, columns: found.map((i) => columns[i]) }
    }
  }

  function chunks(wanted: number[], precision: Precision, isGlance: boolean): AsyncGenerator<Chunk> {
    const own = wanted.filter((column) => column !== places)
    const read = own.some((column) => ofTokens.includes(column)) ? own : [...own, ofTokens[0]]
    return spread(source.chunks(read, precision, isGlance), read, wanted)
  }

  const own = names.map((_, column) => column)
  const all = areSingle ? own : [...own, places]
  const table = { file, chunks, headOf: (given: AsyncIterable<Chunk>) => spread(given, own, all) }
  if (areSingle) return { ...table, dialect, names, widths }
  return {
    ...table,
    dialect: `${dialect}, a row for each token`,
    names: [...names, placeColumn],
    areTokens: true,
    placeColumn: places,
    widths: [...widths, undefined],
  }
}
