// losskit/tfjs: the losses as operations of TensorFlow.js, for training. TensorFlow.js is the caller's own and handed in; nothing imports it.
import { sizeOf, type Tensor, type TensorLike } from './tensor.js'

/** What is used of a tensor of TensorFlow.js. */
export interface TfjsTensor {
  /** Its dimensions. */
  readonly shape: number[]
  /** Its elements in row-major order, at once. */
  // biome-ignore lint/suspicious/noExplicitAny: which array it is depends on the tensor's type, which is not known here
  dataSync(): any
}

/**
 * What is used of TensorFlow.js: `@tensorflow/tfjs`, or `@tensorflow/tfjs-core` with a backend whose tensors can be read at once ('cpu', 'wasm',
 * 'tensorflow', 'webgl'; 'webgpu' reads later only).
 */
export interface Tfjs {
  // biome-ignore-start lint/suspicious/noExplicitAny: TensorFlow.js's own types stand in the signatures of its functions
  /** An operation with a gradient of its own. */
  customGrad(f: (...inputs: any[]) => { value: any; gradFunc: (dy: any, saved: any[]) => any }): (...inputs: any[]) => any
  /** A tensor of values. */
  tensor(values: any, shape?: any, dtype?: any): TfjsTensor
  /** Product of the elements, broadcast. */
  mul(a: any, b: any): any
  /** The same elements in another shape. */
  reshape(tensor: any, shape: any): any
  // biome-ignore-end lint/suspicious/noExplicitAny: up to here
}

/** The caller's Tensor type. */
export type TensorOf<T extends Tfjs> = ReturnType<T['tensor']>

/** What is used of a loss: every criterion of the package, with its options, is one. */
export interface DifferentiableLoss {
  /** The loss, in nats, and its gradient with respect to `input`. */
  valueAndGrad(
    input: TensorLike,
    target: TensorLike,
  ): {
    /** A number, or with reduction 'none' one loss per element or row. */
    value: number | Tensor
    /** In the input's shape. */
    grad: Tensor
  }
}

const read = (tensor: TfjsTensor): TensorLike => ({ data: tensor.dataSync(), shape: tensor.shape })

/**
 * The shape in which the slope of each loss multiplies the gradient: the losses are one per element, or one per row of [N, C].
 */
function slopeShape(losses: readonly number[], gradient: readonly number[]): readonly number[] {
  if (sizeOf(losses) === sizeOf(gradient)) return gradient
  if (losses.length === 1 && gradient.length === 2) return [losses[0], 1]
  throw new RangeError(`tfjs: reduction 'none' needs an input of [N, C] for a loss over classes; it is [${gradient}]`)
}

/**
 * A loss as an operation on tensors whose gradient with respect to `input` is the package's own: `tf.grad`, `tf.variableGrads` and optimizers
 * go through it. `input` and `target` are as the loss takes them; the gradient with respect to `target` is not there.
 *
 * The value is a scalar, or with reduction 'none' one loss per element or per row of [N, C]. A loss that remembers (GHM with momentum) is called
 * once a step. Tensors are read with `dataSync`.
 *
 * @throws what the loss throws; RangeError for reduction 'none' of a class loss whose input is not [N, C].
 */
export function tfjsOperation<T extends Tfjs>(tf: T, loss: DifferentiableLoss): (input: TensorOf<T>, target: TensorOf<T>) => TensorOf<T> {
  return (input, target) => {
    const operation = tf.customGrad((scores: TensorOf<T>, save: (tensors: TfjsTensor[]) => void) => {
      const { value, grad } = loss.valueAndGrad(read(scores), read(target))
      const [losses, shape] = typeof value === 'number' ? [[value], []] : [value.data, value.shape]
      const slope = typeof value === 'number' ? [] : slopeShape(shape, grad.shape)
      save([tf.tensor(grad.data, grad.shape, 'float32')])
      return {
        value: tf.tensor(losses, shape, 'float32'),
        gradFunc: (dy, [gradient]) => tf.mul(gradient, tf.reshape(dy, slope)),
      }
    })
    return operation(input)
  }
}

/**
 * A loss for `model.compile({ loss })`, which calls it with (target, output). The model's last layer gives logits (no activation) where the loss
 * takes logits. `model.fit` wants targets in the output's shape: for a loss over classes one-hot rows, which are class probabilities.
 * `classWeight` and sample weights of `model.fit` need reduction 'none'; otherwise weigh with the loss's own options.
 */
export function tfjsLoss<T extends Tfjs>(tf: T, loss: DifferentiableLoss): (target: TensorOf<T>, output: TensorOf<T>) => TensorOf<T> {
  const operation = tfjsOperation(tf, loss)
  return (target, output) => operation(output, target)
}
