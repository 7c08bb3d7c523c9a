// The same numbers in every array that is taken: the same bits.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { hasRelaxedSimd, load } from 'losskit'

/** Half floats: bits and values, zeros, subnormals and the largest among them. */
const halves = [
  [0x0000, 0],
  [0x8000, -0],
  [0x0001, 2 ** -24],
  [0x83ff, -1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3555, 0.333251953125],
  [0x3c00, 1],
  [0xbe00, -1.5],
  [0x4248, 3.140625],
  [0x7bff, 65504],
  [0xfbff, -65504],
  [0xc900, -10],
]
const bits = Uint16Array.from(halves, ([half]) => half)
const values = Float32Array.from(halves, ([, value]) => value)
const units = { bits: Uint16Array.of(0, 0x3c00, 0x3800, 0x3555), values: Float32Array.of(0, 1, 0.5, 0.333251953125) }
const shape = [4, 3]

for (const variant of hasRelaxedSimd() ? ['simd', 'relaxed-simd'] : ['simd']) {
  describe(`inputs, ${variant}`, () => {
    let nn
    before(async () => {
      nn = await load({ variant })
    })

    it('spreads weights of any shape as numpy does', () => {
      // More elements than are worked in a block, so that one begins within a row.
      const shape = [7, 100, 130]
      const size = shape.reduce((a, b) => a * b)
      const input = { data: Float32Array.from({ length: size }, (_, i) => Math.sin(i)), shape }
      const target = { data: Float32Array.from({ length: size }, (_, i) => i % 2), shape }
      const shapes = [[], [1], [130], [100, 1], [100, 130], [7, 1, 1], [7, 1, 130], [1, 100, 1], [7, 100, 1], [1, 100, 130], shape]
      for (const own of shapes) {
        const values = Float32Array.from({ length: own.reduce((a, b) => a * b, 1) }, (_, i) => 1 + (i % 11))
        const padded = [1, 1, 1, ...own].slice(-3)
        const spread = Float32Array.from({ length: size }, (_, flat) => {
          const at = [Math.floor(flat / 13000), Math.floor(flat / 130) % 100, flat % 130]
          return values[at.reduce((place, p, axis) => place * padded[axis] + (padded[axis] === 1 ? 0 : p), 0)]
        })
        const lossesWith = (weight) => nn.bceWithLogitsLoss({ weight, reduction: 'none' }).forward(input, target).data
        assert.deepEqual(lossesWith({ data: values, shape: own }), lossesWith({ data: spread, shape }), `[${own}]`)
      }
    })

    it('takes half floats as the floats they are', () => {
      const half = { data: bits, dims: shape, type: 'float16' }
      const float = { data: values, shape }
      for (const name of ['softmax', 'logSoftmax', 'logsumexp', 'sigmoid', 'logSigmoid', 'softplus']) {
        assert.deepEqual(nn[name](half), nn[name](float), name)
      }
      const targets = { data: values.map((_, i) => (i % 3 === 0 ? 1 : 0)), shape }
      for (const [name, target] of [
        ['nllLoss', [0, 1, 2, 0]],
        ['crossEntropyLoss', [0, 1, 2, 0]],
        ['crossEntropyLoss', targets],
        ['softmaxFocalLoss', [0, 1, 2, 0]],
        ['bceWithLogitsLoss', targets],
        ['multiLabelSoftMarginLoss', targets],
        ['sigmoidFocalLoss', targets],
        ['ghmcLoss', targets],
        ['ghmrLoss', targets],
      ]) {
        assert.deepEqual(nn[name]().valueAndGrad(half, target), nn[name]().valueAndGrad(float, target), name)
      }
      const unit = { data: units.bits, dims: [4], type: 'float16' }
      assert.deepEqual(nn.bceLoss().valueAndGrad(unit, unit), nn.bceLoss().valueAndGrad(units.values, units.values))
    })

    it('takes a Float16Array where the runtime has it', { skip: typeof Float16Array === 'undefined' && 'it has none' }, () => {
      assert.deepEqual(nn.sigmoid(new Float16Array(bits.buffer)), nn.sigmoid(values))
    })

    it('takes labels of every integer type', () => {
      const x = { data: values, shape }
      const want = nn.crossEntropyLoss().valueAndGrad(x, [0, 1, 2, 0])
      const types = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array]
      for (const type of types) assert.deepEqual(nn.crossEntropyLoss().valueAndGrad(x, type.of(0, 1, 2, 0)), want, type.name)
      for (const type of [BigInt64Array, BigUint64Array]) {
        assert.deepEqual(nn.crossEntropyLoss().valueAndGrad(x, type.of(0n, 1n, 2n, 0n)), want, type.name)
      }
      assert.deepEqual(nn.crossEntropyLoss().valueAndGrad(x, [0n, 1n, 2n, 0n]), want)
      const ignored = nn.crossEntropyLoss({ reduction: 'sum' })
      assert.equal(ignored.forward(x, BigInt64Array.of(-100n, 1n, 2n, -100n)), ignored.forward(x, [-100, 1, 2, -100]))
    })

    it('works in double where the input is, whatever the target is', () => {
      const double = { data: Float64Array.from(values), shape }
      for (const target of [[0, 1, 2, 0], { data: values.map((_, i) => (i % 3 === 0 ? 1 : 0)), shape }]) {
        assert.ok(nn.crossEntropyLoss().valueAndGrad(double, target).grad.data instanceof Float64Array)
        assert.ok(nn.crossEntropyLoss().valueAndGrad({ data: values, shape }, target).grad.data instanceof Float32Array)
      }
      assert.ok(nn.softmax(double).data instanceof Float64Array)
    })

    describe('an array for the result', () => {
      const rows = 30_000
      const logits = (Kind) => Kind.from({ length: 3 * rows }, (_, i) => Math.sin(i) * 5)
      const tensor = (data) => ({ data, shape: [rows, 3] })
      const labels = Int32Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? -100 : i % 3))
      const hard = tensor(Float32Array.from({ length: 3 * rows }, (_, i) => i % 2))
      const targets = {
        nllLoss: labels,
        crossEntropyLoss: labels,
        softmaxFocalLoss: labels,
        bceLoss: hard,
        bceWithLogitsLoss: hard,
        multiLabelSoftMarginLoss: hard,
        sigmoidFocalLoss: hard,
      }

      for (const Kind of [Float32Array, Float64Array]) {
        it(`is filled with what a new one would hold, ${Kind.name}`, () => {
          for (const name of ['softmax', 'logSoftmax', 'logsumexp', 'sigmoid', 'logSigmoid', 'softplus']) {
            const expected = nn[name](tensor(logits(Kind)))
            const out = new Kind(expected.data.length)
            const result = nn[name](tensor(logits(Kind)), { out })
            assert.equal(result.data, out, name)
            assert.deepEqual(result, expected, name)
          }
          for (const [name, target] of Object.entries(targets)) {
            const input = tensor(name === 'bceLoss' ? logits(Kind).map((x) => Math.abs(x) / 5) : logits(Kind))
            for (const reduction of ['mean', 'none']) {
              const expected = nn[name]({ reduction }).valueAndGrad(input, target)
              const out = new Kind(input.data.length)
              const result = nn[name]({ reduction }).valueAndGrad(input, target, { out })
              assert.equal(result.grad.data, out, name)
              assert.deepEqual(result, expected, name)
            }
          }
          for (const name of ['ghmcLoss', 'ghmrLoss']) {
            const expected = nn[name]().valueAndGrad(tensor(logits(Kind)), hard)
            const out = new Kind(3 * rows)
            assert.deepEqual(nn[name]().valueAndGrad(tensor(logits(Kind)), hard, undefined, { out }), expected, name)
            assert.deepEqual(out, expected.grad.data, name)
          }
        })

        it(`may be the input's own, ${Kind.name}`, () => {
          for (const name of ['softmax', 'logSoftmax', 'sigmoid', 'logSigmoid', 'softplus']) {
            const data = logits(Kind)
            nn[name](tensor(data), { out: data })
            assert.deepEqual(data, nn[name](tensor(logits(Kind))).data, name)
          }
          const along = logits(Kind)
          nn.softmax({ data: along, shape: [rows, 3] }, { dim: 0, out: along })
          assert.deepEqual(along, nn.softmax(tensor(logits(Kind)), { dim: 0 }).data)
          const data = logits(Kind)
          const { value, grad } = nn.crossEntropyLoss().valueAndGrad(tensor(logits(Kind)), labels)
          assert.equal(nn.crossEntropyLoss().valueAndGrad(tensor(data), labels, { out: data }).value, value)
          assert.deepEqual(data, grad.data)
        })
      }
    })

    it('gives copies that later calls leave alone', () => {
      const first = nn.softmax({ data: values, shape })
      const copy = first.data.slice()
      nn.softmax({ data: values.map((v) => v + 1), shape: [3, 4] })
      nn.crossEntropyLoss().valueAndGrad({ data: new Float32Array(1 << 20), shape: [1 << 10, 1 << 10] }, new Int32Array(1 << 10))
      assert.deepEqual(first.data, copy)
    })
  })
}
