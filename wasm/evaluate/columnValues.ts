// The values of some rows of a column, as the readers of binary formats give them.

/** One behind the other: numbers, texts, or lists of them; null is none. */
type Plain = ArrayLike<unknown>

/** Values that are stored in another way than one behind the other. */
export abstract class Column {
  abstract readonly length: number
  abstract at(row: number): unknown
  abstract part(from: number, to: number): Values

  /** To be joined with others. */
  get piece(): Piece {
    return { values: plain(this) }
  }
}

/** Lists, without an array for each of them; and lists of these. */
export class ListColumn extends Column {
  /** Those of all lists, and maybe of others. */
  readonly elements: Values
  readonly #bounds: Int32Array
  readonly #absent?: Uint8Array

  /**
   * `elements`: those of all lists, one behind the other. `bounds`: where each list begins in them, and where the last one ends. `absent`: 1 for a list
   * that is missing, where some are.
   */
  constructor(elements: Values, bounds: Int32Array, absent?: Uint8Array) {
    super()
    this.elements = elements
    this.#bounds = bounds
    this.#absent = absent
  }

  get length(): number {
    return this.#bounds.length - 1
  }

  at(row: number): Plain | null {
    return this.isAbsent(row) ? null : plain(this.elementsOf(row, row + 1))
  }

  isAbsent(row: number): boolean {
    return this.#absent?.[row] === 1
  }

  /** Elements of a list that is not missing. */
  lengthAt(row: number): number {
    return this.#bounds[row + 1] - this.#bounds[row]
  }

  /** Those of the lists from `from` to before `to`, one behind the other. */
  elementsOf(from: number, to: number): Values {
    return partOf(this.elements, this.#bounds[from], this.#bounds[to])
  }

  part(from: number, to: number): ListColumn {
    return new ListColumn(this.elements, this.#bounds.subarray(from, to + 1), this.#absent?.subarray(from, to))
  }

  override get piece(): Piece {
    const [first] = this.#bounds
    const begins = this.#bounds.subarray(0, -1).map((bound) => bound - first)
    return { elements: pieceOf(this.elementsOf(0, this.length)), begins, absent: this.#absent }
  }

  /** The first list from `from` to before `to` that is missing or has not so many elements; `to` where there is none. */
  firstUnlike(width: number, from: number, to: number): number {
    const bounds = this.#bounds
    let row = from
    while (row < to && bounds[row + 1] - bounds[row] === width && this.#absent?.[row] !== 1) row++
    return row
  }
}

/** Fractions of which some are missing, and NaN. */
export class GappedColumn extends Column {
  readonly numbers: Fractions
  readonly #absent: Uint8Array

  /** `absent`: 1 for each that is missing, which a NaN need not be. */
  constructor(numbers: Fractions, absent: Uint8Array) {
    super()
    this.numbers = numbers
    this.#absent = absent
  }

  get length(): number {
    return this.numbers.length
  }

  at(row: number): number | null {
    return this.#absent[row] === 1 ? null : this.numbers[row]
  }

  part(from: number, to: number): GappedColumn {
    return new GappedColumn(this.numbers.subarray(from, to), this.#absent.subarray(from, to))
  }

  override get piece(): Piece {
    return { values: this.numbers, absent: this.#absent }
  }
}

export type Values = Plain | Column

export const valueAt = (values: Values, row: number): unknown => (values instanceof Column ? values.at(row) : values[row])

/** With an array for each list. */
const plain = (values: Values): Plain =>
  values instanceof Column ? Array.from({ length: values.length }, (_, row) => values.at(row)) : values

type Numbers = Float32Array
type Fractions = Float32Array | Float64Array

/** Numbers are no copies. */
const plainPart = (values: Plain, from: number, to: number): Plain =>
  ArrayBuffer.isView(values) ? (values as Numbers).subarray(from, to) : (values as unknown[]).slice(from, to)

/** Those of the rows from `from` to before `to`. */
export const partOf = (values: Values, from: number, to = values.length): Values =>
  values instanceof Column ? values.part(from, to) : plainPart(values, from, to)

function joinedPlain(pieces: readonly Plain[]): Plain {
  const used = pieces.filter(({ length }) => length > 0)
  if (used.length === 1) return used[0]
  const typed = used.every((piece) => ArrayBuffer.isView(piece) && piece.constructor === used[0].constructor)
  if (!typed || used.length === 0)
    return ([] as unknown[]).concat(...used.map((piece) => (Array.isArray(piece) ? piece : Array.from(piece))))
  const parts = used as Numbers[]
  const all = new (parts[0].constructor as Float32ArrayConstructor)(parts.reduce((sum, part) => sum + part.length, 0))
  let end = 0
  for (const part of parts) {
    all.set(part, end)
    end += part.length
  }
  return all
}

/** Values as they come in pieces. */
export type Piece = PlainPiece | ListPiece

interface PlainPiece {
  values: Plain
  /** 1 for each of them, which are fractions then, that is missing, where some are. */
  absent?: Uint8Array
}

export interface ListPiece {
  /** Of the lists, one behind the other. */
  elements: Piece
  /** Where in them each list begins that does so here; what stands in front is the rest of the one before. */
  begins: Int32Array
  /** 1 for each of these that is missing, where some are. */
  absent?: Uint8Array
}

const isOfLists = (piece: Piece): piece is ListPiece => 'begins' in piece

const lengthOf = (piece: Piece): number => (isOfLists(piece) ? piece.begins : piece.values).length

function joinedAbsent(pieces: readonly Piece[], count: number): Uint8Array | undefined {
  if (!pieces.some(({ absent }) => absent)) return undefined
  const all = new Uint8Array(count)
  let row = 0
  for (const piece of pieces) {
    if (piece.absent) all.set(piece.absent, row)
    row += lengthOf(piece)
  }
  return all
}

function joinedLists(pieces: readonly ListPiece[]): ListColumn {
  const count = pieces.reduce((sum, { begins }) => sum + begins.length, 0)
  const bounds = new Int32Array(count + 1)
  let row = 0
  let end = 0
  for (const { elements, begins } of pieces) {
    const length = lengthOf(elements)
    let last = 0
    for (let i = 0; i < begins.length; i++) {
      if (!(begins[i] >= last && begins[i] <= length)) throw new RangeError('lists do not begin one behind the other')
      last = begins[i]
      bounds[row + i] = end + last
    }
    row += begins.length
    end += length
  }
  bounds[row] = end
  return new ListColumn(joined(pieces.map(({ elements }) => elements)), bounds, joinedAbsent(pieces, count))
}

/** The pieces that a column came in, as one. */
export function joined(pieces: readonly Piece[]): Values {
  const lists = pieces.filter(isOfLists)
  if (lists.length > 0) return joinedLists(lists)
  const flat = pieces as readonly PlainPiece[]
  const values = joinedPlain(flat.map((piece) => piece.values))
  const absent = joinedAbsent(flat, values.length)
  return absent ? new GappedColumn(values as Fractions, absent) : values
}

export const pieceOf = (values: Values): Piece => (values instanceof Column ? values.piece : { values })
