// Inputs on which usual implementations give NaN, 0 or infinity by rounding alone, in both precisions and both builds.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { classWeights, hasRelaxedSimd, load } from 'losskit'
import { assertAllClose, assertClose } from './close.mjs'

const variants = hasRelaxedSimd() ? ['simd', 'relaxed-simd'] : ['simd']
const types = [
  { name: 'float', array: Float32Array, tolerance: 1e-6 },
  { name: 'double', array: Float64Array, tolerance: 1e-12 },
]

for (const variant of variants) {
  for (const { name, array, tolerance } of types) {
    describe(`traps, ${variant}, ${name}`, () => {
      let nn
      before(async () => {
        nn = await load({ variant })
      })

      const of = (rows) => ({
        data: array.from(rows.flat()),
        shape: Array.isArray(rows[0]) ? [rows.length, rows[0].length] : [rows.length],
      })
      const close = (actual, expected) => assertClose(actual / expected, 1, tolerance, `${actual} ${expected}`)

      /** The gradient is finite and agrees with differences of the same loss in double. */
      function checkGradient(criterion, rows, target) {
        const { grad } = criterion.valueAndGrad(of(rows), target)
        const { shape } = of(rows)
        const flat = rows.flat()
        for (let i = 0; i < flat.length; i++) {
          assert.ok(Number.isFinite(grad.data[i]), `gradient ${i} is ${grad.data[i]}`)
          if (!Number.isFinite(flat[i])) continue
          const step = 1e-4
          const at = (offset) => criterion.forward({ data: Float64Array.from(flat, (v, j) => v + (i === j ? offset : 0)), shape }, target)
          const slope = (at(step) - at(-step)) / (2 * step)
          assertClose(grad.data[i], slope, 2e-6, `gradient ${i}`)
        }
      }

      it('1: all targets ignored', () => {
        const x = of([[1, 2]])
        assert.equal(nn.crossEntropyLoss({ reduction: 'sum' }).forward(x, [-100]), 0)
        assert.ok(Number.isNaN(nn.crossEntropyLoss().forward(x, [-100])))
        assert.equal(nn.nllLoss({ emptyMean: 'zero' }).forward(x, [-100]), 0)
      })

      it('2: an ignored row of -inf', () => {
        const rows = [
          [-Infinity, -Infinity, -Infinity],
          [1, 2, 3],
        ]
        close(nn.crossEntropyLoss().forward(of(rows), [-100, 0]), Math.log(1 + Math.E + Math.E ** 2))
        checkGradient(nn.crossEntropyLoss(), rows, [-100, 0])
      })

      it('3: no probability for a class at -inf', () => {
        const x = [[0, -Infinity, 1]]
        const t = [[0.5, 0, 0.5]]
        close(nn.crossEntropyLoss().forward(of(x), t), 0.8132616875182228)
        checkGradient(nn.crossEntropyLoss(), x, t)
      })

      it('4: weights and smoothing, whole and row by row', () => {
        const rows = [
          [1, 2, 3],
          [0, 0, 0],
        ]
        const hot = [
          [0, 0, 1],
          [1, 0, 0],
        ]
        const weight = [1, 2, 3]
        for (const [labelSmoothing, indices, probabilities] of [
          [0, 0.58035755, 1.16071509],
          [0.1, 0.63096604, 1.26193207],
        ]) {
          const criterion = nn.crossEntropyLoss({ weight, labelSmoothing })
          assertClose(criterion.forward(of(rows), [2, 0]), indices, 1e-8 + tolerance)
          assertClose(criterion.forward(of(rows), hot), probabilities, 1e-8 + tolerance)
          const state = criterion.accumulator()
          state.update(of([rows[0]]), [2]).update(of([rows[1]]), [0])
          assert.equal(state.result().mean, criterion.forward(of(rows), [2, 0]))
          state.dispose()
          checkGradient(criterion, rows, [2, 0])
          checkGradient(criterion, rows, hot)
        }
      })

      it('5: losses far down the tail', () => {
        close(nn.crossEntropyLoss().forward(of([[20, 0]]), [0]), Math.log1p(Math.exp(-20)))
        close(nn.crossEntropyLoss().forward(of([[40, 0]]), [0]), Math.log1p(Math.exp(-40)))
        close(nn.bceWithLogitsLoss().forward(of([-40]), [0]), Math.log1p(Math.exp(-40)))
        checkGradient(nn.crossEntropyLoss(), [[20, 0]], [0])
      })

      it('6: binary cross entropy at infinity', () => {
        const criterion = nn.bceWithLogitsLoss({ reduction: 'none' })
        const { value, grad } = criterion.valueAndGrad(of([Infinity, -Infinity, -Infinity]), [1, 0, 1])
        assert.deepEqual([...value.data], [0, 0, Infinity])
        assert.deepEqual([...grad.data], [0, 0, -1])
        assert.equal(nn.bceLoss().forward(of([0]), [1]), 100)
      })

      it('7: focal loss of certainty', () => {
        for (const [criterion, x, t] of [
          [nn.sigmoidFocalLoss({ gamma: 0.5 }), [100], [1]],
          [nn.softmaxFocalLoss({ gamma: 0.5 }), [[200, 0]], [0]],
        ]) {
          const { value, grad } = criterion.valueAndGrad(of(x), t)
          assertClose(value, 0, 1e-30)
          assertAllClose(grad.data, new Array(grad.data.length).fill(0), 1e-30)
        }
        const x = [[1, -2, 3]]
        assert.equal(nn.softmaxFocalLoss({ gamma: 0, alpha: [1, 2, 3] }).forward(of(x), [1]), 2 * nn.crossEntropyLoss().forward(of(x), [1]))
        assert.equal(
          nn.sigmoidFocalLoss({ gamma: 0, alpha: -1 }).forward(of(x), [[1, 0, 1]]),
          nn.bceWithLogitsLoss().forward(of(x), [[1, 0, 1]]),
        )
      })

      it('8: the focal weight stays outside the probability', () => {
        close(
          nn.softmaxFocalLoss({ gamma: 2, alpha: [5, 1] }).forward(of([[2, 0]]), [0]),
          5 * (1 - 1 / (1 + Math.exp(-2))) ** 2 * Math.log1p(Math.exp(-2)),
        )
      })

      it('10: GHM-C by hand', () => {
        const x = of([
          [-3, -2, -1, 0],
          [1, 2, 3, 4],
        ])
        const t = [
          [0, 0, 0, 1],
          [1, 1, 0, 1],
        ]
        assertClose(nn.ghmcLoss().forward(x, t), 0.84305859)
        const state = nn.ghmcLoss().accumulator().update(x, t)
        assert.deepEqual(state.result().counts, [2, 2, 2, 0, 0, 1, 0, 0, 0, 1])
        state.dispose()
      })

      it('12: large logits', () => {
        assert.ok(nn.softmax(of([[89, 0]]), { dim: 1 }).data.every(Number.isFinite))
        assert.equal(nn.logSoftmax(of([0, 200])).data[0], -200)
        assert.equal(nn.crossEntropyLoss().forward(of([[1000, 0, 0]]), [1]), 1000)
        assert.equal(nn.logsumexp(of([-Infinity, -Infinity])).data[0], -Infinity)
        checkGradient(nn.crossEntropyLoss(), [[1000, 0, 0]], [1])
      })
    })
  }
}

