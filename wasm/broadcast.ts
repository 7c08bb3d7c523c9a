// A smaller tensor spread over a larger shape, by numpy's rules.
import type { FloatArray, Input } from './tensor.js'

export class Broadcast {
  readonly #values: Float64Array
  readonly #shape: readonly number[]
  readonly #strides: number[]

  /** Throws a RangeError with `name` where `from` does not broadcast to `shape` or holds what is not finite. */
  constructor(name: string, from: Input, shape: readonly number[]) {
    const added = shape.length - from.shape.length
    const fits = added >= 0 && from.shape.every((length, i) => length === 1 || length === shape[added + i])
    if (!fits) throw new RangeError(`${name} has shape [${from.shape}], which does not broadcast to the input's [${shape}]`)
    this.#values = Float64Array.from(from.data as ArrayLike<number>, Number)
    const bad = this.#values.findIndex((value) => !Number.isFinite(value))
    if (bad !== -1) throw new RangeError(`${name}: element ${bad} is ${this.#values[bad]}; it must be finite`)
    this.#shape = shape
    this.#strides = shape.map(() => 0)
    let stride = 1
    for (let axis = from.shape.length - 1; axis >= 0; axis--) {
      if (from.shape[axis] > 1) this.#strides[added + axis] = stride
      stride *= from.shape[axis]
    }
  }

  /** Fills `to` with the values for the flat positions from `start` on. */
  copy(to: FloatArray, start: number): void {
    const position = this.#positionOf(start)
    let from = position.reduce((sum, p, axis) => sum + p * this.#strides[axis], 0)
    for (let i = 0; i < to.length; i++) {
      to[i] = this.#values[from]
      from = this.#advance(position, from)
    }
  }

  #positionOf(flat: number): number[] {
    const position = this.#shape.map(() => 0)
    let rest = flat
    for (let axis = this.#shape.length - 1; axis >= 0; axis--) {
      position[axis] = rest % this.#shape[axis]
      rest = Math.floor(rest / this.#shape[axis])
    }
    return position
  }

  /** Moves to the next position and returns the index of its value. */
  #advance(position: number[], from: number): number {
    let index = from
    for (let axis = this.#shape.length - 1; axis >= 0; axis--) {
      index += this.#strides[axis]
      if (++position[axis] < this.#shape[axis]) return index
      index -= this.#strides[axis] * this.#shape[axis]
      position[axis] = 0
    }
    return index
  }
}
