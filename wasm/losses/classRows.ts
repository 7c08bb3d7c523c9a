// Losses of rows of scores with one target each or one per class: nll, cross entropy, softmax focal loss.
import { checkSameShape } from '../arguments.js'
import { type CheckedClassWeight, resolveClassWeight, schemeOf } from '../classWeights.js'
import type { LossKernel, PassOutputs, PreparedLoss } from '../criterion.js'
import type { Slot } from '../heap.js'
import { type Block, blocksOf, classLayout, type Layout, rowShape } from '../layout.js'
import type { Native } from '../native.js'
import { copyFloats, copyIndices, type Dtype, dtypeOf, type Input, readTensor, type TensorLike } from '../tensor.js'
import { addressesOf, type LossArrays } from './lossArrays.js'

/** What the mean divides by: the targets' 'weights'; the 'counted' rows, not ignored; 'all' rows; 'scores', all rows times the classes. */
export type RowDivisor = 'weights' | 'counted' | 'all' | 'scores' | number

export interface ClassRowsSettings {
  name: string
  kernel: 'nll' | 'classIndex' | 'categoricalFocal'
  /** Whether a target of the input's shape is taken as class probabilities. */
  takesProbabilities: boolean
  /** Factor on the losses, per class, and what the option is called. */
  weight: CheckedClassWeight
  weightName: string
  divisor: RowDivisor
  ignoreIndex: number
  labelSmoothing: number
  gamma: number
  /** Of 'categoricalFocal': what the input holds, and how its probabilities are held. */
  probabilities?: { isProbability: boolean; renormalises: boolean; epsilon: number }
}

export function classRowsKernel(native: Native, settings: ClassRowsSettings): LossKernel {
  const { divisor } = settings
  return {
    native,
    options: settings,
    prepare: (input, target) => prepare(native, settings, input, target),
    refuseBatches: () => {
      const { name, weightName, weight } = settings
      const scheme = schemeOf(weight)
      if (scheme === undefined) return
      throw new RangeError(
        `${name}: ${weightName} '${scheme}' depends on all targets; give an accumulator classWeights(counts, '${scheme}')`,
      )
    },
    divisor: typeof divisor === 'number' ? () => divisor : undefined,
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
      throw new RangeError(
        `${name}: ${settings.weightName} '${schemeOf(settings.weight)}' counts class indices; target holds class probabilities`,
      )
    }
    const Loss = settings.kernel === 'categoricalFocal' ? FocalProbabilityLoss : ClassProbabilityLoss
    return new Loss(native, settings, weight(refuse), input, target, layout)
  }
  const isOneRow = input.shape.length === 1 && target.data.length === 1
  if (!isOneRow) checkSameShape(`${name}: target`, target.shape, 'input without its class axis', rowShape(input.shape))
  const counts = () => countTargets(target, layout.classes)
  const Loss = settings.kernel === 'categoricalFocal' ? FocalIndexLoss : ClassIndexLoss
  return new Loss(native, settings, weight(counts), input, target, layout)
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
  protected abstract readonly targetType: 'I32' | Dtype
  protected abstract readonly targetsPerRow: number
  protected abstract copyTarget(slot: Slot, start: number): void
  protected abstract call(arrays: LossArrays, layout: Layout, gradientScale: number, firstRow: number): void
  protected abstract addTo(state: NonNullable<PassOutputs['state']>, slots: Slots, rows: number, firstRow: number): void

  pass(outputs: PassOutputs): void {
    const { outer, classes, inner } = this.layout
    for (const block of blocksOf(outer, classes * inner)) this.#block(block, outputs)
  }

  /** What the rows add to the divisor where it is a plain number of them. */
  protected rowWeight(rows: number, ignored: number): number {
    const { divisor } = this.settings
    if (divisor === 'scores') return rows * this.layout.classes
    return divisor === 'all' ? rows : rows - ignored
  }

  protected callFocal(arrays: LossArrays, { outer, classes, inner }: Layout, gradientScale: number): void {
    const { labelSmoothing, gamma, probabilities } = this.settings
    const { isProbability = false, renormalises = false, epsilon = 0 } = probabilities ?? {}
    const call = this.native.module[`categoricalFocal${this.dtype}`]
    call(...arrays, outer, classes, inner, gamma, epsilon, labelSmoothing, isProbability, renormalises, gradientScale)
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
    this.#copyInput(slots.input, firstValue)
    this.copyTarget(slots.target, firstRow * this.targetsPerRow)
    this.copyWeight(slots.weight)
    const arrays = addressesOf(slots)
    this.call(arrays, { ...this.layout, outer: block.length }, outputs.gradientScale, firstRow)
    if (outputs.state) this.addTo(outputs.state, slots, rows, firstRow)
    // A sum has met each loss already.
    if (outputs.state?.hasNan() ?? true) this.#refuseNan(slots.loss, firstRow)
    outputs.losses?.set(heap.view(dtype, slots.loss), firstRow)
    outputs.gradient?.set(heap.view(dtype, slots.gradient), firstValue)
  }

  #copyInput(slot: Slot, start: number): void {
    copyFloats(this.native.heap.view(this.dtype, slot), this.#input.data, start)
    if (!this.settings.probabilities?.isProbability) return
    const bad = this.native.module[`firstOutsideUnit${this.dtype}`](slot.address, slot.length)
    if (bad === slot.length) return
    const row = this.#rowOf(start + bad)
    throw new RangeError(`${this.settings.name}: input has ${this.#input.data[start + bad]} in row ${row}; probabilities are in [0, 1]`)
  }

  #rowOf(value: number): number {
    const { classes, inner } = this.layout
    return Math.floor(value / (classes * inner)) * inner + (value % inner)
  }

  #refuseNan(loss: Slot, firstRow: number): void {
    const bad = this.native.module[`firstNan${this.dtype}`](loss.address, loss.length)
    if (bad === loss.length) return
    const reason = this.settings.kernel === 'nll' ? 'a NaN' : 'a NaN, more than one +Infinity or only -Infinity'
    throw new RangeError(`${this.settings.name}: input has no loss in row ${firstRow + bad}: ${reason}`)
  }
}

