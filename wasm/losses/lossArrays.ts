// The arrays of a loss in wasm memory, as every kernel has them before all else.
import type { Slot } from '../heap.js'

type Name = 'loss' | 'gradient' | 'input' | 'target' | 'weight'

/** Addresses; 0 where an array is not wanted or not given. */
export type LossArrays = [loss: number, gradient: number, input: number, target: number, weight: number]

export const addressesOf = ({ loss, gradient, input, target, weight }: Record<Name, Slot>): LossArrays => [
  loss.address,
  gradient.address,
  input.address,
  target.address,
  weight.address,
]
