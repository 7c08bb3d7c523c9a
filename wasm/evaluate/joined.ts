// Predictions in one file, labels in another: joined by their ids, or row by row where there are none.
import { DataError } from '../errors.js'
import { type Message, say } from '../message.js'
import { sideBySide } from './arrays.js'
import { ColumnTable } from './columnTable.js'
import { type Found, type LabelSelection, LabelStore, partOf, type RowNumbers, rowNumbers } from './labelStore.js'
import { idOf, scoresOf } from './memory.js'
import { leftOutBecause, missing } from './missing.js'
import type { MainModule } from './module.js'
import { isIdName, isIndexName } from './names.js'
import type { EvaluateOptions } from './options.js'
import type { Problems } from './problems.js'
import { placeColumn } from './sequences.js'
import {
  type Batch,
  type Field,
  type LeftOutRows,
  rowsOf,
  type Selection,
  type TableHead,
  type TableReader,
  type Truth,
  truthWidth,
  widthOf,
} from './table.js'

/** Columns of the same name in both files, by which rows are known. */
interface Key {
  predictions: number
  labels: number
}

const shownRows = 5
const numberBytes = 4

/** Why a row of the predictions is not taken: there is no label for it, there was one before, or something is missing in it. */
type Fault = Exclude<Found, 'taken'> | 'score'

const reasons: Record<Exclude<Fault, 'again'>, Message> = {
  score: missing('score'),
  label: missing('label'),
  weight: missing('weight'),
  absent: say`the labels file has no label for the row`,
}

/** Rows that are left out, by why they are. */
class LeftOut {
  readonly #found = new Map<Message, LeftOutRows>()

  add(fault: Exclude<Fault, 'again'>, row: number): void {
    const reason = reasons[fault]
    const found = this.#found.get(reason) ?? leftOutBecause(reason, { rows: 0, first: [] })
    found.rows++
    if (found.first.length < shownRows) found.first.push(row)
    this.#found.set(reason, found)
  }

  rows(): LeftOutRows[] {
    return Object.values(reasons).flatMap((reason) => this.#found.get(reason) ?? [])
  }
}

function findKey(predictions: TableHead, labels: TableHead, { id }: EvaluateOptions): Key | undefined {
  const isKey = (name: string) => (id === undefined ? isIdName(name) || isIndexName(name) || name === placeColumn : name === id)
  const name = predictions.names.find((each) => isKey(each) && labels.names.includes(each))
  return name === undefined ? undefined : { predictions: predictions.names.indexOf(name), labels: labels.names.indexOf(name) }
}

/** Rows of both, side by side; those of one id where the first rows of both files have the same ones. */
function joinHeads(predictions: TableHead, labels: TableHead, key: Key | undefined): TableHead {
  const byId = new Map(labels.rows.map((row) => [key ? row[key.labels]?.trim() : '', row]))
  const empty = labels.names.map(() => '')
  const matched = key ? predictions.rows.map((row) => byId.get(row[key.predictions]?.trim() ?? '')) : labels.rows
  const join = (others: readonly (string[] | undefined)[]) => predictions.rows.map((row, i) => [...row, ...(others[i] ?? empty)])
  return {
    names: [...predictions.names, ...labels.names],
    hasHeader: predictions.hasHeader && labels.hasHeader,
    // What a column holds is seen from any of its rows.
    rows: join(matched.every((row) => row !== undefined) ? matched : labels.rows),
    preview: join(matched),
    decimalComma: predictions.decimalComma,
    areTokens: predictions.areTokens,
    placeColumn: predictions.placeColumn,
    labelsFrom: predictions.names.length,
  }
}

const shifted = (fields: readonly Field[], by: number): Field[] => fields.map((field) => ({ ...field, column: field.column - by }))

function shiftTruth(truth: Truth, by: number): Truth {
  if (truth.kind === 'label' || truth.kind === 'tags') return { ...truth, column: truth.column - by }
  return { ...truth, fields: shifted(truth.fields, by) }
}

function joinedWords(predictions: TableReader, labels: TableReader, key: Key | undefined): string {
  const how = key ? `joined by "${predictions.head.names[key.predictions]}"` : 'joined row by row'
  return `${predictions.dialect}; labels: ${labels.dialect}, ${how}`
}

class JoinedTable implements TableReader {
  readonly head: TableHead
  leftOut: LeftOutRows[] = []
  readonly #native: MainModule
  readonly #predictions: TableReader
  readonly #labels: TableReader
  readonly #key?: Key
  /** The labels, where a glance has read all of them and nothing was wrong. */
  #kept?: { store: LabelStore; truth: Truth; weight?: number }

  constructor(native: MainModule, predictions: TableReader, labels: TableReader, key: Key | undefined) {
    this.#native = native
    this.#predictions = predictions
    this.#labels = labels
    this.#key = key
    this.head = joinHeads(predictions.head, labels.head, key)
  }

  get file() {
    return this.#predictions.file
  }

  get labelsFile() {
    return this.#labels.file
  }