class ClassIndexLoss extends ClassRowsLoss {
  protected get targetType(): 'I32' | Dtype {
    return 'I32'
  }

  protected get targetsPerRow(): number {
    return 1
  }

  weight(): number {
    const { divisor } = this.settings
    const rows = this.target.data.length
    if (divisor !== 'weights') return this.rowWeight(rows, this.ignoredRows(0, rows))
    const { module, heap } = this.native
    const state = new module.LossState()
    try {
      for (const { start, length } of blocksOf(rows, 1)) {
        const { target, weight } = heap.take({ target: ['I32', length], weight: this.weightSlot() })
        this.copyTarget(target, start)
        this.#refuseFrom(this.#validTargets(target.address, length), length, start)
        this.copyWeight(weight)
        state[`addTargets${this.dtype}`](target.address, length, weight.address, this.settings.ignoreIndex)
      }
      return state.weight()
    } finally {
      state.delete()
    }
  }

  protected call(arrays: LossArrays, { outer, classes, inner }: Layout, gradientScale: number, firstRow: number): void {
    const { module } = this.native
    const { kernel, ignoreIndex, labelSmoothing, gamma } = this.settings
    const rows = outer * inner
    if (kernel === 'nll') {
      this.#refuseFrom(this.#validTargets(arrays[3], rows), rows, firstRow)
      module[`nll${this.dtype}`](...arrays, outer, classes, inner, ignoreIndex, gradientScale)
    } else {
      const call = module[`classIndex${this.dtype}`]
      const valid = call(...arrays, outer, classes, inner, ignoreIndex, labelSmoothing, gamma, gradientScale)
      this.#refuseFrom(valid, rows, firstRow)
    }
  }

  protected addTo(state: NonNullable<PassOutputs['state']>, { loss, target, weight }: Slots, rows: number, firstRow: number): void {
    if (this.settings.divisor === 'weights') {
      state[`addRows${this.dtype}`](loss.address, target.address, rows, weight.address, this.settings.ignoreIndex)
      return
    }
    const ignored = this.ignoredRows(firstRow, rows)
    state[`addCounted${this.dtype}`](loss.address, rows, ignored, this.rowWeight(rows, ignored))
  }

