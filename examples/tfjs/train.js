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
const { train, test } = readDigits(thinning)
const nines = test.filter(({ isNine }) => isNine).length

const images = (rows) => tf.tensor2d(rows.map(({ image }) => image))
const trainImages = images(train)
const trainTargets = tf.tensor2d(train.map(({ isNine }) => [isNine]))
const testImages = images(test)

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

/** Recall of the nines, and precision, where a logit above 0 says nine. */
function judge(model) {
  const logits = tf.tidy(() => model.predict(testImages).dataSync())
  const found = test.filter((_, i) => logits[i] > 0)
  const right = found.filter(({ isNine }) => isNine).length
  return { recall: right / nines, precision: found.length === 0 ? null : right / found.length }
}

async function trainWith(loss) {
  const model = network()
  model.compile({ optimizer: tf.train.adam(0.03), loss: tfjsLoss(tf, loss) })
  const judged = []
  for (let epoch = 0; epoch < epochs; epoch++) {
    await model.fit(trainImages, trainTargets, { epochs: 1, batchSize: 64, shuffle: false, verbose: 0, yieldEvery: 'never' })
    judged.push(judge(model))
  }
  model.dispose()
  return judged
}

console.log(
  `${train.length} digits to train with, ${train.filter(({ isNine }) => isNine).length} of them nines; ${nines} nines among ${test.length} to test with\n`,
)
console.log(`${'loss'.padEnd(14)}recall  precision   after ${epochs} epochs`)
const runs = []
for (const [name, loss] of Object.entries(losses)) {
  const judged = await trainWith(loss)
  const { recall, precision } = judged.at(-1)
  console.log(`${name.padEnd(14)}${recall.toFixed(3)}   ${precision === null ? 'none found' : precision.toFixed(3)}`)
  runs.push({ name, recall: judged.map((each) => each.recall) })
}
mkdirSync('output', { recursive: true })
writeFileSync('output/recall.svg', chart(`Recall of the nines, 1 to ${thinning} others in training`, runs))
console.log('\noutput/recall.svg shows the recall after each epoch')
