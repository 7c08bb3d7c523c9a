// Rows outside of wasm memory, batch by batch: scores and truths as they were read; and those that stay, with the terms made of them.
import type { Memory } from './memory.js'
import type { MainModule } from './module.js'
import { type Batch, type Selection, truthWidth, widthOf } from './table.js'
import type { KeptTerms } from './terms.js'

type Values = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>
type Named = 'scores' | 'doubles' | 'labels' | 'targets' | 'weights'

/** All that terms are made of, and weights. */
export const everything = ['scores', 'doubles', 'labels', 'targets', 'weights'] as const

/** Of each array, in bytes. */
const alignment = 16

const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment

interface Place {
  row: number
  line?: number
}

/** A batch whose rows may have their names elsewhere than in wasm memory. */
export interface NamedBatch extends Batch {
  idOf?(row: number): string | undefined
}

/** Where rows stand: one behind the other, or each by itself. */
type Places = { first: Place } | { each: Place[] }

function placesOf({ place, rows }: Batch): Places {
  const first = place(0)
  const last = place(rows - 1)
  const isRun = last.row - first.row === rows - 1 && (last.line ?? 0) - (first.line ?? 0) === (last.line === undefined ? 0 : rows - 1)
  return isRun ? { first } : { each: Array.from({ length: rows }, (_, row) => place(row)) }
}

/** Rows outside of wasm memory. Plain data, so that it can be sent to a worker. */
export interface PlainBatch {
  rows: number
  arrays: Partial<Record<Named, Values>>
  places: Places
  ids?: { bytes: Uint8Array<ArrayBuffer>; offsets: Uint32Array<ArrayBuffer> }
}

/** The rows as they are in wasm memory, until the next call into it. */
export function plainOf({ HEAPU8 }: Memory, batch: Batch, { scores, truth }: Pick<Selection, 'scores' | 'truth'>): PlainBatch {
  const memory = HEAPU8.buffer as ArrayBuffer
  const { rows, ids } = batch
  const floats = (address: number, width: number) => (address === 0 ? undefined : new Float32Array(memory, address, rows * width))
  const offsets = ids && new Uint32Array(memory, ids.offsets, rows + 1)
  return {
    rows,
    arrays: {
      scores: floats(batch.scores, widthOf(scores)),
      doubles: batch.doubles === 0 ? undefined : new Float64Array(memory, batch.doubles, rows * widthOf(scores)),
      labels: batch.labels === 0 ? undefined : new Int32Array(memory, batch.labels, rows),
      targets: floats(batch.targets, truthWidth(truth)),
      weights: floats(batch.weights, 1),
    },
    places: placesOf(batch),
    ids: ids && offsets && { bytes: new Uint8Array(memory, ids.bytes, offsets[rows]), offsets },
  }
}

const arraysOf = ({ arrays, ids }: PlainBatch): ArrayBufferView[] =>
  [...Object.values(arrays), ids?.bytes, ids?.offsets].filter((values) => values !== undefined)

/** Bytes of its arrays, each of them beginning where any number may. */
export const sizeOf = (batch: PlainBatch): number => arraysOf(batch).reduce((sum, values) => sum + aligned(values.byteLength), 0)

/** The same rows in memory from `begin` on, which has room for them. */
export function copied(batch: PlainBatch, room: ArrayBuffer, begin = 0): PlainBatch {
  let next = begin
  const copy = <T extends Values | Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(values: T): T => {
    const Values = values.constructor as new (buffer: ArrayBuffer, at: number, length: number) => T
    const copied = new Values(room, next, values.length)
    copied.set(values)
    next += aligned(values.byteLength)
    return copied
  }
  const { rows, arrays, places, ids } = batch
  const named = Object.entries(arrays).map(([name, values]) => [name, values && copy(values)])
  return { rows, arrays: Object.fromEntries(named), places, ids: ids && { bytes: copy(ids.bytes), offsets: copy(ids.offsets) } }
}

function placeIn(places: Places, row: number): Place {
  if ('each' in places) return places.each[row]
  const { first } = places
  return first.line === undefined ? { row: first.row + row } : { row: first.row + row, line: first.line + row }
}

function idIn({ ids }: PlainBatch, row: number): string | undefined {
  if (!ids) return undefined
  const { bytes, offsets } = ids
  return new TextDecoder().decode(bytes.subarray(offsets[row], offsets[row + 1]))
}