  get dialect(): string {
    return joinedWords(this.#predictions, this.#labels, this.#key)
  }

  async *batches(selection: Selection, problems: Problems, isGlance = false): AsyncGenerator<Batch> {
    const { truth, weight } = selection
    const weightInLabels = weight !== undefined && weight >= this.#predictions.head.names.length
    const store = await this.#storeFor(selection, weightInLabels, problems, isGlance)
    try {
      // Where it is not their order that joins them, the label of a row may be anywhere.
      if (!isGlance || this.#key) await store.readTo(Number.POSITIVE_INFINITY)
      // Else rows would be said to have no label that have a bad one.
      if (!problems.isAny) yield* this.#join(store, selection, { weightInLabels, isGlance }, problems)
    } finally {
      if (isGlance && store.isWhole && !problems.isAny) this.#kept = { store, truth, weight }
      else await store.dispose()
    }
  }

  async release(): Promise<void> {
    const kept = this.#kept
    this.#kept = undefined
    await kept?.store.dispose()
  }

  /** With no row taken. */
  async #storeFor(selection: Selection, weightInLabels: boolean, problems: Problems, isGlance: boolean): Promise<LabelStore> {
    const { truth, weight, missing } = selection
    if (this.#kept?.truth === truth && this.#kept.weight === weight) {
      const { store } = this.#kept
      this.#kept = undefined
      store.giveBack()
      return store
    }
    await this.release()
    const from = this.#predictions.head.names.length
    const wanted: LabelSelection = {
      truth: shiftTruth(truth, from),
      weight: weightInLabels ? (weight ?? 0) - from : undefined,
      id: this.#key?.labels,
      missing,
    }
    return new LabelStore(this.#native, this.#labels, wanted, problems, isGlance)
  }

  async *#join(
    store: LabelStore,
    selection: Selection,
    { weightInLabels, isGlance }: { weightInLabels: boolean; isGlance: boolean },
    problems: Problems,
  ): AsyncGenerator<Batch> {
    const { missing } = selection
    const leftOut = new LeftOut()
    const room = new LabelRoom(this.#native, store, truthWidth(selection.truth), weightInLabels)
    const ofPredictions: Selection = {
      scores: selection.scores,
      truth: { kind: 'targets', fields: [] },
      weight: weightInLabels ? undefined : selection.weight,
      id:
        this.#key?.predictions ??
        (selection.id !== undefined && selection.id < this.#predictions.head.names.length ? selection.id : undefined),
      precision: selection.precision,
      // A label that stands beside no score has its row all the same.
      missing: missing === 'leaveOut' ? 'isNaN' : missing,
    }
    let seen = 0
    try {
      for await (const batch of this.#predictions.batches(ofPredictions, problems, isGlance)) {
        seen = batch.place(batch.rows - 1).row
        await store.readTo(seen)
        const rows = this.#rowsOf(store, batch)
        const lacking = ofPredictions.missing === 'isNaN' ? this.#lacking(batch, widthOf(selection.scores)) : undefined
        for (let row = 0; row < batch.rows; ) {
          const run = this.#run(store, rows, row, lacking)
          if (run.end > row) yield { ...rowsOf(batch, row, run.end, ofPredictions), ...room.fill(partOf(rows, row, run.end)) }
          if (run.fault)
            this.#leaveAside(run.fault, run.end, { store, batch, leftOut: missing === 'leaveOut' ? leftOut : undefined, problems })
          row = run.end + 1
        }
        if (problems.isFull) return
      }
    } finally {
      room.release()
    }
    if (!problems.isAny) this.#finish(store, seen, missing, leftOut.rows())
  }

  /** What is missing in each row; undefined where nothing is. */
  #lacking(batch: Batch, width: number): ('score' | 'weight' | undefined)[] | undefined {
    const { rows, scores, weights } = batch
    const holdsNan = (address: number, count: number) => address !== 0 && this.#native.firstNan(address, count) < count
    if (!holdsNan(scores, rows * width) && !holdsNan(weights, rows)) return undefined
    const ofRows = scoresOf(this.#native, batch, width)
    return Array.from({ length: rows }, (_, row) => {
      if (ofRows.subarray(row * width, (row + 1) * width).some(Number.isNaN)) return 'score'
      return holdsNan(weights && weights + numberBytes * row, 1) ? 'weight' : undefined
    })
  }

  #leaveAside(
    fault: Fault,
    row: number,
    { store, batch, leftOut, problems }: { store: LabelStore; batch: Batch; leftOut: LeftOut | undefined; problems: Problems },
  ): void {
    if (leftOut && fault !== 'again') leftOut.add(fault, batch.place(row).row)
    else problems.note(this.#explain(store, batch, row, fault))
  }

  #rowsOf(store: LabelStore, batch: Batch): RowNumbers {
    return this.#key && batch.ids ? store.find(batch.ids, batch.rows) : rowNumbers(batch)
  }

  /** Takes the labels of the rows from `begin` on as far as nothing is missing, and says what is with the next one. */
  #run(
    store: LabelStore,
    rows: RowNumbers,
    begin: number,
    lacking: readonly (Fault | undefined)[] | undefined,
  ): { end: number; fault?: Fault } {
    let end = lacking ? begin : rows.length
    while (end < rows.length && !lacking?.[end]) end++
    end = store.takeWhole(rows, begin, end)
    if (end === rows.length) return { end }
    const found = store.take(rows, end)
    const fault = found === 'again' ? found : (lacking?.[end] ?? found)
    return { end, fault: fault === 'taken' ? undefined : fault }
  }

  #explain(store: LabelStore, batch: Batch, row: number, found: Fault): DataError {
    const at = { file: this.file.name, ...batch.place(row) }
    const labels = this.#labels.file.name
    if (!this.#key)
      return new DataError(
        say`the row has no label: ${labels} has ${store.rows} rows. Rows are joined in their order, as there is no id column in both`,
        at,
      )
    const column = this.#predictions.head.names[this.#key.predictions]
    const id = idOf(this.#native, batch, row)
    return new DataError(
      found === 'again'
        ? say`the id "${id ?? ''}" has stood in a row before`
        : say`there is no label for the id "${id ?? ''}" in ${labels}`,
      { ...at, column },
    )
  }

  #finish(store: LabelStore, seen: number, missing: Selection['missing'], leftOut: LeftOutRows[]): void {
    const left = store.left(shownRows)
    const isExpected = missing === 'leaveOut' && (this.#key !== undefined || seen >= store.rows)
    // Of a list that is missing nobody knows how many tokens it stands for: those behind it would have the labels of others.
    const isMoved = !this.#key && seen !== store.rows && (this.head.placeColumn ?? this.#labels.head.placeColumn) !== undefined
    if ((left.rows > 0 && !isExpected) || isMoved) {
      const problem = this.#key
        ? say`${left.rows} of its rows have no prediction in ${this.file.name}, the first of them this one`
        : say`it has ${store.rows} rows, but ${this.file.name} has ${seen}`
      throw new DataError(problem, { file: this.#labels.file.name, ...(this.#key ? { row: left.first[0] } : {}) })
    }
    const unused = leftOutBecause(say`the predictions have no row for the label`, left)
    this.leftOut = [...leftOut, unused].filter(({ rows }) => rows > 0)
  }
}

/** Labels of a batch in wasm memory. */
class LabelRoom {
  readonly #native: MainModule
  readonly #store: LabelStore
  readonly #width: number
  readonly #hasWeights: boolean
  #address = 0
  #rows = 0

  constructor(native: MainModule, store: LabelStore, width: number, hasWeights: boolean) {
    this.#native = native
    this.#store = store
    this.#width = width
    this.#hasWeights = hasWeights
  }

  fill(rows: RowNumbers): Partial<Batch> {
    this.#reserve(rows.length)
    const { buffer } = this.#native.HEAPU8
    const isLabel = this.#store.hasLabels
    const values = isLabel ? 1 : this.#width
    const weightsAt = this.#address + numberBytes * rows.length * values
    this.#store.readTruth(rows, {
      labels: new Int32Array(buffer, this.#address, isLabel ? rows.length : 0),
      targets: new Float32Array(buffer, this.#address, isLabel ? 0 : rows.length * values),
    })
    if (this.#hasWeights) this.#store.readWeights(rows, new Float32Array(buffer, weightsAt, rows.length))
    return {
      labels: isLabel ? this.#address : 0,
      targets: isLabel ? 0 : this.#address,
      ...(this.#hasWeights ? { weights: weightsAt } : {}),
    }
  }

  release(): void {
    this.#native._free(this.#address)
  }

  #reserve(rows: number): void {
    if (rows <= this.#rows) return
    this.#native._free(this.#address)
    const bytes = numberBytes * rows * (Math.max(this.#width, 1) + 1)
    this.#address = this.#native._malloc(bytes)
    if (this.#address === 0) throw new RangeError(`out of memory: ${bytes} bytes of wasm memory are needed for the labels of one batch`)
    this.#rows = rows
  }
}

export function joinTables(native: MainModule, predictions: TableReader, labels: TableReader, options: EvaluateOptions): TableReader {
  const key = findKey(predictions.head, labels.head, options)
  if (typeof options.id === 'string' && !key) {
    const absent = predictions.head.names.includes(options.id) ? labels : predictions
    throw new DataError(say`there is no column "${options.id}" to join by`, { file: absent.file.name })
  }
  return (key ? undefined : joinArrays(native, predictions, labels)) ?? new JoinedTable(native, predictions, labels, key)
}

/** Arrays of as many rows in both files are columns of one table. */
function joinArrays(native: MainModule, predictions: TableReader, labels: TableReader): TableReader | undefined {
  if (!(predictions instanceof ColumnTable && labels instanceof ColumnTable)) return undefined
  const source = sideBySide(predictions.source, labels.source, joinedWords(predictions, labels, undefined))
  return source && new ColumnTable(native, source, joinHeads(predictions.head, labels.head, undefined))
}
