// Trains the same small network with four losses on digits where one class is rare, and shows what each does to that class's recall.
import { mkdirSync, writeFileSync } from 'node:fs'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { load } from 'losskit'
import { tfjsLoss } from 'losskit/tfjs'
import { chart } from './chart.js'
import { readDigits } from './digits.js'

const thinning = 100
const epochs = 12

// 'simd' gives the same bits on every machine.
const nn = await load({ variant: 'simd' })
const { train, validation, test } = readDigits(thinning)
const ninesOf = (rows) => rows.filter(({ isNine }) => isNine).length

const images = (rows) => tf.tensor2d(rows.map(({ image }) => image))
const trainImages = images(train)
const trainTargets = tf.tensor2d(train.map(({ isNine }) => [isNine]))
/** With a tensor of the images beside the rows. */
const parts = { validation: { rows: validation, images: images(validation) }, test: { rows: test, images: images(test) } }

const losses = {
  BCE: nn.bceWithLogitsLoss(),
  'weighted BCE': nn.bceWithLogitsLoss({ posWeight: [thinning] }),
  focal: nn.sigmoidFocalLoss({ alpha: 0.75, gamma: 2 }),
  'GHM-C': nn.ghmcLoss({ bins: 10, momentum: 0.75 }),
}

/** The last layer has no activation: the losses take logits. The seeds make all four networks start alike. */
const network = () =>
  layers.sequential({
    layers: [
      layers.layers.dense({
        inputShape: [49],
        units: 24,
        activation: 'relu',
        kernelInitializer: layers.initializers.heNormal({ seed: 1 }),
      }),
      layers.layers.dense({ units: 1, kernelInitializer: layers.initializers.glorotUniform({ seed: 2 }) }),
    ],
  })

/** Recall of the nines, precision, and their harmonic mean F1, where a logit above 0 says nine. */
function judge(model, { rows, images }) {
  const logits = tf.tidy(() => model.predict(images).dataSync())
  const found = rows.filter((_, i) => logits[i] > 0)
  const right = ninesOf(found)
  const nines = ninesOf(rows)
  return { recall: right / nines, precision: found.length === 0 ? null : right / found.length, f1: (2 * right) / (found.length + nines) }
}

/** What the network is worth after each epoch, on both parts. */
async function trainWith(loss) {
  const model = network()
  model.compile({ optimizer: tf.train.adam(0.03), loss: tfjsLoss(tf, loss) })
  const judged = []
  for (let epoch = 0; epoch < epochs; epoch++) {
    await model.fit(trainImages, trainTargets, { epochs: 1, batchSize: 64, shuffle: false, verbose: 0, yieldEvery: 'never' })
    judged.push({ validation: judge(model, parts.validation), test: judge(model, parts.test) })
  }
  model.dispose()
  return judged
}

/** The epoch whose network finds the validation part's nines best; the test part has no say in it. */
const bestEpoch = (judged) => judged.reduce((best, each, epoch) => (each.validation.f1 > judged[best].validation.f1 ? epoch : best), 0)

const counts = (rows) => `${rows.length} (${ninesOf(rows)} nines)`
console.log(`digits to train with: ${counts(train)}, to choose the epoch with: ${counts(validation)}, to test with: ${counts(test)}\n`)
console.log(`${'loss'.padEnd(14)}recall  precision  F1     epoch`)
const runs = []
for (const [name, loss] of Object.entries(losses)) {
  const judged = await trainWith(loss)
  const epoch = bestEpoch(judged)
  const { recall, precision, f1 } = judged[epoch].test
  const columns = [
    recall.toFixed(3),
    '  ',
    precision === null ? 'none found' : precision.toFixed(3),
    '     ',
    f1.toFixed(3),
    `  ${epoch + 1}`,
  ]
  console.log(name.padEnd(14) + columns.join(''))
  runs.push({ name, recall: judged.map((each) => each.validation.recall) })
}
mkdirSync('output', { recursive: true })
writeFileSync('output/recall.svg', chart(`Recall of the validation part's nines, 1 to ${thinning} others in training`, runs))
console.log('\noutput/recall.svg shows the recall after each epoch')