/** Copies the named arrays into wasm memory and makes a batch of them. */
export function asBatch(plain: PlainBatch, scratch: Scratch, names: readonly Named[]): NamedBatch {
  const addresses = scratch.take(names.map((name) => plain.arrays[name]))
  const addressOf = (name: Named) => addresses[names.indexOf(name)] ?? 0
  return {
    scores: addressOf('scores'),
    doubles: addressOf('doubles'),
    labels: addressOf('labels'),
    targets: addressOf('targets'),
    weights: addressOf('weights'),
    rows: plain.rows,
    bytes: 0,
    place: (row) => placeIn(plain.places, row),
    idOf: (row) => idIn(plain, row),
  }
}

/** Rows that were evaluated, and what came of them. Plain data, in memory of its own. */
export interface EvaluatedBatch {
  batch: PlainBatch
  terms: KeptTerms
}

/** What is kept of rows: all, to be evaluated again, or what came of those that count, and their truth where it is divided. */
export type KeptPart = 'rows' | 'terms'

/** The evaluator's last batch. */
export function evaluated(batch: PlainBatch, evaluator: Terms, part: KeptPart): EvaluatedBatch {
  const isWhole = part === 'rows'
  const terms = isWhole ? evaluator.keptTerms() : evaluator.keepTerms()
  const { weights, targets } = batch.arrays
  // Of a divided truth the terms do not tell all.
  const kept: PlainBatch = isWhole ? batch : { ...batch, arrays: { weights, targets: terms.soft > 0 ? targets : undefined } }
  return { batch: copied(kept, new ArrayBuffer(sizeOf(kept))), terms }
}

interface Terms {
  keptTerms(): KeptTerms
  keepTerms(): KeptTerms
}

/** The memory that these are in. */
export function memoryOf({ batch, terms: { block, doubles } }: EvaluatedBatch): ArrayBuffer[] {
  const views = [...arraysOf(batch), block, ...(doubles ? [doubles] : [])]
  return [...new Set(views.map(({ buffer }) => buffer as ArrayBuffer))]
}

/** Takes what is to be kept of the parts of a file, in any order; of one part in its order. */
export interface Keeper {
  readonly keeps: KeptPart
  /** No more is wanted. */
  readonly isFull: boolean
  take(part: number, rows: EvaluatedBatch): void
  /** A part is evaluated elsewhere: they begin in order; and what comes of it has all been given. Other parts come between them, as wholes. */
  begin?(part: number): void
  end?(part: number): void
  /** Of what comes behind these parts some is at fault. */
  stop?(): void
  /** When there is room for more. */
  ready?(): Promise<void>
}

export class KeptBatch {
  terms: KeptTerms
  readonly plain: PlainBatch

  constructor({ batch, terms }: EvaluatedBatch) {
    this.plain = batch
    this.terms = terms
  }

  get rows(): number {
    return this.plain.rows
  }

  get weights(): Float32Array | undefined {
    return this.plain.arrays.weights as Float32Array | undefined
  }

  /** Where some truth of them is divided. */
  get targets(): Float32Array | undefined {
    return this.plain.arrays.targets as Float32Array | undefined
  }

  get bytes(): number {
    const { block, doubles } = this.terms
    return sizeOf(this.plain) + block.byteLength + (doubles?.byteLength ?? 0)
  }

  place(row: number): Place {
    return placeIn(this.plain.places, row)
  }

  id(row: number): string | undefined {
    return idIn(this.plain, row)
  }

  hasLabel(label: number): boolean {
    return this.plain.arrays.labels?.includes(label) ?? false
  }

  /** Copies the named arrays into wasm memory and makes a batch of them. */
  asBatch(scratch: Scratch, names: readonly Named[]): NamedBatch {
    return asBatch(this.plain, scratch, names)
  }
}

/** One block of wasm memory for the arrays of a batch. */
export class Scratch {
  readonly #native: MainModule
  #address = 0
  #bytes = 0

  constructor(native: MainModule) {
    this.#native = native
  }

  /** Addresses of copies of the arrays; 0 for none. */
  take(arrays: readonly (Values | undefined)[]): number[] {
    const sizes = arrays.map((values) => aligned(values?.byteLength ?? 0))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    if (total > this.#bytes) {
      this.free()
      this.#address = this.#native._malloc(total)
      if (this.#address === 0) throw new RangeError(`out of memory: ${total} bytes of wasm memory are needed for one batch`)
      this.#bytes = total
    }
    let next = this.#address
    return arrays.map((values, i) => {
      if (!values) return 0
      const address = next
      next += sizes[i]
      this.#native.HEAPU8.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), address)
      return address
    })
  }

  free(): void {
    this.#native._free(this.#address)
    this.#address = 0
    this.#bytes = 0
  }
}
