// Losses of one input and one target each: binary cross entropy, sigmoid focal loss; and of rows of them: multi-label soft margin.
import { checkSameShape } from '../arguments.js'
import { Broadcast } from '../broadcast.js'
import type { LossKernel, PassOutputs, PreparedLoss } from '../criterion.js'
import type { Slot } from '../heap.js'
import { type Block, blocksOf } from '../layout.js'
import type { LossArrays, MainModule } from '../module/simd.js'
import type { Native } from '../native.js'
import { copyFloats, type Dtype, dtypeOf, type Input, readTensor, type TensorLike } from '../tensor.js'

/** What a kernel is called with; `second` is the address of the second factor, 0 where there is none. */
export interface ElementCall {
  module: MainModule
  dtype: Dtype
  arrays: LossArrays
  second: number
  count: number
  gradientScale: number
}

export interface ElementwiseSettings {
  name: string
  /** Up to two tensors that broadcast to the input's shape. */
  factors: { name: string; value: TensorLike | undefined }[]
  /** Inputs and targets must be in [0, 1]. */
  isUnit?: boolean
  call(call: ElementCall): void
}

export function elementwiseKernel(native: Native, settings: ElementwiseSettings): LossKernel {
  const factors = settings.factors.map(({ name, value }) => (value === undefined ? undefined : readTensor(name, value)))
  return {
    native,
    prepare: (input, target) => new ElementwiseLoss(native, settings, factors, readPair(settings.name, input, target)),
  }
}

export interface Pair {
  input: Input
  target: Input
}

export function readPair(name: string, input: TensorLike, target: TensorLike): Pair {
  const pair = { input: readTensor(`${name}: input`, input), target: readTensor(`${name}: target`, target) }
  checkSameShape(`${name}: target`, pair.target.shape, 'input', pair.input.shape)
  return pair
}

class ElementwiseLoss implements PreparedLoss {
  readonly dtype: Dtype
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
    this.dtype = dtypeOf(pair.input)
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
    const { dtype } = this
    const values: [Dtype, number] = [dtype, length]
    const [first, second] = this.#factors
    const slots = heap.take({
      input: values,
      target: values,
      loss: values,
      gradient: outputs.gradient && values,
      weight: first && values,
      second: second && values,
    })
    this.#copy('input', slots.input, start)
    this.#copy('target', slots.target, start)
    first?.copy(heap.view(dtype, slots.weight), start)
    second?.copy(heap.view(dtype, slots.second), start)
    const arrays: LossArrays = {
      loss: slots.loss.address,
      gradient: slots.gradient.address,
      input: slots.input.address,
      target: slots.target.address,
      weight: slots.weight.address,
    }
    this.#settings.call({ module, dtype, arrays, second: slots.second.address, count: length, gradientScale: outputs.gradientScale })
    this.#refuseNan(slots.loss, start)
    outputs.state?.[`addAll${dtype}`](slots.loss.address, length)
    outputs.losses?.set(heap.view(dtype, slots.loss), start)
    outputs.gradient?.set(heap.view(dtype, slots.gradient), start)
  }

  #copy(which: 'input' | 'target', slot: Slot, start: number): void {
    copyFloats(this.#native.heap.view(this.dtype, slot), this.#pair[which].data, start)
    if (!this.#settings.isUnit) return
    const bad = this.#native.module[`firstOutsideUnit${this.dtype}`](slot.address, slot.length)
    if (bad === slot.length) return
    const at = start + bad
    throw new RangeError(`${this.#settings.name}: ${which} element ${at} is ${this.#pair[which].data[at]}; it must be in [0, 1]`)
  }

  #refuseNan(loss: Slot, start: number): void {
    const bad = this.#native.module[`firstNan${this.dtype}`](loss.address, loss.length)
    if (bad === loss.length) return
    const { input, target } = this.#pair
    const at = start + bad
    throw new RangeError(`${this.#settings.name}: no loss at element ${at}: input ${input.data[at]}, target ${target.data[at]}`)
  }
}
