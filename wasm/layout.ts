// Where classes and rows lie in a tensor, and the blocks it is worked in.
import { sizeOf } from './tensor.js'

/** A layout [outer, classes, inner] of a row-major tensor along one of its axes. */
export interface Layout {
  outer: number
  classes: number
  inner: number
}

export function layoutAlong(shape: readonly number[], axis: number): Layout {
  return { outer: sizeOf(shape.slice(0, axis)), classes: shape[axis], inner: sizeOf(shape.slice(axis + 1)) }
}

/** Layout of logits with the class axis where torch has it: [C], [N, C] or [N, C, d1, ...]. */
export function classLayout(name: string, shape: readonly number[]): Layout {
  if (shape.length === 0) throw new RangeError(`${name} must have a class axis: [C], [N, C] or [N, C, d1, ...], not []`)
  const layout = layoutAlong(shape, shape.length === 1 ? 0 : 1)
  if (layout.classes === 0) throw new RangeError(`${name} has shape [${shape}]: no class at all`)
  return layout
}

/** Shape of the targets and losses of logits with that shape: without the class axis. */
export const rowShape = (shape: readonly number[]): number[] => (shape.length === 1 ? [] : [shape[0], ...shape.slice(2)])

/**
 * Values per block: 512 kB of floats. A block stays near, in a core's second or third cache, while it is copied in, worked and copied out, and the
 * calls into wasm do not show: with a quarter of it cross entropy took 6 to 9 % more, with four times as much gradients, copied in and out, 8 to 16 %.
 */
const blockValues = 1 << 17

/** A range [start, start + length) of the outermost axis or of a flat array. */
export interface Block {
  start: number
  length: number
}

/** Blocks of `count` items of `valuesPerItem` values each, at least one item a block. */
export function* blocksOf(count: number, valuesPerItem: number): Generator<Block> {
  const step = Math.max(1, Math.floor(blockValues / Math.max(1, valuesPerItem)))
  for (let start = 0; start < count; start += step) yield { start, length: Math.min(step, count - start) }
}
