// Each dialect against the formula that its library publishes, written out in double, and against numbers from the library's own documentation.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { hasRelaxedSimd, load } from 'losskit'
import { keras, kornia, libuyu, mmcv, mmdetection, segmentationModels, segmentationModelsPytorch, torchvision } from 'losskit/dialects'
import { assertAllClose, assertClose } from './close.mjs'

const sigmoid = (x) => 1 / (1 + Math.exp(-x))
const clip = (p, eps) => Math.min(Math.max(p, eps), 1 - eps)
const bce = (p, t) => -(t * Math.log(p) + (1 - t) * Math.log(1 - p))
const softmax = (row) => {
  const odds = row.map(Math.exp)
  const sum = odds.reduce((a, b) => a + b)
  return odds.map((odd) => odd / sum)
}
const sum = (values) => values.reduce((a, b) => a + b, 0)
const mean = (values) => sum(values) / values.length

/** A fixed sequence of numbers in [0, 1). */
function draws(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const next = draws(7)
const matrix = (rows, columns, make) => Array.from({ length: rows }, () => Array.from({ length: columns }, make))
const logits = matrix(6, 4, () => next() * 8 - 4)
const probabilities = matrix(6, 4, () => 0.02 + 0.96 * next())
const hard = matrix(6, 4, () => Math.round(next()))
const soft = matrix(6, 4, next)
const indices = [0, 3, 1, 4, 2, 0] // 4 is the background
const classes = [0, 3, 1, 1, 2, 0]
const oneHot = (targets) => targets.map((y) => [0, 1, 2, 3].map((c) => Number(c === y)))

const inDouble = (rows) => ({ data: Float64Array.from(rows.flat()), shape: [rows.length, rows[0].length] })
const inFloat = (rows) => ({ data: Float32Array.from(rows.flat()), shape: [rows.length, rows[0].length] })

const changed = (rows, i, step) => rows.map((row, r) => row.map((v, c) => (r * row.length + c === i ? v + step : v)))

for (const variant of hasRelaxedSimd() ? ['simd', 'relaxed-simd'] : ['simd']) {
  describe(`dialects, ${variant}`, () => {
    let nn
    before(async () => {
      nn = await load({ variant })
    })

    /** Value in both precisions, gradient against differences of the formula, and the accumulator against the value. */
    function check(criterion, input, target, formula) {
      const want = formula(input)
      const { value, grad } = criterion.valueAndGrad(inDouble(input), target)
      assertClose(value, want, 1e-12)
      assertClose(criterion.forward(inFloat(input), target), want, 1e-6)
      const step = 1e-5
      grad.data.forEach((slope, i) => {
        const difference = (formula(changed(input, i, step)) - formula(changed(input, i, -step))) / (2 * step)
        assertClose(slope, difference, 1e-7, `gradient ${i}`)
      })
      const half = input.length / 2
      const parts = [0, half].map((at) => {
        const rows = Array.isArray(target) ? target.slice(at, at + half) : undefined
        return criterion.accumulator().update(inDouble(input.slice(at, at + half)), rows)
      })
      assert.equal(parts[1].merge(parts[0]).result().mean, value)
      for (const part of parts) part.dispose()
    }

    /** The formula of one element, over all of them. */
    const elements = (rows, targets, formula) => rows.flatMap((row, r) => row.map((x, c) => formula(x, targets[r][c], r, c)))

    describe('torchvision', () => {
      it('sigmoid_focal_loss', () => {
        const formula = (alpha, gamma) => (x, t) => {
          const p = sigmoid(x)
          const pt = p * t + (1 - p) * (1 - t)
          const loss = bce(p, t) * (1 - pt) ** gamma
          return alpha < 0 ? loss : (alpha * t + (1 - alpha) * (1 - t)) * loss
        }
        for (const targets of [hard, soft]) {
          for (const [alpha, gamma] of [
            [0.25, 2],
            [-1, 1.3],
            [0.8, 0],
          ]) {
            const criterion = nn.sigmoidFocalLoss(torchvision.sigmoidFocalLoss({ alpha, gamma, reduction: 'mean' }))
            check(criterion, logits, targets, (x) => mean(elements(x, targets, formula(alpha, gamma))))
          }
          const none = nn.sigmoidFocalLoss(torchvision.sigmoidFocalLoss()).forward(inDouble(logits), targets)
          assertAllClose(none.data, elements(logits, targets, formula(0.25, 2)), 1e-12)
        }
      })
    })

    describe('mmdetection and mmcv', () => {
      const focal = (x, t, alpha, gamma) => {
        const p = sigmoid(x)
        const miss = (1 - p) * t + p * (1 - t)
        return (alpha * t + (1 - alpha) * (1 - t)) * miss ** gamma * bce(p, t)
      }

      it('FocalLoss: labels with a background, weight, avg_factor and loss_weight', () => {
        const targets = oneHot(indices)
        check(nn.sigmoidFocalLoss(mmdetection.focalLoss()), logits, indices, (x) =>
          mean(elements(x, targets, (v, t) => focal(v, t, 0.25, 2))),
        )
        const weighted = mmdetection.focalLoss({ gamma: 1.5, alpha: 0.6, avgFactor: 5, lossWeight: 2 })
        check(nn.sigmoidFocalLoss(weighted), logits, indices, (x) => (2 * sum(elements(x, targets, (v, t) => focal(v, t, 0.6, 1.5)))) / 5)

        const rowWeights = [[1], [0], [0.5], [2], [1], [3]]
        const options = mmdetection.focalLoss({ weight: rowWeights, classIndices: false, reduction: 'sum' })
        const value = nn.sigmoidFocalLoss(options).forward(inDouble(logits), hard)
        assertClose(value, sum(elements(logits, hard, (v, t, r) => rowWeights[r][0] * focal(v, t, 0.25, 2))), 1e-12)
        assert.throws(() => mmdetection.focalLoss({ avgFactor: 5, reduction: 'sum' }), /avgFactor/)
      })

      it('sigmoid_focal_loss of mmcv divides by rows', () => {
        const targets = oneHot(indices)
        check(
          nn.sigmoidFocalLoss(mmcv.sigmoidFocalLoss()),
          logits,
          indices,
          (x) => sum(elements(x, targets, (v, t) => focal(v, t, 0.25, 2))) / 6,
        )
      })

      it('softmax_focal_loss of mmcv', () => {
        const targets = [0, -1, 1, 3, 2, -1]
        const weight = [1, 0.5, 2, 3]
        const formula = (x) =>
          sum(
            x.map((row, r) => {
              const y = targets[r]
              if (y < 0) return 0
              const p = softmax(row)[y]
              return -0.25 * (1 - p) ** 2 * Math.log(p) * weight[y]
            }),
          ) / 6
        check(nn.softmaxFocalLoss(mmcv.softmaxFocalLoss({ weight })), logits, targets, formula)
      })
    })

    describe('Keras', () => {
      const binary =
        ({ balanced, alpha = 0.25, gamma = 2, fromLogits = false, smoothing = 0, eps = 1e-7 }) =>
        (x, label) => {
          const t = label * (1 - smoothing) + 0.5 * smoothing
          const p = fromLogits ? sigmoid(x) : x
          const pt = t * p + (1 - t) * (1 - p)
          const loss = (1 - pt) ** gamma * bce(clip(p, eps), t)
          return balanced ? (t * alpha + (1 - t) * (1 - alpha)) * loss : loss
        }

      it('BinaryFocalCrossentropy: probabilities and logits, balancing, smoothing', () => {
        for (const fromLogits of [false, true]) {
          const input = fromLogits ? logits : probabilities
          for (const targets of [hard, soft]) {
            for (const [applyClassBalancing, labelSmoothing, gamma] of [
              [false, 0, 2],
              [true, 0, 2],
              [true, 0.2, 1.3],
              [false, 0.1, 0.5],
            ]) {
              const options = keras.binaryFocalCrossentropy({ applyClassBalancing, labelSmoothing, gamma, fromLogits })
              const formula = binary({ balanced: applyClassBalancing, gamma, fromLogits, smoothing: labelSmoothing })
              check(nn.sigmoidFocalLoss(options), input, targets, (x) => mean(elements(x, targets, formula)))
            }
          }
        }
      })

      it("BinaryFocalCrossentropy: the numbers of Keras' documentation and tests", () => {
        const means = [
          [{ gamma: 2, fromLogits: true }, [-18.6, 0.51, 2.94, -12.8], [0, 1, 0, 0], 0.691],
          [{ gamma: 2, fromLogits: true, applyClassBalancing: true }, [-18.6, 0.51, 2.94, -12.8], [0, 1, 0, 0], 0.51],
          [{ gamma: 3, fromLogits: true }, [-18.6, 0.51, 2.94, -12.8], [0, 1, 0, 0], 0.647],
          [{ gamma: 3, fromLogits: true, applyClassBalancing: true }, [-18.6, 0.51, 2.94, -12.8], [0, 1, 0, 0], 0.482],
          [{ gamma: 3, fromLogits: true }, [1.5, -2.7, 2.9, -3.8, 1.2, -4.5], [1, 1, 0, 0, 1, 0], 0.799],
          [{ gamma: 2 }, [0.9, 0.8, 0.7, 0.2], [1, 0, 1, 0], (0.515547 + 0.020513) / 2],
          [{}, [0.6, 0.4, 0.4, 0.6], [0, 1, 0, 0], (0.33 + 0.206) / 2],
        ]
        for (const [options, x, t, want] of means) {
          assertClose(nn.sigmoidFocalLoss(keras.binaryFocalCrossentropy(options)).forward(x, t), want, 1e-3)
        }
      })

      it('BinaryFocalCrossentropy holds the log at epsilon, and its slope is 0 there', () => {
        const criterion = nn.sigmoidFocalLoss({ ...keras.binaryFocalCrossentropy({ fromLogits: true }), reduction: 'none' })
        const { value, grad } = criterion.valueAndGrad(Float64Array.of(-40, 40), [1, 0])
        assertAllClose(value.data, [-Math.log(1e-7), -Math.log(1e-7)], 1e-12)
        assertAllClose(grad.data, [0, 0], 1e-12)
      })

      const categorical =
        ({ alpha = 0.25, gamma = 2, fromLogits = false, smoothing = 0, eps = 1e-7 }) =>
        (row, targets) => {
          const given = fromLogits ? softmax(row) : row
          const total = sum(given)
          return sum(
            given.map((value, c) => {
              const p = clip(value / total, eps)
              const t = targets[c] * (1 - smoothing) + smoothing / row.length
              return -(alpha[c] ?? alpha) * (1 - p) ** gamma * t * Math.log(p)
            }),
          )
        }

      it('CategoricalFocalCrossentropy: probabilities and logits, alphas, smoothing', () => {
        for (const fromLogits of [false, true]) {
          const input = fromLogits ? logits : probabilities
          for (const [alpha, labelSmoothing, gamma] of [
            [0.25, 0, 2],
            [[1, 2, 0.5, 0.25], 0.1, 1.5],
            [1, 0.3, 0],
          ]) {
            const options = keras.categoricalFocalCrossentropy({ alpha, labelSmoothing, gamma, fromLogits })
            const formula = categorical({ alpha, gamma, fromLogits, smoothing: labelSmoothing })
            for (const [targets, given] of [
              [oneHot(classes), classes],
              [oneHot(classes), oneHot(classes)],
              [soft, soft],
            ]) {
              check(nn.softmaxFocalLoss(options), input, given, (x) => mean(x.map((row, r) => formula(row, targets[r]))))
            }
          }
        }
      })

      it("CategoricalFocalCrossentropy: the numbers of Keras' documentation and tests", () => {
        const rows = [
          [0.05, 0.95, 0],
          [0.1, 0.8, 0.1],
        ]
        const criterion = nn.softmaxFocalLoss({ ...keras.categoricalFocalCrossentropy(), reduction: 'none' })
        const losses = criterion.forward(inFloat(rows), [1, 2])
        for (const [i, want] of [3.2058331e-5, 4.6627346e-1].entries()) assertClose(losses.data[i] / want, 1, 1e-5)
        const logitRows = [
          [8, 1, 1],
          [0, 9, 1],
          [2, 3, 5],
        ]
        const ofLogits = nn.softmaxFocalLoss(keras.categoricalFocalCrossentropy({ fromLogits: true }))
        assertClose(ofLogits.forward(logitRows, [0, 1, 2]) / 0.000345, 1, 2e-3)
      })
    })

    describe('kornia', () => {
      it('focal_loss', () => {
        const targets = [0, 3, -100, 1, 2, 0]
        const weight = [1, 0.5, 2, 3]
        for (const alpha of [0.5, 0.1, null]) {
          const formula = (x) =>
            sum(
              x.map((row, r) => {
                const y = targets[r]
                if (y === -100) return 0
                const p = softmax(row)[y]
                const factor = alpha === null ? 1 : y === 0 ? 1 - alpha : alpha
                return -((1 - p) ** 1.5) * Math.log(p) * factor * weight[y]
              }),
            ) / 24
          const options = kornia.focalLoss({ alpha, gamma: 1.5, weight, reduction: 'mean' })
          check(nn.softmaxFocalLoss(options), logits, targets, formula)
        }
      })

      it('binary_focal_loss_with_logits', () => {
        const posWeight = [1, 2, 0.5, 4]
        const weight = [1, 0.5, 2, 3]
        const targets = soft.map((row, r) => row.map((t, c) => (r === 2 && c === 1 ? -100 : t)))
        const formula = (x, t, _, c) => {
          if (t === -100) return 0
          const p = sigmoid(x)
          const positive = -0.25 * (1 - p) ** 2 * t * Math.log(p) * posWeight[c]
          const negative = -0.75 * p ** 2 * (1 - t) * Math.log(1 - p)
          return weight[c] * (positive + negative)
        }
        const options = kornia.binaryFocalLossWithLogits({ posWeight, weight, reduction: 'mean' })
        check(nn.sigmoidFocalLoss(options), logits, targets, (x) => mean(elements(x, targets, formula)))
      })
    })

    describe('segmentation_models', () => {
      it('BinaryFocalLoss and CategoricalFocalLoss of Keras', () => {
        const binary = (value, t) => {
          const p = clip(value, 1e-7)
          return -t * 0.25 * (1 - p) ** 2 * Math.log(p) - (1 - t) * 0.25 * p ** 2 * Math.log(1 - p)
        }
        check(nn.sigmoidFocalLoss(segmentationModels.binaryFocalLoss()), probabilities, soft, (x) => mean(elements(x, soft, binary)))
        const categorical = (value, t) => -t * 0.25 * (1 - clip(value, 1e-7)) ** 2 * Math.log(clip(value, 1e-7))
        const targets = oneHot(classes)
        const criterion = nn.softmaxFocalLoss(segmentationModels.categoricalFocalLoss())
        check(criterion, probabilities, classes, (x) => mean(elements(x, targets, categorical)))
        check(criterion, probabilities, targets, (x) => mean(elements(x, targets, categorical)))
        assertClose(nn.sigmoidFocalLoss(segmentationModels.binaryFocalLoss()).forward([0, 1], [1, 0]), -0.25 * Math.log(1e-7), 1e-6)
      })

      it('FocalLoss of PyTorch: binary, multilabel and multiclass', () => {
        const focal = (alpha) => (x, t) => {
          const loss = bce(sigmoid(x), t)
          const factor = alpha === null ? 1 : alpha * t + (1 - alpha) * (1 - t)
          return factor * (1 - Math.exp(-loss)) ** 2 * loss
        }
        for (const alpha of [null, 0.3]) {
          const options = segmentationModelsPytorch.focalLoss({ mode: 'multilabel', alpha })
          check(nn.sigmoidFocalLoss(options), logits, soft, (x) => mean(elements(x, soft, focal(alpha))))
        }
        const ignored = hard.map((row, r) => row.map((t, c) => (r % 2 === 0 && c === 1 ? 255 : t)))
        const counted = (x) => elements(x, ignored, (v, t) => (t === 255 ? [] : [focal(null)(v, t)])).flat()
        const binary = segmentationModelsPytorch.focalLoss({ mode: 'binary', ignoreIndex: 255 })
        check(nn.sigmoidFocalLoss(binary), logits, ignored, (x) => mean(counted(x)))

        const targets = [0, 255, 1, 1, 2, 255]
        const multiclass = segmentationModelsPytorch.focalLoss({ mode: 'multiclass', alpha: 0.3, ignoreIndex: 255 })
        check(nn.sigmoidFocalLoss(multiclass), logits, targets, (x) => {
          const rows = x.map((_, r) => r).filter((r) => targets[r] !== 255)
          return sum([0, 1, 2, 3].map((c) => mean(rows.map((r) => focal(0.3)(x[r][c], Number(targets[r] === c))))))
        })
      })
    })

    describe('GHM', () => {
      /** Loss of a sequence of calls by the formula of both codes; `isValid` says which elements count. */
      function ghm({ bins = 10, momentum = 0, isValid }) {
        const averages = new Array(bins).fill(0)
        const edges = Array.from({ length: bins + 1 }, (_, i) => Math.fround(i / bins) + (i === bins ? 1e-6 : 0))
        return (x, targets) => {
          const all = elements(x, targets, (v, t, r, c) => ({
            g: Math.abs(sigmoid(v) - t),
            loss: bce(sigmoid(v), t),
            valid: isValid(t, r, c),
          }))
          const valid = all.filter((element) => element.valid)
          const total = Math.max(valid.length, 1)
          let filled = 0
          let loss = 0
          for (let i = 0; i < bins; i++) {
            const inBin = valid.filter(({ g }) => g >= edges[i] && g < edges[i + 1])
            if (inBin.length === 0) continue
            filled++
            averages[i] = momentum * averages[i] + (1 - momentum) * inBin.length
            loss += (sum(inBin.map((element) => element.loss)) * total) / (momentum > 0 ? averages[i] : inBin.length)
          }
          return loss / Math.max(filled, 1) / total
        }
      }

      it('GHMC_Loss of libuyu: a target of -1 does not count', () => {
        const targets = hard.map((row, r) => row.map((t, c) => ((r + c) % 3 === 0 ? -1 : t)))
        for (const momentum of [0, 0.75]) {
          const criterion = nn.ghmcLoss(libuyu.ghmc({ bins: 5, momentum }))
          const formula = ghm({ bins: 5, momentum, isValid: (t) => t !== -1 })
          for (const input of [logits, changed(logits, 3, 2), logits]) {
            const { value, grad } = criterion.valueAndGrad(inDouble(input), targets)
            assertClose(value, formula(input, targets), 1e-12)
            const ignored = grad.data.filter((_, i) => targets.flat()[i] === -1)
            assert.ok(ignored.every((slope) => slope === 0))
          }
        }
        const mask = targets.map((row) => row.map((t) => Number(t !== -1)))
        const zeros = targets.map((row) => row.map((t) => Math.max(t, 0)))
        const masked = nn.ghmcLoss(mmdetection.ghmc()).forward(inDouble(logits), zeros, mask)
        assert.equal(nn.ghmcLoss(libuyu.ghmc()).forward(inDouble(logits), targets), masked)
        const state = nn.ghmcLoss(libuyu.ghmc()).accumulator().update(inDouble(logits), targets)
        assert.equal(state.result().mean, masked)
        assert.equal(
          state.result().rows,
          mask.flat().reduce((a, b) => a + b),
        )
        state.dispose()
        const nothing = targets.map((row) => row.map(() => -1))
        assert.equal(nn.ghmcLoss(libuyu.ghmc()).forward(inDouble(logits), nothing), 0)
      })

      it('GHMC of mmdetection: labels with a background and a weight per row', () => {
        const rowWeights = [1, 0, 1, 1, 0, 1]
        const formula = ghm({ isValid: (_, r) => rowWeights[r] > 0 })
        const criterion = nn.ghmcLoss(mmdetection.ghmc({ classIndices: true, lossWeight: 3 }))
        assertClose(criterion.forward(inDouble(logits), indices, rowWeights), 3 * formula(logits, oneHot(indices)), 1e-12)
      })

      it('GHMR of both: ASL1 with a mask', () => {
        const mask = hard.map((row) => row.map((t) => t))
        const mu = 0.05
        const all = elements(logits, soft, (x, t, r, c) => {
          const size = Math.hypot(x - t, mu)
          return { loss: size - mu, g: Math.abs(x - t) / size, valid: mask[r][c] > 0 }
        })
        const valid = all.filter((element) => element.valid)
        let filled = 0
        let loss = 0
        for (let i = 0; i < 10; i++) {
          const right = i === 9 ? 1e3 : Math.fround((i + 1) / 10)
          const inBin = valid.filter(({ g }) => g >= Math.fround(i / 10) && g < right)
          if (inBin.length === 0) continue
          filled++
          loss += sum(inBin.map((element) => element.loss)) / inBin.length
        }
        for (const options of [libuyu.ghmr({ mu }), mmdetection.ghmr({ mu })]) {
          assertClose(nn.ghmrLoss(options).forward(inDouble(logits), soft, mask), loss / filled, 1e-12)
        }
      })
    })

    it('gives the log loss of Kaggle where it is asked to', () => {
      const rows = [
        [2, 1, 1],
        [0, 0.4, 0.4],
      ].map((row) => row.map((p) => p / 4))
      const criterion = nn.softmaxFocalLoss({ gamma: 0, fromLogits: false, renormalise: true, eps: 1e-15 })
      assertClose(criterion.forward(inDouble(rows), [0, 0]), (Math.log(2) - Math.log(1e-15)) / 2, 1e-12)
    })

    it('divides by the positives where it is asked to', () => {
      const criterion = nn.sigmoidFocalLoss({ divisor: 'positives', alpha: -1, gamma: 0 })
      const losses = elements(logits, oneHot(indices), (x, t) => bce(sigmoid(x), t))
      assertClose(criterion.forward(inDouble(logits), oneHot(indices)), sum(losses) / 5, 1e-12)
      const none = logits.map((row) => row.map(() => 0))
      assertClose(criterion.forward(inDouble(logits), none), sum(elements(logits, none, (x, t) => bce(sigmoid(x), t))), 1e-12)
    })
  })
}
