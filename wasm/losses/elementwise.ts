// Losses of one logit and one target each: binary cross entropy and sigmoid focal loss.
import { checkSameShape } from '../arguments.js'
import { Broadcast } from '../broadcast.js'
import type { LossKernel, PassOutputs, PreparedLoss } from '../criterion.js'
import type { Slot } from '../heap.js'
import { type Block, blocksOf } from '../layout.js'
import type { MainModule } from '../module/simd.js'
import type { Native } from '../native.js'
import { copyFloats, type Input, readTensor, type TensorLike } from '../tensor.js'

/** Where a block's arrays are; `factors` in the order of the settings', a null address for one that is not given. */
export interface ElementSlots {
  loss: number
  gradient: number
  logits: number
  target: number
  count: number
  factors: number[]
}

export interface ElementwiseSettings {
  name: string
  /** Tensors that broadcast to the input's shape. */
  factors: { name: string; value: TensorLike | undefined }[]
  call(module: MainModule, slots: ElementSlots, gradientScale: number): void
}

export function elementwiseKernel(native: Native, settings: ElementwiseSettings): LossKernel {
  const factors = settings.factors.map(({ name, value }) => value && readTensor(name, value))
  return {
    native,
    prepare: (input, target) => new ElementwiseLoss(native, settings, factors, readPair(settings.name, input, target)),
  }
}

interface Pair {
  input: Input
  target: Input
}

export function readPair(name: string, input: TensorLike, target: TensorLike): Pair {
  const pair = { input: readTensor(`${name}: input`, input), target: readTensor(`${name}: target`, target) }
  checkSameShape(`${name}: target`, pair.target.shape, 'input', pair.input.shape)
  return pair
}

class ElementwiseLoss implements PreparedLoss {
  readonly lossShape: number[]
  readonly gradientShape: number[]
  readonly #native: Native
  readonly #settings: ElementwiseSettings
  readonly #factors: (Broadcast | undefined)[]
  readonly #pair: Pair

  constructor(native: Native, settings: ElementwiseSettings, factors: (Input | undefined)[], pair: Pair) {
    this.#native = native
    this.#settings = settings
    this.#pair = pair
    this.lossShape = pair.input.shape
    this.gradientShape = pair.input.shape
    this.#factors = factors.map((factor, i) => factor && new Broadcast(settings.factors[i].name, factor, pair.input.shape))
  }

  weight(): number {
    return this.#pair.input.data.length
  }

  pass(outputs: PassOutputs): void {
    for (const block of blocksOf(this.#pair.input.data.length, 1)) this.#block(block, outputs)
  }

  #block({ start, length }: Block, outputs: PassOutputs): void {
    const { module, heap } = this.#native
    const lengths = this.#factors.map((factor) => (factor ? length : 0))
    const [logits, target, loss, gradient, ...factors] = heap.take(length, length, length, outputs.gradient ? length : 0, ...lengths)
    copyFloats(heap.floats(logits), this.#pair.input.data, start)
    copyFloats(heap.floats(target), this.#pair.target.data, start)
    for (const [i, factor] of this.#factors.entries()) factor?.copy(heap.floats(factors[i]), start)
    const slots = { loss: loss.address, gradient: gradient.address, logits: logits.address, target: target.address, count: length }
    this.#settings.call(module, { ...slots, factors: factors.map(({ address }) => address) }, outputs.gradientScale)
    this.#refuseNan(loss, start)
    outputs.state?.addAll(loss.address, length)
    outputs.losses?.set(heap.floats(loss), start)
    outputs.gradient?.set(heap.floats(gradient), start)
  }

  #refuseNan(loss: Slot, start: number): void {
    const bad = this.#native.module.firstNan(loss.address, loss.length)
    if (bad === loss.length) return
    const { input, target } = this.#pair
    const at = start + bad
    throw new RangeError(`${this.#settings.name}: no loss at element ${at}: input ${input.data[at]}, target ${target.data[at]}`)
  }
}
