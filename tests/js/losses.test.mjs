import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { hasRelaxedSimd, load } from 'losskit'
import { assertAllClose, assertClose } from './close.mjs'
import { readNpz } from './npz.mjs'

const examples = new URL('../../examples/data/', import.meta.url)
const expected = JSON.parse(readFileSync(new URL('expected.json', examples), 'utf8'))

function readCsv(name) {
  const [header, ...lines] = readFileSync(new URL(name, examples), 'utf8').trim().split(/\r?\n/)
  return { columns: header.split(','), rows: lines.map((line) => line.split(',').map(Number)) }
}

function digits() {
  const { rows } = readCsv('digits_logits.csv')
  const logits = Float32Array.from(rows.flatMap((row) => row.slice(2)))
  return { logits: { data: logits, shape: [rows.length, 10] }, target: Int32Array.from(rows, (row) => row[1]) }
}

const variants = hasRelaxedSimd() ? ['simd', 'relaxed-simd'] : ['simd']

for (const variant of variants) {
  describe(`losses, ${variant}`, () => {
    let nn
    before(async () => {
      nn = await load({ variant })
    })

    it('runs the variant it was asked for', () => assert.equal(nn.variant, variant))

    it('gives the digits file PyTorch float64 losses', () => {
      const { logits, target } = digits()
      const want = expected.digits_logits
      assertClose(nn.crossEntropyLoss().forward(logits, target), want.cross_entropy)
      assertClose(nn.crossEntropyLoss({ labelSmoothing: 0.1 }).forward(logits, target), want.label_smoothing_0_1)
      assertClose(nn.softmaxFocalLoss({ gamma: 2 }).forward(logits, target), want.softmax_focal_gamma2)
      const counts = new Array(10).fill(0)
      for (const label of target) counts[label]++
      const weight = counts.map((count) => target.length / (10 * count))
      assertClose(nn.crossEntropyLoss({ weight }).forward(logits, target), want.cross_entropy_balanced)
    })

    it('gives the cancer file PyTorch float64 losses', () => {
      const { rows } = readCsv('cancer_scores.csv')
      const target = Float32Array.from(rows, (row) => row[0])
      const score = Float32Array.from(rows, (row) => row[1])
      const want = expected.cancer_scores
      assertClose(nn.bceWithLogitsLoss().forward(score, target), want.bce_with_logits)
      assertClose(nn.sigmoidFocalLoss().forward(score, target), want.sigmoid_focal)
      assertClose(nn.ghmcLoss().forward(score, target), want.ghmc)
      assert.deepEqual(nn.ghmcLoss().accumulator().update(score, target).result().counts, want.ghmc_counts)
    })

    it('gives the multi-label digits PyTorch float64 losses', () => {
      const { logits, labels } = readNpz(new URL('digits_attributes.npz', examples).pathname)
      const want = expected.digits_attributes
      assertClose(nn.bceWithLogitsLoss().forward(logits, labels), want.bce_with_logits)
      assertClose(nn.ghmcLoss().forward(logits, labels), want.ghmc)
      assert.deepEqual(nn.ghmcLoss().accumulator().update(logits, labels).result().counts, want.ghmc_counts)
    })

    it("gives the article's numbers", () => {
      const x = [
        [0.8101, 0.6255, 0.3686],
        [0.4457, 0.6892, 0.824],
      ]
      assertAllClose(nn.softmax(x, { dim: 1 }).data, [0.4041, 0.336, 0.2599, 0.2677, 0.3415, 0.3908], 5e-5)
      assertAllClose(nn.logSoftmax(x).data, [-0.906, -1.0907, -1.3475, -1.3179, -1.0744, -0.9396], 1e-4)
      assertAllClose(nn.sigmoid([0.7696, 0.5311, 0.8619, 0.8131]).data, [0.6834, 0.6297, 0.7031, 0.6928], 5e-5)
      const byHand = (row, y) => Math.log(row.reduce((sum, v) => sum + Math.exp(v), 0)) - row[y]
      const logits = [
        [0.5, 0.3, 0.6],
        [0.5, 0.4, 0.3],
      ]
      assertClose(nn.crossEntropyLoss().forward(logits, [2, 1]), (byHand(logits[0], 2) + byHand(logits[1], 1)) / 2)
    })

    it('takes every axis of any rank', () => {
      const x = { data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i * 7)), shape: [2, 3, 4] }
      for (const dim of [0, 1, 2, -1, -2, -3]) {
        const { data, shape } = nn.softmax(x, { dim })
        assert.deepEqual(shape, x.shape)
        const axis = dim < 0 ? dim + 3 : dim
        const stride = [12, 4, 1][axis]
        for (let i = 0; i < 24; i++) {
          const first = i - (Math.floor(i / stride) % x.shape[axis]) * stride
          let sum = 0
          for (let c = 0; c < x.shape[axis]; c++) sum += Math.exp(x.data[first + c * stride])
          assertClose(data[i], Math.exp(x.data[i]) / sum)
        }
        assert.deepEqual(nn.logsumexp(x, { dim }).shape, x.shape.toSpliced(axis, 1))
      }
    })

    it('is exact in the tails', () => {
      const criterion = nn.crossEntropyLoss()
      assertClose(criterion.forward([[20, 0]], [0]) / 2.06115362e-9, 1)
      assert.equal(criterion.forward([[1000, 0, 0]], [1]), 1000)
      assert.equal(nn.bceWithLogitsLoss().forward([Infinity, -Infinity], [1, 0]), 0)
      assert.equal(nn.bceWithLogitsLoss().forward([-Infinity], [1]), Infinity)
      assert.equal(nn.logSigmoid([-100]).data[0], -100)
      assert.equal(nn.softplus([100]).data[0], 100)
    })

    it('keeps ignored rows out of everything', () => {
      const x = [
        [-Infinity, -Infinity, -Infinity],
        [1, 2, 3],
      ]
      const { value, grad } = nn.crossEntropyLoss().valueAndGrad(x, [-100, 0])
      assertClose(value, 2.40760596)
      assert.deepEqual([...grad.data.slice(0, 3)], [0, 0, 0])
    })

    it('makes of no row at all what it is told to', () => {
      const logits = [[1, 2]]
      assert.ok(Number.isNaN(nn.crossEntropyLoss().forward(logits, [-100])))
      assert.equal(nn.crossEntropyLoss({ emptyMean: 'zero' }).forward(logits, [-100]), 0)
      assert.equal(nn.crossEntropyLoss({ reduction: 'sum' }).forward(logits, [-100]), 0)
      assert.deepEqual([...nn.crossEntropyLoss({ reduction: 'none' }).forward(logits, [-100]).data], [0])
      assert.deepEqual([...nn.crossEntropyLoss().valueAndGrad(logits, [-100]).grad.data], [0, 0])
      assert.ok(Number.isNaN(nn.crossEntropyLoss().forward({ data: [], shape: [0, 3] }, { data: [], shape: [0] })))
    })

    it('weights and smooths as PyTorch does', () => {
      const x = [
        [1, 2, 3],
        [0, 0, 0],
      ]
      assertClose(nn.crossEntropyLoss({ weight: [1, 2, 3] }).forward(x, [2, 0]), 0.58035755)
      assertClose(nn.crossEntropyLoss({ weight: [1, 2, 3], labelSmoothing: 0.1 }).forward(x, [2, 0]), 0.63096604)
      assertClose(nn.softmaxFocalLoss({ alpha: [5, 1] }).forward([[2, 0]], [0]), 0.00901782)
    })

    it('reduces to none, sum and mean of the same losses', () => {
      const { logits, target } = digits()
      for (const make of [nn.crossEntropyLoss, nn.softmaxFocalLoss]) {
        const none = make({ reduction: 'none' }).forward(logits, target)
        assert.deepEqual(none.shape, [899])
        const sum = none.data.reduce((total, loss) => total + loss, 0)
        assertClose(make({ reduction: 'sum' }).forward(logits, target), sum, 1e-9)
        assertClose(make().forward(logits, target), sum / 899, 1e-9)
      }
    })

    it('takes logits [N, C, d1, d2] with targets [N, d1, d2]', () => {
      const shape = [2, 3, 2, 2]
      const logits = Float32Array.from({ length: 24 }, (_, i) => Math.cos(i * 5) * 3)
      const target = Int32Array.from({ length: 8 }, (_, i) => i % 3)
      const { value, grad } = nn
        .crossEntropyLoss({ reduction: 'none' })
        .valueAndGrad({ data: logits, shape }, { data: target, shape: [2, 2, 2] })
      assert.deepEqual(value.shape, [2, 2, 2])
      for (let row = 0; row < 8; row++) {
        const first = Math.floor(row / 4) * 12 + (row % 4)
        const scores = [0, 1, 2].map((c) => logits[first + c * 4])
        const sum = scores.reduce((total, x) => total + Math.exp(x), 0)
        assertClose(value.data[row], Math.log(sum) - scores[target[row]])
        scores.forEach((x, c) => {
          assertClose(grad.data[first + c * 4], Math.exp(x) / sum - (c === target[row] ? 1 : 0))
        })
      }
    })

    it('gives gradients that agree with differences', () => {
      const x = [2, -1, 0.5, 0.1, -3, 4]
      const rows = { data: Float32Array.from(x), shape: [2, 3] }
      const flat = (data) => ({ data, shape: [2, 3] })
      const targets = { data: [1, 0, 1, 0, 0, 1], shape: [2, 3] }
      const cases = [
        [nn.crossEntropyLoss({ weight: [1, 2, 0.5], labelSmoothing: 0.2 }), [1, 2]],
        [nn.softmaxFocalLoss({ alpha: [1, 2, 0.5], gamma: 1.5 }), [1, 2]],
        [nn.bceWithLogitsLoss({ posWeight: [1, 2, 3], weight: [[1], [2]] }), targets],
        [nn.sigmoidFocalLoss({ alpha: 0.3, gamma: 1.5 }), targets],
      ]
      for (const [criterion, target] of cases) {
        const { grad, value } = criterion.valueAndGrad(rows, target)
        assertClose(value, criterion.forward(rows, target))
        for (let i = 0; i < x.length; i++) {
          const step = 2 ** -6
          const at = (offset) => criterion.forward(flat(Float32Array.from(x, (v, j) => (j === i ? v + offset : v))), target)
          assertClose(grad.data[i], (at(step) - at(-step)) / (2 * step), 1e-3)
        }
      }
    })

    it('remembers GHM momentum until it is reset', () => {
      const x = [
        [-3, -2, -1, 0],
        [1, 2, 3, 4],
      ]
      const t = [
        [0, 0, 0, 1],
        [1, 1, 0, 1],
      ]
      assertClose(nn.ghmcLoss().forward(x, t), 0.84305859)
      const mask = [
        [0, 1, 1, 1],
        [1, 1, 1, 1],
      ]
      assertClose(nn.ghmcLoss().forward(x, t, mask), 0.84001487)
      const none = [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ]
      assert.equal(nn.ghmcLoss().forward(x, t, none), 0)
      const criterion = nn.ghmcLoss({ momentum: 0.75 })
      for (const want of [3.3722346, 1.9269912, 1.4582636]) assertClose(criterion.forward(x, t), want)
      criterion.reset()
      assertClose(criterion.forward(x, t), 3.3722346)
    })

    it('accumulates to the same bits however the rows are split', () => {
      const { logits, target } = digits()
      const part = (from, to) => [{ data: logits.data.subarray(from * 10, to * 10), shape: [to - from, 10] }, target.subarray(from, to)]
      const criterion = nn.crossEntropyLoss({ weight: [1, 2, 3, 4, 5, 6, 7, 8, 9, 0.1] })
      const whole = criterion.accumulator().update(logits, target)
      for (const cuts of [
        [0, 899],
        [0, 1, 2, 3, 450, 899],
        [0, 300, 600, 899],
      ]) {
        const states = cuts.slice(1).map((to, i) => criterion.accumulator().update(...part(cuts[i], to)))
        const merged = states.reverse().reduce((all, state) => all.merge(state))
        assert.deepEqual(merged.toBytes(), whole.toBytes())
        assert.deepEqual(merged.result(), whole.result())
        assert.equal(merged.result().mean, criterion.forward(logits, target))
        for (const state of states) state.dispose()
      }
      const again = criterion.accumulator(whole.toBytes())
      assert.deepEqual(again.result(), whole.result())
      assert.throws(() => criterion.accumulator(whole.toBytes().subarray(1)), RangeError)
      again.dispose()
      whole.dispose()
    })

    it('accumulates GHM-C to the same bits however the elements are split', () => {
      const { logits, labels } = readNpz(new URL('digits_attributes.npz', examples).pathname)
      const part = (from, to) => [logits.data.subarray(from, to), labels.data.subarray(from, to)]
      const criterion = nn.ghmcLoss()
      const whole = criterion.accumulator().update(logits, labels)
      const size = logits.data.length
      const split = criterion.accumulator().update(...part(1000, size))
      split.merge(criterion.accumulator().update(...part(0, 1000)))
      assert.deepEqual(split.toBytes(), whole.toBytes())
      assert.equal(whole.result().mean, criterion.forward(logits, labels))
      assert.deepEqual(criterion.accumulator(whole.toBytes()).result(), whole.result())
    })

    it('has the mean of 40,000,000 losses of 0.1', () => {
      const criterion = nn.bceWithLogitsLoss({ weight: [0.1 / Math.LN2] })
      const state = criterion.accumulator()
      const x = new Float32Array(1e6)
      const one = criterion.forward(x.subarray(0, 1), x.subarray(0, 1))
      for (let i = 0; i < 40; i++) state.update(x, x)
      assert.equal(state.result().mean, one)
      assertClose(one, 0.1, 1e-7)
    })

    it('takes tensors as other libraries make them', () => {
      const want = nn.crossEntropyLoss().forward([[1, 2, 3]], [1])
      const data = Float32Array.of(1, 2, 3)
      for (const input of [
        { data, shape: [1, 3] },
        { data, dims: [1, 3] },
        { data: Uint16Array.of(0x3c00, 0x4000, 0x4200), dims: [1, 3], type: 'float16' },
      ]) {
        for (const target of [[1], Int32Array.of(1), BigInt64Array.of(1n), Uint8Array.of(1), { data: BigInt64Array.of(1n), dims: [1] }]) {
          assert.equal(nn.crossEntropyLoss().forward(input, target), want)
        }
      }
      assert.equal(nn.crossEntropyLoss().forward(data, [1]), want)
      const double = nn.crossEntropyLoss().valueAndGrad(Float64Array.from(data), [1])
      assertClose(double.value, Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 2, 1e-15)
      assert.ok(double.grad.data instanceof Float64Array)
    })

    it('works tensors larger than a block', () => {
      const rows = 5000
      const logits = Float32Array.from({ length: rows * 50 }, (_, i) => Math.sin(i))
      const target = Int32Array.from({ length: rows }, (_, i) => i % 50)
      const shape = [rows, 50]
      const criterion = nn.crossEntropyLoss({ reduction: 'none' })
      const { value, grad } = criterion.valueAndGrad({ data: logits, shape }, target)
      for (const row of [0, 654, 655, 656, 4999]) {
        const x = { data: logits.subarray(row * 50, row * 50 + 50), shape: [1, 50] }
        const alone = criterion.valueAndGrad(x, target.subarray(row, row + 1))
        assert.equal(value.data[row], alone.value.data[0])
        assert.deepEqual(grad.data.subarray(row * 50, row * 50 + 50), alone.grad.data)
      }
    })
  })
}
