// TensorFlow.js's types and the package's fit together; compiled by the tests, not run.
import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { load } from 'losskit'
import { tfjsLoss, tfjsOperation } from 'losskit/tfjs'

const nn = await load()
const model = layers.sequential()
model.compile({ optimizer: tf.train.adam(), loss: tfjsLoss(tf, nn.ghmcLoss()) })
const operation = tfjsOperation(tf, nn.crossEntropyLoss())
/** @type {tf.Tensor} */
export const slope = tf.grad((/** @type {tf.Tensor} */ x) => operation(x, tf.tensor1d([0], 'int32')))(tf.tensor2d([[1, 2]]))
// @ts-expect-error: a criterion's options are no criterion
tfjsLoss(tf, { gamma: 2 })
// @ts-expect-error: an operation takes tensors
operation([[1, 2]], [0])
