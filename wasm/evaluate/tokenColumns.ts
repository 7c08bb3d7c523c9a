// Columns of a table with a row for each token that hold one value for each sequence.
import { Column, type Values, valueAt } from './columnValues.js'
import { tokenName } from './sequences.js'
import { textOf } from './values.js'

/** Where the sequences of some rows of a file stand among their tokens. */
export class Spans {
  /** Where each of them begins, and where the last one ends. */
  readonly #bounds: Int32Array
  /** Sequences of the file in front of them. */
  readonly #before: number
  /** The one that was asked for last: the next token is in it, or near. */
  #last = 0

  constructor(bounds: Int32Array, before: number) {
    this.#bounds = bounds
    this.#before = before
  }

  get tokens(): number {
    return this.#bounds[this.#bounds.length - 1]
  }

  /** Each sequence has one token. */
  get areSingle(): boolean {
    return this.#bounds.every((bound, sequence) => bound === sequence)
  }

  /** The sequence, from 0, that a token is of. */
  sequenceOf(token: number): number {
    const bounds = this.#bounds
    if (bounds[this.#last] > token) this.#last = this.#search(token)
    while (bounds[this.#last + 1] <= token) this.#last++
    return this.#last
  }

  /** Its number in the file, from 1. */
  numberOf(sequence: number): number {
    return this.#before + sequence + 1
  }

  tokensOf(sequence: number): number {
    return this.#bounds[sequence + 1] - this.#bounds[sequence]
  }

  /** What a token is called whose sequence has this name. */
  nameOf(token: number, sequence: number, name: string): string {
    return tokenName(name, token - this.#bounds[sequence] + 1)
  }

  #search(token: number): number {
    const bounds = this.#bounds
    let from = 0
    let to = bounds.length - 1
    while (to - from > 1) {
      const middle = (from + to) >> 1
      if (bounds[middle] <= token) from = middle
      else to = middle
    }
    return from
  }
}

/** The value of its sequence, in each row. */
export class SequenceColumn extends Column {
  readonly length: number
  readonly spans: Spans
  readonly #values: Values
  /** The token of the first row. */
  readonly #first: number
  #named = { sequence: -1, name: '' }

  /** `values`: of the sequences. */
  constructor(values: Values, spans: Spans, first = 0, length = spans.tokens) {
    super()
    this.#values = values
    this.spans = spans
    this.#first = first
    this.length = length
  }

  at(row: number): unknown {
    return valueAt(this.#values, this.sequenceAt(row))
  }

  /** The sequence, from 0, that the row's token is of. */
  sequenceAt(row: number): number {
    return this.spans.sequenceOf(this.#first + row)
  }

  /** What the token in the row is called. */
  nameAt(row: number): string {
    const sequence = this.sequenceAt(row)
    if (sequence !== this.#named.sequence) this.#named = { sequence, name: textOf(valueAt(this.#values, sequence)).trim() }
    return this.spans.nameOf(this.#first + row, sequence, this.#named.name)
  }

  part(from: number, to: number): SequenceColumn {
    return new SequenceColumn(this.#values, this.spans, this.#first + from, to - from)
  }
}

/** What the tokens are called by the numbers of their sequences. */
export class PlaceColumn extends Column {
  readonly length: number
  readonly #spans: Spans
  readonly #first: number

  constructor(spans: Spans, first = 0, length = spans.tokens) {
    super()
    this.#spans = spans
    this.#first = first
    this.length = length
  }

  at(row: number): string {
    const sequence = this.#spans.sequenceOf(this.#first + row)
    return this.#spans.nameOf(this.#first + row, sequence, String(this.#spans.numberOf(sequence)))
  }

  part(from: number, to: number): PlaceColumn {
    return new PlaceColumn(this.#spans, this.#first + from, to - from)
  }
}
