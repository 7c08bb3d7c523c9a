import { checkOptions } from '../arguments.js'
import { type ClassWeight, checkClassWeight, resolveClassWeight } from '../classWeights.js'
import type { Criterion, LossKernel, PassOutputs, PreparedLoss, ReductionOptions } from '../criterion.js'
import { type Block, blocksOf } from '../layout.js'
import { meanCriterion, reductionOptions } from '../meanCriterion.js'
import type { Native } from '../native.js'
import { copyFloats, type Dtype, dtypeOf } from '../tensor.js'
import { type Pair, readPair } from './elementwise.js'
import { addressesOf } from './lossArrays.js'

/** Options of `multiLabelSoftMarginLoss`. */
export interface MultiLabelSoftMarginLossOptions extends ReductionOptions {
  /** Factor on each class's terms: one for all, or [C], each finite and >= 0. Default 1. */
  weight?: number | ArrayLike<number>
}

const name = 'multiLabelSoftMarginLoss'

class SoftMarginLoss implements PreparedLoss {
  readonly dtype: Dtype
  readonly lossShape: number[]
  readonly gradientShape: number[]
  readonly #native: Native
  readonly #pair: Pair
  readonly #classes: number
  readonly #rows: number
  readonly #weight: Float64Array | undefined

  constructor(native: Native, pair: Pair, weight: ReturnType<typeof checkClassWeight>) {
    const { shape, data } = pair.input
    this.#native = native
    this.#pair = pair
    this.dtype = dtypeOf(pair.input)
    this.gradientShape = shape
    this.lossShape = shape.slice(0, -1)
    this.#classes = shape.at(-1) ?? 0
    if (this.#classes === 0) throw new RangeError(`${name}: input has shape [${shape}]: its last axis must hold the classes`)
    this.#rows = data.length / this.#classes
    this.#weight = resolveClassWeight(`${name}: weight`, weight, this.#classes, () => [])
  }

  weight(): number {
    return this.#rows
  }

  pass(outputs: PassOutputs): void {
    for (const block of blocksOf(this.#rows, this.#classes)) this.#block(block, outputs)
  }

  #block({ start, length }: Block, outputs: PassOutputs): void {
    const { module, heap } = this.#native
    const { dtype } = this
    const classes = this.#classes
    const values: [Dtype, number] = [dtype, length * classes]
    const slots = heap.take({
      input: values,
      target: values,
      loss: [dtype, length],
      gradient: outputs.gradient && values,
      weight: this.#weight && [dtype, classes],
    })
    copyFloats(heap.view(dtype, slots.input), this.#pair.input.data, start * classes)
    copyFloats(heap.view(dtype, slots.target), this.#pair.target.data, start * classes)
    if (this.#weight) heap.view(dtype, slots.weight).set(this.#weight)
    module[`multiLabelSoftMargin${dtype}`](...addressesOf(slots), length, classes, outputs.gradientScale)
    outputs.state?.[`addCounted${dtype}`](slots.loss.address, length, 0, length)
    // A sum has met each loss already.
    const bad = (outputs.state?.hasNan() ?? true) ? module[`firstNan${dtype}`](slots.loss.address, length) : length
    if (bad !== length) throw new RangeError(`${name}: input or target is NaN in row ${start + bad}`)
    outputs.losses?.set(heap.view(dtype, slots.loss), start)
    outputs.gradient?.set(heap.view(dtype, slots.gradient), start * classes)
  }
}

export function multiLabelSoftMarginLoss(native: Native, given?: MultiLabelSoftMarginLossOptions): Criterion {
  const options = checkOptions(name, given, ['weight', ...reductionOptions])
  const weight = checkClassWeight(`${name}: weight`, options.weight as ClassWeight | undefined)
  if (typeof weight === 'string') throw new TypeError(`${name}: weight must be an array with one number per class`)
  const prepare: LossKernel['prepare'] = (input, target) => new SoftMarginLoss(native, readPair(name, input, target), weight)
  return meanCriterion(name, { native, options: { weight }, prepare }, options)
}
