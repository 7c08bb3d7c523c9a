// Columns of a table with a row for each token that hold one value for each sequence.
import { Column, type Values, valueAt } from './columnValues.js'
import { tokenName } from './sequences.js'
import { textOf } from './values.js'

/** The sequence that a token is of. */
function sequenceAt(bounds: Int32Array, token: number): number {
  let from = 0
  let to = bounds.length - 1
  while (to - from > 1) {
    const middle = (from + to) >> 1
    if (bounds[middle] <= token) from = middle
    else to = middle
  }
  return from
}

/** The value of its sequence, in each row. */
export class SequenceColumn extends Column {
  readonly length: number
  readonly #values: Values
  readonly #bounds: Int32Array
  readonly #first: number
  /** The sequence of the row that was asked for last: the next one is in it, or near. */
  #last = 0
  #named = { sequence: -1, name: '' }

  /** `values`: of the sequences. `bounds`: where each of them begins among the tokens, and where the last one ends. The rows are those from `first` on. */
  constructor(values: Values, bounds: Int32Array, first = 0, length = bounds[bounds.length - 1] - first) {
    super()
    this.#values = values
    this.#bounds = bounds
    this.#first = first
    this.length = length
  }

  at(row: number): unknown {
    return valueAt(this.#values, this.#sequenceOf(row))
  }

  /** What the token in the row is called. */
  nameAt(row: number): string {
    const sequence = this.#sequenceOf(row)
    if (sequence !== this.#named.sequence) this.#named = { sequence, name: textOf(valueAt(this.#values, sequence)).trim() }
    return tokenName(this.#named.name, this.#first + row - this.#bounds[sequence] + 1)
  }

  part(from: number, to: number): SequenceColumn {
    return new (this.constructor as typeof SequenceColumn)(this.#values, this.#bounds, this.#first + from, to - from)
  }

  /** Tokens of the sequence that the row is of. */
  tokensAt(row: number): number {
    const sequence = this.#sequenceOf(row)
    return this.#bounds[sequence + 1] - this.#bounds[sequence]
  }

  #sequenceOf(row: number): number {
    const token = this.#first + row
    const bounds = this.#bounds
    if (bounds[this.#last] > token) this.#last = sequenceAt(bounds, token)
    while (bounds[this.#last + 1] <= token) this.#last++
    return this.#last
  }
}

/** The names that tokens have by the numbers of their sequences. */
export class PlaceColumn extends SequenceColumn {
  override at(row: number): string {
    return this.nameAt(row)
  }
}
