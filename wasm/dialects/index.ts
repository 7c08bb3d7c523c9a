/**
 * The options with which Losskit's criteria give what other libraries give. Each function takes the library's own options, in camelCase, with the
 * library's own defaults, and returns options for the criterion that its name says:
 *
 * ```js
 * import { keras } from 'losskit/dialects'
 * const criterion = nn.sigmoidFocalLoss(keras.binaryFocalCrossentropy({ applyClassBalancing: true }))
 * ```
 *
 * | | focuses by | weights | probability | mean divides by |
 * |---|---|---|---|---|
 * | `torchvision.sigmoidFocalLoss` | 1 - p_t | alpha, 1 - alpha | of logits | elements |
 * | `mmdetection.focalLoss` | 1 - p_t | alpha, 1 - alpha | of logits | elements, or avg_factor |
 * | `mmcv.sigmoidFocalLoss` | 1 - p_t | alpha, 1 - alpha | of logits | rows |
 * | `mmcv.softmaxFocalLoss` | 1 - p_y | alpha, class weight | of logits | all rows |
 * | `keras.binaryFocalCrossentropy` | 1 - p_t | none, or alpha, 1 - alpha | given, or of logits; log held | elements |
 * | `keras.categoricalFocalCrossentropy` | 1 - p_c | alpha | given and renormalised, or of logits; held | rows |
 * | `kornia.binaryFocalLossWithLogits` | each side's miss | alpha, 1 - alpha | of logits | all elements |
 * | `kornia.focalLoss` | 1 - p_y | 1 - alpha for class 0, alpha for others | of logits | all rows times classes |
 * | `segmentationModels.binaryFocalLoss` | each side's miss | alpha on both sides | given, held | elements |
 * | `segmentationModels.categoricalFocalLoss` | 1 - p_c | alpha | given, held | all rows times classes |
 * | `segmentationModelsPytorch.focalLoss` | 1 - e^-BCE | none, or alpha, 1 - alpha | of logits | counted elements, or counted rows |
 *
 * What these libraries do only because of the range of a float (logs held at the least float, overflow) is not copied.
 *
 * @module
 */
export * as keras from './keras.js'
export * as kornia from './kornia.js'
export * as libuyu from './libuyu.js'
export * as mmcv from './mmcv.js'
export * as mmdetection from './mmdetection.js'
export * as segmentationModels from './segmentationModels.js'
export * as segmentationModelsPytorch from './segmentationModelsPytorch.js'
export * as torchvision from './torchvision.js'
