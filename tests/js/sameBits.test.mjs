// A report says of a file what the criteria say of the same numbers, to the last bit, in both builds of the kernels.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasRelaxedSimd, load } from 'losskit'
import { evaluate } from 'losskit/evaluate'
import { meansOf, textFile } from './tables.mjs'

const variants = hasRelaxedSimd() ? ['simd', 'relaxed-simd'] : ['simd']

/** Numbers in [0, 1) (Park and Miller's generator). */
function randoms(seed) {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

const random = randoms(20240527)
const many = (count, of) => Array.from({ length: count }, of)
/** Mostly usual logits, some too far apart for one exponential each in float. */
const logit = () => Math.fround((random() - 0.5) * (random() < 0.05 ? 4000 : 20))
const label = (classes) => Math.floor(random() * classes)
const rowsOf = (count, width, of = logit) => many(count, () => many(width, of))
const tensor = (rows) => ({ data: Float32Array.from(rows.flat()), shape: [rows.length, rows[0].length] })
const labels = (values) => ({ data: Int32Array.from(values), shape: [values.length] })

/** A file with the columns `names` of numbers, as the shortest text that reads to the same. */
function fileOf(names, rows) {
  return textFile([names, ...rows].map((cells) => cells.join(',')).join('\n'))
}
const numbered = (name, count) => many(count, (_, i) => `${name}_${i}`)

const rows = 3001

describe('the bits of a report are those of the criterion', () => {
  for (const variant of variants) {
    describe(variant, async () => {
      const nn = await load({ variant })
      const meansFor = async (names, cells, options) => meansOf(await evaluate(fileOf(names, cells), { variant, workers: 1, ...options }))

      for (const classes of [2, 3, 10, 37]) {
        it(`cross entropy of ${classes} classes`, async () => {
          const scores = rowsOf(rows, classes)
          const truth = many(rows, () => label(classes))
          const names = ['label', ...numbered('logit', classes)]
          const means = await meansFor(
            names,
            scores.map((row, i) => [truth[i], ...row]),
            { task: 'multiClass', scores: 'logits' },
          )
          assert.equal(means.crossEntropy, nn.crossEntropyLoss().forward(tensor(scores), labels(truth)))
        })
      }

      it('cross entropy of tokens, padding ignored', async () => {
        const scores = rowsOf(rows, 9)
        const truth = many(rows, () => (random() < 0.3 ? -100 : label(9)))
        const cells = scores.map((row, i) => [truth[i], ...row])
        const means = await meansFor(['label', ...numbered('logit', 9)], cells, { task: 'tokenClassification', scores: 'logits' })
        assert.equal(means.crossEntropy, nn.crossEntropyLoss().forward(tensor(scores), labels(truth)))
      })

      it('cross entropy of class probabilities', async () => {
        const scores = rowsOf(rows, 3)
        const truth = many(rows, () => [0.25, 0.5, 0.25].sort(() => random() - 0.5))
        const names = [...numbered('y', 3), ...numbered('logit', 3)]
        const cells = scores.map((row, i) => [...truth[i], ...row])
        const means = await meansFor(names, cells, { task: 'multiClass', scores: 'logits', targets: numbered('y', 3) })
        assert.equal(means.crossEntropy, nn.crossEntropyLoss().forward(tensor(scores), tensor(truth)))
        assert.equal(means.softmaxFocal, nn.softmaxFocalLoss({ gamma: 2 }).forward(tensor(scores), tensor(truth)))
        for (const gamma of [0.5, 1, 5]) {
          assert.equal(means[`softmaxFocalGamma${gamma}`], nn.softmaxFocalLoss({ gamma }).forward(tensor(scores), tensor(truth)))
        }
      })

      it('negative log likelihood of log-probabilities', async () => {
        const scores = rowsOf(rows, 4)
        const logP = nn.logSoftmax(tensor(scores))
        const truth = many(rows, () => label(4))
        const cells = truth.map((y, i) => [y, ...logP.data.subarray(4 * i, 4 * i + 4)])
        const means = await meansFor(['label', ...numbered('logp', 4)], cells, { task: 'multiClass', scores: 'logProbabilities' })
        assert.equal(means.crossEntropy, nn.nllLoss().forward(logP, labels(truth)))
      })

      it('binary cross entropy of logits', async () => {
        const scores = rowsOf(rows, 1)
        const truth = rowsOf(rows, 1, () => label(2))
        const cells = scores.map((row, i) => [...truth[i], ...row])
        const means = await meansFor(['label', 'score'], cells, { task: 'binary', scores: 'logits' })
        assert.equal(means.bceWithLogits, nn.bceWithLogitsLoss().forward(tensor(scores), tensor(truth)))
      })

      it('binary cross entropy of probabilities', async () => {
        const scores = rowsOf(rows, 1, () => Math.fround(random() < 0.01 ? label(2) : random()))
        const truth = rowsOf(rows, 1, () => label(2))
        const cells = scores.map((row, i) => [...truth[i], ...row])
        const means = await meansFor(['label', 'score'], cells, { task: 'binary', scores: 'probabilities' })
        assert.equal(means.bce, nn.bceLoss().forward(tensor(scores), tensor(truth)))
      })

      it('losses of several labels', async () => {
        const scores = rowsOf(rows, 5)
        const truth = rowsOf(rows, 5, () => label(2))
        const names = [...numbered('y', 5), ...numbered('logit', 5)]
        const cells = scores.map((row, i) => [...truth[i], ...row])
        const means = await meansFor(names, cells, { task: 'multiLabel', scores: 'logits', targets: numbered('y', 5) })
        assert.equal(means.bceWithLogits, nn.bceWithLogitsLoss().forward(tensor(scores), tensor(truth)))
        assert.equal(means.multiLabelSoftMargin, nn.multiLabelSoftMarginLoss().forward(tensor(scores), tensor(truth)))
      })
    })
  }
})