  protected copyTarget(slot: Slot, start: number): void {
    copyIndices(this.native.heap.view('I32', slot), this.target.data, start, `${this.settings.name}: target`)
  }

  /** How many there are before the first that is no class and not ignored. */
  #validTargets(address: number, count: number): number {
    return this.native.module.firstInvalidTarget(address, count, this.layout.classes, this.settings.ignoreIndex)
  }

  #refuseFrom(valid: number, count: number, start: number): void {
    if (valid === count) return
    const { name, ignoreIndex } = this.settings
    const value = Number(this.target.data[start + valid])
    const limits = `[0, ${this.layout.classes})`
    throw new RangeError(`${name}: target[${start + valid}] is ${value}; it must be in ${limits} or the ignoreIndex ${ignoreIndex}`)
  }

  protected ignoredRows(first: number, rows: number): number {
    let ignored = 0
    for (let row = first; row < first + rows; row++) if (Number(this.target.data[row]) === this.settings.ignoreIndex) ignored++
    return ignored
  }
}

/** Class indices spread to one target per class, for the kernel that takes probabilities only. */
class FocalIndexLoss extends ClassIndexLoss {
  protected override get targetType(): 'I32' | Dtype {
    return this.dtype
  }

  protected override get targetsPerRow(): number {
    return this.layout.classes
  }

  protected override call(arrays: LossArrays, layout: Layout, gradientScale: number): void {
    this.callFocal(arrays, layout, gradientScale)
  }

  /** A row that is ignored begins with -1. */
  protected override copyTarget(slot: Slot, start: number): void {
    const { classes, inner } = this.layout
    const { ignoreIndex, name } = this.settings
    const view = this.native.heap.view(this.dtype, slot).fill(0)
    const first = start / classes
    for (let i = 0; i < slot.length / classes; i++) {
      const index = Number(this.target.data[first + i])
      const isIgnored = index === ignoreIndex
      if (!isIgnored && !(Number.isInteger(index) && index >= 0 && index < classes)) {
        throw new RangeError(`${name}: target[${first + i}] is ${index}; it must be in [0, ${classes}) or the ignoreIndex ${ignoreIndex}`)
      }
      const row = Math.floor(i / inner) * classes * inner + (i % inner)
      view[row + (isIgnored ? 0 : index * inner)] = isIgnored ? -1 : 1
    }
  }
}

class ClassProbabilityLoss extends ClassRowsLoss {
  protected get targetType(): Dtype {
    return this.dtype
  }

  protected get targetsPerRow(): number {
    return this.layout.classes
  }

  weight(): number {
    return this.rowWeight(this.layout.outer * this.layout.inner, 0)
  }

  protected call(arrays: LossArrays, { outer, classes, inner }: Layout, gradientScale: number): void {
    const { labelSmoothing, gamma } = this.settings
    const call = this.native.module[`classProbability${this.dtype}`]
    call(...arrays, outer, classes, inner, labelSmoothing, gamma, gradientScale)
  }

  protected addTo(state: NonNullable<PassOutputs['state']>, { loss }: Slots, rows: number): void {
    state[`addCounted${this.dtype}`](loss.address, rows, 0, this.rowWeight(rows, 0))
  }

  protected copyTarget(slot: Slot, start: number): void {
    const view = this.native.heap.view(this.dtype, slot)
    copyFloats(view, this.target.data, start)
    // Shares of one are, so that the core's quick look is mostly enough.
    if (this.native.module[`firstOutsideUnit${this.dtype}`](slot.address, slot.length) === slot.length) return
    const bad = view.findIndex((t) => !(t >= 0 && t < Number.POSITIVE_INFINITY))
    if (bad === -1) return
    throw new RangeError(`${this.settings.name}: target value ${start + bad} is ${view[bad]}; class probabilities are finite and >= 0`)
  }
}

class FocalProbabilityLoss extends ClassProbabilityLoss {
  protected override call(arrays: LossArrays, layout: Layout, gradientScale: number): void {
    this.callFocal(arrays, layout, gradientScale)
  }
}
