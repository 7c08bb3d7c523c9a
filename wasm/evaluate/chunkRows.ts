// Rows of columns, whatever a format's reader gives as their values, as batches in wasm memory.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { leaveOutRemedy } from './badRow.js'
import { type Values, valueAt } from './columnValues.js'
import { Room } from './memory.js'
import { leftOutBecause, missing, type Noun } from './missing.js'
import type { MainModule } from './module.js'
import type { Problems } from './problems.js'
import { inToken, otherCount } from './sequences.js'
import {
  type Batch,
  type Field,
  type LeftOutRows,
  maxBatchRows,
  type Selection,
  type TableReader,
  truthColumns,
  truthWidth,
  widthOf,
} from './table.js'
import { SequenceColumn } from './tokenColumns.js'
import { fillLabels, fillNumbers, fillTags, type Problem, type Target, textOf } from './values.js'

/** Rows of some columns. */
export interface Chunk {
  rows: number
  /** One for each column that was asked for. */
  columns: Values[]
  /** Bytes of the file that are used up. */
  bytes: number
}

const maxBatchBytes = 1 << 18
/** Of UTF-8, for a unit of UTF-16. */
const mostBytes = 3
const encoder = new TextEncoder()
const shownRows = 5

/** The columns that are read, each once, in the order in which their values are wanted. */
export const columnsOf = ({ scores, truth, weight, id }: Selection): number[] => [
  ...new Set([...scores.map(({ column }) => column), ...truthColumns(truth), ...[weight, id].filter((i) => i !== undefined)]),
]

/** What is wrong with a row, and in which column. */
interface Fault extends Problem {
  column: number
  noun: Noun
}

/** The first row whose value other tokens of its sequence share: only as their name it is one for each. */
function sharedIn(values: Values, from: number, rows: number): Problem | undefined {
  if (!(values instanceof SequenceColumn)) return undefined
  const { spans } = values
  for (let row = 0; row < rows; row++) {
    const sequence = values.sequenceAt(from + row)
    const tokens = spans.tokensOf(sequence)
    if (tokens > 1) return { row, isMissing: false, isPlaced: true, said: otherCount(spans.numberOf(sequence), 1, tokens) }
  }
  return undefined
}

const idIn = (values: Values, row: number): string =>
  values instanceof SequenceColumn ? values.nameAt(row) : textOf(valueAt(values, row)).trim()

interface Place {
  column: number
  /** Position among the columns of a chunk. */
  index: number
  width: number
  slot: number
  isList: boolean
}

type AddFault = (place: Pick<Place, 'column'>, noun: Noun, problem: Problem | undefined) => void

/** Columns whose numbers stand side by side in a batch. */
interface Fields {
  places: readonly Place[]
  address: number
  /** Of the same numbers as doubles, where these are wanted. */
  doubles?: number
  /** Numbers of a row. */
  stride: number
  noun: Noun
}

/** Fills batches from chunks. */
class Filler {
  readonly room: Room
  readonly capacity: number
  readonly columns: number[]
  readonly #native: MainModule
  readonly #selection: Selection
  readonly #scores: Place[]
  readonly #targets: Place[]
  readonly #scoreWidth: number
  readonly #truthWidth: number
  readonly #addresses: { scores: number; doubles: number; labels: number; targets: number; weights: number }
  #idBytes = 0
  #idRoom = 0
  readonly #idOffsets: number

