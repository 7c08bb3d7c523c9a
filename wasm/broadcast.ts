// A smaller tensor spread over a larger shape, by numpy's rules.
import { copyFloats, type FloatArray, type Input } from './tensor.js'

/** Neighbouring axes that are walked as one: so many steps, each so far apart among the values; 0 where a value stands for all. */
interface Run {
  length: number
  stride: number
}

/** The axes of a shape, the last one first, those that can be walked as one joined. */
function runsOf(shape: readonly number[], strides: readonly number[]): Run[] {
  const runs: Run[] = [{ length: 1, stride: 0 }]
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const run = { length: shape[axis], stride: strides[axis] }
    const inner = runs[runs.length - 1]
    if (run.length === 1) continue
    if (inner.length === 1) runs[runs.length - 1] = run
    else if (run.stride === inner.stride * inner.length) inner.length *= run.length
    else runs.push(run)
  }
  return runs
}

/** From so many on, a copy by the engine is faster than a loop. */
const longRun = 64

export class Broadcast {
  readonly #values: Float64Array
  /** Within the first one values stand side by side, or are one. */
  readonly #runs: Run[]

  /** Throws a RangeError with `name` where `from` does not broadcast to `shape` or holds what is not finite. */
  constructor(name: string, from: Input, shape: readonly number[]) {
    const added = shape.length - from.shape.length
    const fits = added >= 0 && from.shape.every((length, i) => length === 1 || length === shape[added + i])
    if (!fits) throw new RangeError(`${name} has shape [${from.shape}], which does not broadcast to the input's [${shape}]`)
    this.#values = new Float64Array(from.data.length)
    copyFloats(this.#values, from.data, 0)
    for (let i = 0; i < this.#values.length; i++) {
      if (!Number.isFinite(this.#values[i])) throw new RangeError(`${name}: element ${i} is ${this.#values[i]}; it must be finite`)
    }
    const strides = shape.map(() => 0)
    let stride = 1
    for (let axis = from.shape.length - 1; axis >= 0; axis--) {
      if (from.shape[axis] > 1) strides[added + axis] = stride
      stride *= from.shape[axis]
    }
    this.#runs = runsOf(shape, strides)
  }

  /** Fills `to` with the values for the flat positions from `start` on. */
  copy(to: FloatArray, start: number): void {
    const [inner] = this.#runs
    let position = start
    for (let at = 0; at < to.length; ) {
      const from = this.#placeOf(position)
      const left = inner.length - (position % inner.length)
      const end = Math.min(at + left, to.length)
      position += end - at
      if (inner.stride === 0) to.fill(this.#values[from], at, end)
      else if (end - at >= longRun) to.set(this.#values.subarray(from, from + end - at), at)
      else for (let i = at; i < end; i++) to[i] = this.#values[from + i - at]
      at = end
    }
  }

  /** Among the values, that of a flat position. */
  #placeOf(position: number): number {
    let rest = position
    let place = 0
    for (const { length, stride } of this.#runs) {
      place += (rest % length) * stride
      rest = Math.floor(rest / length)
    }
    return place
  }
}
