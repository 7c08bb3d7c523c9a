// Rows that stay in memory, batch by batch: scores and truths as they were read, and the terms made of them.
import type { MainModule } from './module.js'
import { type Batch, type Selection, truthWidth, widthOf } from './table.js'
import type { KeptTerms } from './terms.js'

type Values = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>
type Named = 'scores' | 'doubles' | 'labels' | 'targets' | 'weights'

/** All that terms are made of, and weights. */
export const everything = ['scores', 'doubles', 'labels', 'targets', 'weights'] as const

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

export class KeptBatch {
  readonly rows: number
  terms: KeptTerms
  readonly #arrays: Partial<Record<Named, Values>>
  readonly #places: Places
  readonly #ids?: { bytes: Uint8Array; offsets: Uint32Array }

  constructor(native: MainModule, batch: Batch, selection: Selection, terms: KeptTerms) {
    const { rows, ids } = batch
    const memory = native.HEAPU8.buffer
    const floats = (address: number, width: number) => (address === 0 ? undefined : new Float32Array(memory, address, rows * width).slice())
    this.rows = rows
    this.terms = terms
    this.#arrays = {
      scores: floats(batch.scores, widthOf(selection.scores)),
      doubles: batch.doubles === 0 ? undefined : new Float64Array(memory, batch.doubles, rows * widthOf(selection.scores)).slice(),
      labels: batch.labels === 0 ? undefined : new Int32Array(memory, batch.labels, rows).slice(),
      targets: floats(batch.targets, truthWidth(selection.truth)),
      weights: floats(batch.weights, 1),
    }
    this.#places = placesOf(batch)
    if (!ids) return
    const offsets = new Uint32Array(memory, ids.offsets, rows + 1).slice()
    this.#ids = { bytes: native.HEAPU8.slice(ids.bytes, ids.bytes + offsets[rows]), offsets }
  }

  get bytes(): number {
    const arrays = [this.terms.block, this.terms.doubles, this.#ids?.bytes, this.#ids?.offsets, ...Object.values(this.#arrays)]
    return arrays.reduce((sum, values) => sum + (values?.byteLength ?? 0), 0)
  }

  place(row: number): Place {
    if ('each' in this.#places) return this.#places.each[row]
    const { first } = this.#places
    return first.line === undefined ? { row: first.row + row } : { row: first.row + row, line: first.line + row }
  }

  id(row: number): string | undefined {
    if (!this.#ids) return undefined
    const { bytes, offsets } = this.#ids
    return new TextDecoder().decode(bytes.subarray(offsets[row], offsets[row + 1]))
  }

  hasLabel(label: number): boolean {
    return this.#arrays.labels?.includes(label) ?? false
  }

  /** Copies the named arrays into wasm memory and makes a batch of them. */
  asBatch(scratch: Scratch, names: readonly Named[]): NamedBatch {
    const wanted = names.map((name) => this.#arrays[name])
    const addresses = scratch.take(wanted)
    const addressOf = (name: Named) => addresses[names.indexOf(name)] ?? 0
    return {
      scores: addressOf('scores'),
      doubles: addressOf('doubles'),
      labels: addressOf('labels'),
      targets: addressOf('targets'),
      weights: addressOf('weights'),
      rows: this.rows,
      bytes: 0,
      place: (row) => this.place(row),
      idOf: (row) => this.id(row),
    }
  }
}

const alignment = 16

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
    const sizes = arrays.map((values) => Math.ceil((values?.byteLength ?? 0) / alignment) * alignment)
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
