// Losses of rows of scores with one target each or one per class: nll, cross entropy, softmax focal loss.
import { checkSameShape } from '../arguments.js'
import { type CheckedClassWeight, resolveClassWeight } from '../classWeights.js'
import type { LossKernel, PassOutputs, PreparedLoss } from '../criterion.js'
import type { Slot } from '../heap.js'
import { type Block, blocksOf, classLayout, type Layout, rowShape } from '../layout.js'
import type { ClassLayout, ClassSettings, LossArrays } from '../module/simd.js'
import type { Native } from '../native.js'
import { copyFloats, copyIndices, type Dtype, dtypeOf, type Input, readTensor, type TensorLike } from '../tensor.js'

type KernelName = 'nll' | 'classIndex' | 'classProbability'

export interface ClassRowsSettings {
  name: string
  kernel: 'nll' | 'classIndex'
  /** Whether a target of the input's shape is taken as class probabilities. */
  takesProbabilities: boolean
  /** Factor on the losses, per class, and what the option is called. */
  weight: CheckedClassWeight
  weightName: string
  /** Whether the mean divides by the sum of the targets' weights, or by the number of rows. */
  dividesByWeight: boolean
  ignoreIndex: number
  labelSmoothing: number
  gamma: number
}

export function classRowsKernel(native: Native, settings: ClassRowsSettings): LossKernel {
  return {
    native,
    prepare: (input, target) => prepare(native, settings, input, target),
    refuseBatches: () => {
      const { name, weightName, weight } = settings
      if (typeof weight !== 'string') return
      throw new RangeError(
        `${name}: ${weightName} '${weight}' depends on all targets; give an accumulator classWeights(counts, '${weight}')`,
      )
    },
  }
}

const hasShape = (shape: readonly number[], other: readonly number[]) =>
  shape.length === other.length && shape.every((length, i) => length === other[i])

function prepare(native: Native, settings: ClassRowsSettings, inputLike: TensorLike, targetLike: TensorLike): PreparedLoss {
  const { name } = settings
  const input = readTensor(`${name}: input`, inputLike)
  const target = readTensor(`${name}: target`, targetLike)
  const layout = classLayout(`${name}: input`, input.shape)
  const weight = (counts: () => number[]) => resolveClassWeight(`${name}: ${settings.weightName}`, settings.weight, layout.classes, counts)
  if (settings.takesProbabilities && hasShape(target.shape, input.shape)) {
    const refuse = () => {
      throw new RangeError(`${name}: ${settings.weightName} '${settings.weight}' counts class indices; target holds class probabilities`)
    }
    return new ClassProbabilityLoss(native, settings, weight(refuse), input, target, layout)
  }
  const isOneRow = input.shape.length === 1 && target.data.length === 1
  if (!isOneRow) checkSameShape(`${name}: target`, target.shape, 'input without its class axis', rowShape(input.shape))
  const counts = () => countTargets(target, layout.classes)
  return new ClassIndexLoss(native, settings, weight(counts), input, target, layout)
}

/** Rows of each class; what is no class is found when the rows are worked. */
function countTargets(target: Input, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0)
  for (let i = 0; i < target.data.length; i++) {
    const y = Number(target.data[i])
    if (y >= 0 && y < classes) counts[y]++
  }
  return counts
}

interface Slots {
  input: Slot
  target: Slot
  loss: Slot
  gradient: Slot
  weight: Slot
}

/** What the losses against class indices and class probabilities share: the walk over the blocks. */
abstract class ClassRowsLoss implements PreparedLoss {
  readonly dtype: Dtype
  readonly lossShape: number[]
  readonly gradientShape: number[]
  protected readonly native: Native
  protected readonly settings: ClassRowsSettings
  protected readonly target: Input
  protected readonly layout: Layout
  readonly #weight: Float64Array | undefined
  readonly #input: Input

  constructor(native: Native, settings: ClassRowsSettings, weight: Float64Array | undefined, input: Input, target: Input, layout: Layout) {
    this.native = native
    this.settings = settings
    this.#weight = weight
    this.target = target
    this.layout = layout
    this.#input = input
    this.dtype = dtypeOf(input)
    this.gradientShape = input.shape
    this.lossShape = rowShape(input.shape)
  }

  abstract weight(): number
  protected abstract readonly kernel: KernelName
  protected abstract readonly targetType: 'I32' | Dtype
  protected abstract readonly targetsPerRow: number
  protected abstract copyTarget(slot: Slot, start: number): void
  protected abstract addTo(state: NonNullable<PassOutputs['state']>, slots: Slots, rows: number): void

  pass(outputs: PassOutputs): void {
    const { outer, classes, inner } = this.layout
    for (const block of blocksOf(outer, classes * inner)) this.#block(block, outputs)
  }

  protected weightSlot(): [Dtype, number] | undefined {
    return this.#weight && [this.dtype, this.#weight.length]
  }

