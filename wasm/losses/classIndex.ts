// Losses of logits against class indices: cross entropy and softmax focal loss.
import { checkSameShape } from '../arguments.js'
import type { LossKernel, PassOutputs, PreparedLoss } from '../criterion.js'
import type { Slot } from '../heap.js'
import { type Block, blocksOf, classLayout, type Layout, rowShape } from '../layout.js'
import type { Native } from '../native.js'
import { copyFloats, copyIndices, type Input, readTensor, type TensorLike } from '../tensor.js'

export interface ClassIndexSettings {
  name: string
  /** Factor on the losses, per class. */
  weight?: Float32Array
  /** Whether the mean divides by the sum of the targets' weights, or by the number of rows. */
  dividesByWeight: boolean
  ignoreIndex: number
  labelSmoothing: number
  gamma: number
}

export function classIndexKernel(native: Native, settings: ClassIndexSettings): LossKernel {
  return { native, prepare: (input, target) => new ClassIndexLoss(native, settings, input, target) }
}

interface Slots {
  logits: Slot
  target: Slot
  loss: Slot
  gradient: Slot
  weight: Slot
}

class ClassIndexLoss implements PreparedLoss {
  readonly lossShape: number[]
  readonly gradientShape: number[]
  readonly #native: Native
  readonly #settings: ClassIndexSettings
  readonly #input: Input
  readonly #target: Input
  readonly #layout: Layout

  constructor(native: Native, settings: ClassIndexSettings, input: TensorLike, target: TensorLike) {
    this.#native = native
    this.#settings = settings
    this.#input = readTensor(`${settings.name}: input`, input)
    this.#target = readTensor(`${settings.name}: target`, target)
    this.#layout = classLayout(`${settings.name}: input`, this.#input.shape)
    this.gradientShape = this.#input.shape
    this.lossShape = rowShape(this.#input.shape)
    const isOneRow = this.lossShape.length === 0 && this.#target.data.length === 1
    if (!isOneRow) checkSameShape(`${settings.name}: target`, this.#target.shape, 'input without its class axis', this.lossShape)
    const { weight } = settings
    if (weight && weight.length !== this.#layout.classes) {
      throw new RangeError(`${settings.name}: weight has ${weight.length} values, but input has ${this.#layout.classes} classes`)
    }
  }

  weight(): number {
    const { module, heap } = this.#native
    const state = new module.LossState()
    try {
      for (const block of blocksOf(this.#target.data.length, 1)) {
        const [target, weight] = heap.take(block.length, this.#weightLength())
        this.#copyTarget(target, block.start)
        this.#copyWeight(weight)
        state.addTargets(target.address, block.length, this.#divisor(weight), this.#settings.ignoreIndex)
      }
      return state.weight()
    } finally {
      state.delete()
    }
  }

  pass(outputs: PassOutputs): void {
    const { outer, classes, inner } = this.#layout
    for (const block of blocksOf(outer, classes * inner)) this.#block(block, outputs)
  }

  #block(block: Block, outputs: PassOutputs): void {
    const { heap } = this.#native
    const { classes, inner } = this.#layout
    const rows = block.length * inner
    const firstRow = block.start * inner
    const values = rows * classes
    const [logits, target, loss, gradient, weight] = heap.take(values, rows, rows, outputs.gradient ? values : 0, this.#weightLength())
    const slots: Slots = { logits, target, loss, gradient, weight }
    copyFloats(heap.floats(logits), this.#input.data, firstRow * classes)
    this.#copyTarget(target, firstRow)
    this.#copyWeight(weight)
    this.#call(slots, { ...this.#layout, outer: block.length }, outputs.gradientScale)
    this.#refuseNan(loss, firstRow)
    outputs.state?.addRows(loss.address, target.address, rows, this.#divisor(weight), this.#settings.ignoreIndex)
    outputs.losses?.set(heap.floats(loss), firstRow)
    outputs.gradient?.set(heap.floats(gradient), firstRow * classes)
  }

  #call(slots: Slots, layout: Layout, gradientScale: number): void {
    const { ignoreIndex, labelSmoothing, gamma } = this.#settings
    this.#native.module.classIndexLoss(slots.loss.address, slots.gradient.address, slots.logits.address, slots.target.address, layout, {
      weight: slots.weight.address,
      ignoreIndex,
      labelSmoothing,
      gamma,
      gradientScale,
    })
  }

  #weightLength(): number {
    return this.#settings.weight?.length ?? 0
  }

  #copyWeight(slot: Slot): void {
    if (this.#settings.weight) this.#native.heap.floats(slot).set(this.#settings.weight)
  }

  #divisor(weight: Slot): number {
    return this.#settings.dividesByWeight ? weight.address : 0
  }

  #copyTarget(slot: Slot, start: number): void {
    const { name, ignoreIndex } = this.#settings
    const { module, heap } = this.#native
    copyIndices(heap.integers(slot), this.#target.data, start, `${name}: target`)
    const bad = module.firstInvalidTarget(slot.address, slot.length, this.#layout.classes, ignoreIndex)
    if (bad === slot.length) return
    const value = heap.integers(slot)[bad]
    const limits = `[0, ${this.#layout.classes})`
    throw new RangeError(`${name}: target[${start + bad}] is ${value}; it must be in ${limits} or the ignoreIndex ${ignoreIndex}`)
  }

  #refuseNan(loss: Slot, firstRow: number): void {
    const bad = this.#native.module.firstNan(loss.address, loss.length)
    if (bad === loss.length) return
    throw new RangeError(
      `${this.#settings.name}: input has no softmax in row ${firstRow + bad}: a NaN, more than one +Infinity or only -Infinity`,
    )
  }
}
