// Tables of named arrays: NumPy's, safetensors' and torch's. Rows go along the first axis; of (N, T, V) and (N, T) along the first two.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { arrayGroups } from './arrayGroups.js'
import { valuesOf } from './arraysGroup.js'
import { quoted } from './cells.js'
import type { Chunk } from './chunkRows.js'
import type { ColumnSource } from './columnTable.js'
import { type ByteRange, byteRanges, type FileSource } from './file.js'
import { type ArrayColumn, type ArrayInfo, type ArrayRows, cutOff, rowBytesOf, type StoredArray } from './storedArrays.js'

/** The rows of an array, as many at a time as are at hand. */
class RowStream {
  readonly #rowBytes: number
  readonly #rooms: ArrayBuffer[] = []
  readonly #isOurs: boolean
  readonly #pieces: AsyncGenerator<ByteRange>
  #piece = new Uint8Array(0)

  constructor(column: ArrayColumn) {
    const { file, stored } = column.array
    this.#rowBytes = rowBytesOf(column)
    this.#isOurs = file.givesAway === true
    this.#pieces =
      typeof stored === 'function' ? stored(this.#rowBytes) : byteRanges(file, { ...stored, unit: this.#rowBytes, rooms: this.#rooms })
  }

  /** Whole rows at hand; none at the end. What was taken before is done with. */
  async rows(): Promise<number> {
    if (this.#rowBytes === 0) return Number.POSITIVE_INFINITY
    if (this.#piece.length === 0) {
      if (this.#isOurs && this.#piece.buffer.byteLength > 0) this.#rooms[0] = this.#piece.buffer
      const { value } = await this.#pieces.next()
      this.#piece = value?.bytes ?? new Uint8Array(0)
    }
    return Math.floor(this.#piece.length / this.#rowBytes)
  }

  take(rows: number): Uint8Array {
    const end = rows * this.#rowBytes
    const taken = this.#piece.subarray(0, end)
    this.#piece = this.#piece.subarray(end)
    return taken
  }

  async close(): Promise<void> {
    await this.#pieces.return(undefined)
  }
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1)

/** Axes of one element say nothing, except the first one. */
const squeezed = (shape: readonly number[]) => shape.filter((length, axis) => axis === 0 || length !== 1)

interface Rows {
  count: number
  /** Axes that rows go along. */
  axes: number
}

/** Scores of every token: (N, T, V), with labels (N, T) or without. */
function rowsOf(arrays: readonly ArrayInfo[], areTokens: boolean): Rows {
  const shapes = arrays.map(({ shape }) => squeezed(shape)).filter((shape) => shape.length > 0)
  const tokens = shapes.find((shape) => shape.length === 3) ?? (areTokens ? shapes.find((shape) => shape.length === 2) : undefined)
  if (tokens) return { count: sizeOf(tokens.slice(0, 2)), axes: 2 }
  // The scores have most numbers; what has another length is something else.
  const [largest] = [...shapes].sort((a, b) => sizeOf(b) - sizeOf(a))
  return { count: largest?.[0] ?? 0, axes: 1 }
}

const shapeText = ({ shape }: ArrayInfo) => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`

/** The arrays that have the rows, as columns; `areTokens` when rows are known to be the positions of sequences. */
export function arrayColumns(file: FileSource, dialect: string, arrays: readonly StoredArray[], areTokens: boolean): ColumnSource {
  const known = arrays.filter(({ type }) => type !== '')
  const { count, axes } = rowsOf(known, areTokens)
  const fits = ({ shape }: ArrayInfo) => sizeOf(squeezed(shape).slice(0, axes)) === count && shape.length > 0
  const used = known.filter((array) => fits(array) && squeezed(array.shape).length <= axes + 1)
  if (used.length === 0) {
    const shapes = arrays.map((array) => `"${array.name}" ${shapeText(array)}`)
    const problem =
      arrays.length === 0 ? say`it holds no arrays` : say`none of its arrays has rows of scores or labels: ${shapes.join(', ')}`
    throw new DataError(problem, { file: file.name })
  }
  const turned = used.find(({ isFortranOrder, shape }) => isFortranOrder && squeezed(shape).length > 1)
  if (turned) {
    throw new DataError(
      say`the array ${quoted([turned.name])} stands column by column (Fortran order): save it with np.ascontiguousarray`,
      {
        file: file.name,
      },
    )
  }
  const columns = used.map((array) => {
    const { shape } = array
    return { array, width: squeezed(shape).length > axes ? sizeOf(shape) / count : undefined }
  })
  const others = arrays.filter((array) => !used.includes(array)).map(({ name }) => name)
  const words = [
    axes === 2 ? `${dialect}, a row for each token` : dialect,
    ...(others.length > 0 ? [`not read, as they have other rows: ${quoted(others)}`] : []),
  ].join(', ')
  return sourceOf({ columns, rows: count }, { file, dialect: words, areTokens: axes === 2 })
}

const sourceOf = (arrays: ArrayRows, about: Pick<ColumnSource, 'file' | 'dialect' | 'areTokens' | 'labels'>): ColumnSource => ({
  ...about,
  names: arrays.columns.map(({ array }) => array.name),
  widths: arrays.columns.map(({ width }) => width),
  arrays,
  chunks: (columns) => chunksOf(about.file, columnsOf(arrays, columns)),
  groups: arrayGroups(about.file, arrays),
})

/** The labels behind the scores, row by row; nothing where one of them has others. */
export function sideBySide(predictions: ColumnSource, labels: ColumnSource, dialect: string): ColumnSource | undefined {
  const [scores, truths] = [predictions.arrays, labels.arrays]
  if (!scores || !truths || scores.rows !== truths.rows) return undefined
  const { file, areTokens } = predictions
  const columns = [...scores.columns, ...truths.columns]
  return sourceOf({ columns, rows: scores.rows }, { file, dialect, areTokens, labels: { file: labels.file, from: scores.columns.length } })
}

const columnsOf = ({ columns, rows }: ArrayRows, wanted: readonly number[]): ArrayRows => ({ columns: wanted.map((i) => columns[i]), rows })

async function* chunksOf(file: FileSource, { columns, rows: count }: ArrayRows): AsyncGenerator<Chunk> {
  const streams = columns.map((column) => new RowStream(column))
  try {
    for (let row = 0; row < count; ) {
      const atHand = await Promise.all(streams.map((stream) => stream.rows()))
      const rows = Math.min(...atHand, count - row)
      if (rows === 0) throw cutOff(columns[atHand.indexOf(0)].array)
      row += rows
      yield {
        rows,
        columns: streams.map((stream, i) => valuesOf(stream.take(rows), columns[i].array)),
        bytes: Math.round((file.size * row) / count),
      }
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.close()))
  }
}