  protected copyWeight(slot: Slot): void {
    if (this.#weight) this.native.heap.view(this.dtype, slot).set(this.#weight)
  }

  #block(block: Block, outputs: PassOutputs): void {
    const { heap } = this.native
    const { dtype } = this
    const rows = block.length * this.layout.inner
    const firstRow = block.start * this.layout.inner
    const values = rows * this.layout.classes
    const firstValue = firstRow * this.layout.classes
    const slots = heap.take({
      input: [dtype, values],
      target: [this.targetType, rows * this.targetsPerRow],
      loss: [dtype, rows],
      gradient: outputs.gradient && [dtype, values],
      weight: this.weightSlot(),
    })
    copyFloats(heap.view(dtype, slots.input), this.#input.data, firstValue)
    this.copyTarget(slots.target, firstRow * this.targetsPerRow)
    this.copyWeight(slots.weight)
    this.#call(slots, { ...this.layout, outer: block.length }, outputs.gradientScale)
    this.#refuseNan(slots.loss, firstRow)
    if (outputs.state) this.addTo(outputs.state, slots, rows)
    outputs.losses?.set(heap.view(dtype, slots.loss), firstRow)
    outputs.gradient?.set(heap.view(dtype, slots.gradient), firstValue)
  }

  #call(slots: Slots, layout: ClassLayout, gradientScale: number): void {
    const { ignoreIndex, labelSmoothing, gamma } = this.settings
    const arrays: LossArrays = {
      loss: slots.loss.address,
      gradient: slots.gradient.address,
      input: slots.input.address,
      target: slots.target.address,
      weight: slots.weight.address,
    }
    const classSettings: ClassSettings = { ignoreIndex, labelSmoothing, gamma, gradientScale }
    this.native.module[`${this.kernel}${this.dtype}`](arrays, layout, classSettings)
  }

  #refuseNan(loss: Slot, firstRow: number): void {
    const bad = this.native.module[`firstNan${this.dtype}`](loss.address, loss.length)
    if (bad === loss.length) return
    const reason = this.kernel === 'nll' ? 'a NaN' : 'a NaN, more than one +Infinity or only -Infinity'
    throw new RangeError(`${this.settings.name}: input has no loss in row ${firstRow + bad}: ${reason}`)
  }
}

class ClassIndexLoss extends ClassRowsLoss {
  protected readonly targetType = 'I32'
  protected readonly targetsPerRow = 1

  protected get kernel(): KernelName {
    return this.settings.kernel
  }

  weight(): number {
    const { module, heap } = this.native
    const state = new module.LossState()
    try {
      for (const { start, length } of blocksOf(this.target.data.length, 1)) {
        const { target, weight } = heap.take({ target: ['I32', length], weight: this.weightSlot() })
        this.copyTarget(target, start)
        this.copyWeight(weight)
        state[`addTargets${this.dtype}`](target.address, length, this.#divisor(weight), this.settings.ignoreIndex)
      }
      return state.weight()
    } finally {
      state.delete()
    }
  }

  protected addTo(state: NonNullable<PassOutputs['state']>, { loss, target, weight }: Slots, rows: number): void {
    state[`addRows${this.dtype}`](loss.address, target.address, rows, this.#divisor(weight), this.settings.ignoreIndex)
  }

  protected copyTarget(slot: Slot, start: number): void {
    const { name, ignoreIndex } = this.settings
    const { module, heap } = this.native
    copyIndices(heap.view('I32', slot), this.target.data, start, `${name}: target`)
    const bad = module.firstInvalidTarget(slot.address, slot.length, this.layout.classes, ignoreIndex)
    if (bad === slot.length) return
    const value = heap.view('I32', slot)[bad]
    const limits = `[0, ${this.layout.classes})`
    throw new RangeError(`${name}: target[${start + bad}] is ${value}; it must be in ${limits} or the ignoreIndex ${ignoreIndex}`)
  }

  #divisor(weight: Slot): number {
    return this.settings.dividesByWeight ? weight.address : 0
  }
}

class ClassProbabilityLoss extends ClassRowsLoss {
  protected readonly kernel = 'classProbability'
  protected get targetType(): Dtype {
    return this.dtype
  }

  protected get targetsPerRow(): number {
    return this.layout.classes
  }

  weight(): number {
    return this.layout.outer * this.layout.inner
  }

  protected addTo(state: NonNullable<PassOutputs['state']>, { loss }: Slots, rows: number): void {
    state[`addAll${this.dtype}`](loss.address, rows)
  }

  protected copyTarget(slot: Slot, start: number): void {
    const view = this.native.heap.view(this.dtype, slot)
    copyFloats(view, this.target.data, start)
    const bad = view.findIndex((t) => !(t >= 0 && t < Number.POSITIVE_INFINITY))
    if (bad === -1) return
    throw new RangeError(`${this.settings.name}: target value ${start + bad} is ${view[bad]}; class probabilities are finite and >= 0`)
  }
}