  constructor(native: MainModule, selection: Selection) {
    const { scores, truth, weight, id, precision } = selection
    this.#native = native
    this.#selection = selection
    this.columns = columnsOf(selection)
    this.#scoreWidth = widthOf(scores)
    this.#truthWidth = truthWidth(truth)
    this.#scores = this.#places(scores)
    this.#targets = truth.kind === 'label' || truth.kind === 'tags' ? [] : this.#places(truth.fields)
    this.capacity = Math.min(maxBatchRows, Math.max(1, Math.floor(maxBatchBytes / (4 * (this.#scoreWidth + this.#truthWidth)))))
    this.room = new Room(native)
    const isLabel = truth.kind === 'label' || truth.kind === 'oneHot'
    this.#addresses = {
      scores: this.room.take(this.capacity * this.#scoreWidth),
      doubles: precision === 'float64' ? this.room.take(this.capacity * this.#scoreWidth, 8) : 0,
      labels: isLabel ? this.room.take(this.capacity) : 0,
      targets: this.#truthWidth > 0 ? this.room.take(this.capacity * this.#truthWidth) : 0,
      weights: weight === undefined ? 0 : this.room.take(this.capacity),
    }
    this.#idOffsets = id === undefined ? 0 : this.room.take(this.capacity + 1)
  }

  /** Fills the rows from `from` on; those before the first fault are good. */
  fill(chunk: Chunk, from: number, rows: number): { batch: Omit<Batch, 'rows' | 'bytes' | 'place'>; faults: Fault[] } {
    const faults: Fault[] = []
    const add: AddFault = (place, noun, problem) => {
      if (problem) faults.push({ ...problem, column: place.column, noun })
    }
    const { scores, doubles, targets, weights } = this.#addresses
    this.#fillFields(chunk, from, rows, { places: this.#scores, address: scores, doubles, stride: this.#scoreWidth, noun: 'score' }, add)
    this.#fillFields(chunk, from, rows, { places: this.#targets, address: targets, stride: this.#truthWidth, noun: 'label' }, add)
    this.#fillTruth(chunk, from, rows, add)
    const { weight } = this.#selection
    if (weight !== undefined) {
      const places = [this.#place({ column: weight }, 0)]
      this.#fillFields(chunk, from, rows, { places, address: weights, stride: 1, noun: 'weight' }, add)
    }
    const ids = this.#fillIds(chunk, from, rows)
    const { truth } = this.#selection
    return { batch: { ...this.#addresses, targets: truth.kind === 'oneHot' ? 0 : this.#addresses.targets, ids }, faults }
  }

  release(): void {
    this.room.release()
    if (this.#idBytes !== 0) this.#native._free(this.#idBytes)
  }

  #place(field: Field, slot: number): Place {
    return {
      column: field.column,
      index: this.columns.indexOf(field.column),
      width: field.list ?? 1,
      slot,
      isList: field.list !== undefined,
    }
  }

  #places(fields: readonly Field[]): Place[] {
    let slot = 0
    return fields.map((field) => {
      const place = this.#place(field, slot)
      slot += place.width
      return place
    })
  }

  #fillFields({ columns }: Chunk, from: number, rows: number, { places, address, doubles, stride, noun }: Fields, add: AddFault): void {
    const floats = this.room.floats(address, rows * stride)
    const out = doubles ? this.room.doubles(doubles, rows * stride) : floats
    const targetOf = ({ slot, width }: Place): Target => ({ out, stride, slot, width })
    for (const place of places) {
      add(place, noun, sharedIn(columns[place.index], from, rows))
      add(place, noun, fillNumbers(columns[place.index], from, rows, targetOf(place), place.isList))
    }
    if (out !== floats) floats.set(out)
    // Of scores only a missing one is bad, and all of them are looked through at once.
    if (noun === 'score' && this.#native.firstNan(address, rows * stride) === rows * stride) return
    for (const place of places) add(place, noun, this.#firstBad(targetOf(place), rows, noun))
  }

  /** The first row with a number that is missing or cannot be one of this kind. */
  #firstBad({ out, stride, slot, width }: Target, rows: number, noun: Noun): Problem | undefined {
    for (let row = 0; row < rows; row++) {
      for (let i = row * stride + slot; i < row * stride + slot + width; i++) {
        const value = out[i]
        if (Number.isNaN(value)) {
          if (this.#selection.missing === 'isNaN') continue
          return { row, isMissing: true }
        }
        if (noun === 'label' && !(value >= 0 && value <= 1)) {
          return { row, isMissing: false, said: say`the label "${textOf(value)}" is not a number from 0 to 1` }
        }
        if (noun === 'weight' && !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
          return { row, isMissing: false, said: say`the weight "${value}" is negative or infinite` }
        }
      }
    }
    return undefined
  }

  #fillTruth(chunk: Chunk, from: number, rows: number, add: AddFault): void {
    const { truth, missing } = this.#selection
    const { labels, targets } = this.#addresses
    const mayBeMissing = missing === 'isNaN'
    if (truth.kind === 'label' || truth.kind === 'tags') {
      add(truth, 'label', sharedIn(chunk.columns[this.columns.indexOf(truth.column)], from, rows))
    }
    if (truth.kind === 'label') {
      const values = chunk.columns[this.columns.indexOf(truth.column)]
      add(truth, 'label', fillLabels(values, from, rows, this.room.integers(labels, rows), { names: truth.names, mayBeMissing }))
    }
    if (truth.kind === 'tags') {
      const values = chunk.columns[this.columns.indexOf(truth.column)]
      const out = this.room.floats(targets, rows * truth.classes)
      add(truth, 'label', fillTags(values, from, rows, { out, width: truth.classes }, { ...truth, mayBeMissing }))
    }
    if (truth.kind === 'oneHot') {
      const bad = this.#native.oneHotLabels(targets, labels, rows, this.#truthWidth)
      const said = say`the labels are not one 1 and else 0, as in the rows before`
      if (bad < rows) add(truth.fields[0], 'label', { row: bad, isMissing: false, said })
    }
  }

  #fillIds({ columns }: Chunk, from: number, rows: number): Batch['ids'] {
    const { id } = this.#selection
    if (id === undefined) return undefined
    const values = columns[this.columns.indexOf(id)]
    const texts: string[] = []
    for (let row = from; row < from + rows; row++) texts.push(idIn(values, row))
    this.#writeIds(texts)
    return { bytes: this.#idBytes, offsets: this.#idOffsets }
  }

  /** What a row is called, where that is asked for. */
  idOf({ columns }: Chunk, row: number): string | undefined {
    const { id } = this.#selection
    return id === undefined ? undefined : idIn(columns[this.columns.indexOf(id)], row)
  }

  /** All at once; where not all are ASCII, one after another to know their lengths. */
  #writeIds(texts: readonly string[]): void {
    const all = texts.join('')
    this.#reserveIds(mostBytes * all.length)
    const bytes = this.#native.HEAPU8.subarray(this.#idBytes, this.#idBytes + this.#idRoom)
    const areAscii = encoder.encodeInto(all, bytes).written === all.length
    const offsets = this.room.integers(this.#idOffsets, texts.length + 1)
    let end = 0
    texts.forEach((text, row) => {
      end += areAscii ? text.length : encoder.encodeInto(text, bytes.subarray(end)).written
      offsets[row + 1] = end
    })
    offsets[0] = 0
  }

  #reserveIds(bytes: number): void {
    if (bytes <= this.#idRoom && this.#idBytes !== 0) return
    if (this.#idBytes !== 0) this.#native._free(this.#idBytes)
    this.#idRoom = 2 * bytes + 1
    this.#idBytes = this.#native._malloc(this.#idRoom)
    if (this.#idBytes === 0) throw new RangeError(`out of memory: ${this.#idRoom} bytes of wasm memory are needed for ids`)
  }
}

/** What the rows are of, for messages. */
export interface Origin {
  file: string
  names: string[]
  /** The columns from this one on are of this file. */
  labels?: { file: string; from: number }
}

export const originOf = ({ file, labelsFile, head: { names, labelsFrom } }: Pick<TableReader, 'file' | 'labelsFile' | 'head'>): Origin => ({
  file: file.name,
  names,
  labels: labelsFile && labelsFrom !== undefined ? { file: labelsFile.name, from: labelsFrom } : undefined,
})

/** Rows of chunk after chunk; those with a fault are left aside. */
export class ChunkRows {
  readonly #filler: Filler
  readonly #selection: Selection
  readonly #origin: Origin
  readonly #leftOut = new Map<Noun, LeftOutRows>()

  constructor(native: MainModule, selection: Selection, origin: Origin) {
    this.#filler = new Filler(native, selection)
    this.#selection = selection
    this.#origin = origin
  }

  /** Of all chunks so far. */
  get leftOut(): LeftOutRows[] {
    return [...this.#leftOut.values()]
  }

  /** `before`: rows of the file in front of the chunk. */
  *batches(chunk: Chunk, before: number, problems: Problems): Generator<Batch> {
    const filler = this.#filler
    let window = filler.capacity
    for (let from = 0; from < chunk.rows; ) {
      const rows = Math.min(window, chunk.rows - from)
      const { batch, faults } = filler.fill(chunk, from, rows)
      const fault = faults.reduce<Fault | undefined>((first, each) => (first && first.row <= each.row ? first : each), undefined)
      const good = fault?.row ?? rows
      const first = before + from + 1
      if (good > 0) yield { ...batch, rows: good, bytes: chunk.bytes, place: (row) => ({ row: first + row }) }
      if (fault) this.#leaveAside(fault, first + good, problems, filler.idOf(chunk, from + good))
      if (problems.isFull) return
      from += good + (fault ? 1 : 0)
      // What was filled behind the fault was in vain: where there are many, little is filled at a time.
      window = fault ? Math.min(2 * good + 16, filler.capacity) : Math.min(2 * window, filler.capacity)
    }
  }

  #leaveAside(fault: Fault, row: number, problems: Problems, id: string | undefined): void {
    if (this.#selection.missing === 'error' || !fault.isMissing) {
      problems.note(this.#explain(fault, row, id))
      return
    }
    const found = this.#leftOut.get(fault.noun) ?? leftOutBecause(missing(fault.noun), { rows: 0, first: [] })
    found.rows++
    if (found.first.length < shownRows) found.first.push(row)
    this.#leftOut.set(fault.noun, found)
  }

  #explain({ column, noun, said, isPlaced }: Fault, row: number, id: string | undefined): DataError {
    const { file, names, labels } = this.#origin
    const at = { file: labels && column >= labels.from ? labels.file : file, row, column: names[column] }
    const problem = inToken(said ?? missing(noun), names, isPlaced ? undefined : id)
    return said ? new DataError(problem, at) : new DataError(problem, at, { remedy: leaveOutRemedy })
  }

  release(): void {
    this.#filler.release()
  }
}