describe('class weights', () => {
  it('11: effective numbers', () => {
    assertAllClose(classWeights([2, 3, 1, 2, 2], 'effective', { beta: 0.999 }), [0.88246, 0.58859, 1.76403, 0.88246, 0.88246], 1e-5)
  })

  it("has the article's complement", () => {
    assertAllClose(classWeights([100, 10000], 'complement'), [10000 / 10100, 100 / 10100], 1e-15)
  })

  it('balances as scikit-learn does', () => {
    assertAllClose(classWeights([1, 3], 'balanced'), [2, 2 / 3], 1e-15)
    assert.deepEqual([...classWeights([4, 0], 'balanced')], [0.5, 0])
  })

  it('takes a scheme where the targets are known', async () => {
    const nn = await load()
    const rows = [
      [1, 2, 3],
      [0, 0, 0],
      [2, 1, 0],
      [1, 1, 5],
    ]
    const target = [2, 0, 0, 0]
    const weight = classWeights([3, 0, 1], 'balanced')
    assert.equal(nn.crossEntropyLoss({ weight: 'balanced' }).forward(rows, target), nn.crossEntropyLoss({ weight }).forward(rows, target))
    assert.throws(() => nn.crossEntropyLoss({ weight: 'balanced' }).accumulator(), /classWeights\(counts, 'balanced'\)/)
    assert.throws(() => nn.crossEntropyLoss({ weight: 'inverse' }), RangeError)
    assert.throws(() => classWeights([1, -1], 'balanced'), /counts\[1\] is -1/)
  })
})
