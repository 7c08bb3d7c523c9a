// However rows are split over batches and states, and in whatever order these are merged: the same bits.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import { load } from 'losskit'

const classes = 3
const score = fc.oneof(fc.float({ min: -50, max: 50, noNaN: true }), fc.constantFrom(0, -0, 1e-40, -1000, 1000, 3e38, -3e38))
const row = fc.record({
  scores: fc.array(score, { minLength: classes, maxLength: classes }),
  target: fc.constantFrom(0, 1, 2, -100),
})
const rows = fc.array(row, { minLength: 1, maxLength: 40 })

const tensor = (part, array) => ({ data: array.from(part.flatMap((r) => r.scores)), shape: [part.length, classes] })
const indices = (part) => part.map((r) => r.target)
const labels = (part) => ({ data: part.flatMap((r) => [0, 1, 2].map((c) => Number(c === r.target))), shape: [part.length, classes] })
const shares = (part) => ({ data: part.flatMap((r) => [0, 1, 2].map((c) => (c === r.target ? 0.5 : 0.25))), shape: [part.length, classes] })

/** Cuts the rows by `cut`, gives each piece its own state, and merges them in the order `order` sorts them into. */
function inPieces(criterion, all, { cuts, order }, target, array) {
  const edges = [0, ...cuts.map((c) => c % (all.length + 1)).sort((a, b) => a - b), all.length]
  const pieces = edges.slice(1).map((to, i) => all.slice(edges[i], to))
  const states = pieces.map((part) => criterion.accumulator().update(tensor(part, array), target(part)))
  const sorted = states.map((state, i) => ({ state, key: order[i % order.length] })).sort((a, b) => a.key - b.key)
  const [first, ...others] = sorted.map(({ state }) => state)
  for (const other of others) first.merge(criterion.accumulator(other.toBytes()))
  return first.toBytes()
}

describe('accumulators', () => {
  let nn
  before(async () => {
    nn = await load()
  })

  const split = fc.record({ cuts: fc.array(fc.nat(), { maxLength: 5 }), order: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }) })

  const cases = () => [
    ['nllLoss', nn.nllLoss({ weight: [1, 2, 0.1] }), indices],
    ['crossEntropyLoss', nn.crossEntropyLoss({ weight: [1, 2, 0.1], labelSmoothing: 0.1 }), indices],
    ['crossEntropyLoss of probabilities', nn.crossEntropyLoss(), shares],
    ['softmaxFocalLoss', nn.softmaxFocalLoss(), indices],
    ['bceWithLogitsLoss', nn.bceWithLogitsLoss({ posWeight: [1, 2, 3] }), labels],
    ['multiLabelSoftMarginLoss', nn.multiLabelSoftMarginLoss(), labels],
    ['sigmoidFocalLoss', nn.sigmoidFocalLoss(), labels],
    ['sigmoidFocalLoss of rows', nn.sigmoidFocalLoss({ classIndices: true, ignoreIndex: -100, divisor: 'rows', form: 'loss' }), indices],
    ['sigmoidFocalLoss of positives', nn.sigmoidFocalLoss({ divisor: 'positives', eps: 1e-7, labelSmoothing: 0.1, form: 'split' }), shares],
    ['softmaxFocalLoss of scores', nn.softmaxFocalLoss({ divisor: 'scores', eps: 1e-7, alpha: [1, 2, 0.1] }), indices],
    ['softmaxFocalLoss of all rows', nn.softmaxFocalLoss({ divisor: 'all', labelSmoothing: 0.1 }), indices],
    ['softmaxFocalLoss of shares', nn.softmaxFocalLoss({ gamma: 1.3, divisor: 7 }), shares],
    ['ghmcLoss', nn.ghmcLoss(), labels],
    ['ghmcLoss of indices', nn.ghmcLoss({ classIndices: true, ignoreIndex: -100, bins: 3 }), indices],
    ['ghmrLoss', nn.ghmrLoss(), labels],
  ]

  /** Losses of probabilities: the scores of a row become numbers in [0, 1]. */
  const probabilityCases = () => [
    ['bceLoss', nn.bceLoss({ weight: [1, 2, 0.1] }), shares],
    ['sigmoidFocalLoss of probabilities', nn.sigmoidFocalLoss({ fromLogits: false }), labels],
    ['softmaxFocalLoss of probabilities', nn.softmaxFocalLoss({ fromLogits: false, eps: 1e-7, renormalise: true }), indices],
  ]
  const asProbabilities = (all) =>
    all.map(({ scores, target }) => ({ scores: scores.map((x) => 0.01 + 0.98 / (1 + Math.exp(-x))), target }))

  const everyCase = () => [...cases().map((one) => [...one, (all) => all]), ...probabilityCases().map((one) => [...one, asProbabilities])]

  it('gives the same bytes for every split, merge order and way through bytes', () => {
    for (const [name, criterion, target, asScores] of everyCase()) {
      for (const array of [Float32Array, Float64Array]) {
        fc.assert(
          fc.property(rows.map(asScores), split, (all, how) => {
            const whole = criterion.accumulator().update(tensor(all, array), target(all)).toBytes()
            assert.deepEqual(inPieces(criterion, all, how, target, array), whole, name)
          }),
          { numRuns: 60, seed: 1 },
        )
      }
    }
  })

  it('counts label weights the same in every split', () => {
    const weights = (part) => ({
      data: part.flatMap((r) => r.scores.map((x) => (x > 0 ? 0 : 0.1 + (Math.abs(x) % 3)))),
      shape: [part.length, classes],
    })
    for (const criterion of [nn.ghmcLoss({ bins: 30 }), nn.ghmrLoss({ mu: 0.5 })]) {
      const stateOf = (part) => criterion.accumulator().update(tensor(part, Float64Array), labels(part), weights(part))
      fc.assert(
        fc.property(rows, fc.nat(), (all, cut) => {
          const at = cut % (all.length + 1)
          const whole = stateOf(all)
          const parts = [all.slice(0, at), all.slice(at)].map(stateOf)
          assert.deepEqual(parts[1].merge(parts[0]).toBytes(), whole.toBytes())
          assert.equal(whole.result().mean, criterion.forward(tensor(all, Float64Array), labels(all), weights(all)))
          for (const state of [whole, ...parts]) state.dispose()
        }),
        { numRuns: 60, seed: 3 },
      )
    }
  })

  it('has the same mean as one call over all rows', () => {
    for (const [name, criterion, target, asScores] of everyCase()) {
      fc.assert(
        fc.property(rows.map(asScores), (all) => {
          const state = criterion.accumulator().update(tensor(all, Float32Array), target(all))
          assert.ok(Object.is(state.result().mean, criterion.forward(tensor(all, Float32Array), target(all))), name)
          state.dispose()
        }),
        { numRuns: 60, seed: 2 },
      )
    }
  })

  it('refuses bytes that were changed or cut anywhere', () => {
    for (const [name, criterion, target, asScores] of everyCase()) {
      const part = asScores([{ scores: [1, -2, 3], target: 1 }])
      const bytes = criterion.accumulator().update(tensor(part, Float32Array), target(part)).toBytes()
      fc.assert(
        fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const damaged = Uint8Array.from(bytes, (b, i) => (i === at ? b ^ change : b))
          assert.throws(() => criterion.accumulator(damaged), RangeError, name)
          assert.throws(() => criterion.accumulator(bytes.subarray(0, at)), RangeError, name)
          assert.throws(() => criterion.accumulator(bytes.subarray(at + 1)), RangeError, name)
        }),
        { numRuns: 50, seed: 4 },
      )
      assert.throws(() => criterion.accumulator(Uint8Array.of(...bytes, 0)), RangeError, name)
      assert.deepEqual(criterion.accumulator(bytes).toBytes(), bytes)
    }
  })

  it('refuses the bytes of another loss or other options', () => {
    const all = everyCase()
    for (const [i, [name, criterion, target, asScores]] of all.entries()) {
      const part = asScores([{ scores: [1, -2, 3], target: 1 }])
      const bytes = criterion.accumulator().update(tensor(part, Float32Array), target(part)).toBytes()
      for (const [other, [otherName, otherCriterion]] of all.entries()) {
        if (other !== i) assert.throws(() => otherCriterion.accumulator(bytes), RangeError, `${name} as ${otherName}`)
      }
    }
    const bytes = nn
      .crossEntropyLoss({ weight: [1, 2, 3] })
      .accumulator()
      .toBytes()
    assert.throws(() => nn.crossEntropyLoss({ weight: [1, 2, 4] }).accumulator(bytes), RangeError)
    nn.crossEntropyLoss({ weight: Float32Array.of(1, 2, 3), ignoreIndex: -100, reduction: 'sum' })
      .accumulator(bytes)
      .dispose()
  })

  it('keeps GHM moving averages for another criterion', () => {
    const x = [-3, -2, 1, 4]
    const t = [0, 1, 1, 0]
    const first = nn.ghmcLoss({ momentum: 0.75 })
    first.forward(x, t)
    const second = nn.ghmcLoss({ momentum: 0.75 })
    second.averages = first.averages
    assert.equal(second.forward(x, t), first.forward(x, t))
    assert.throws(() => {
      second.averages = [1]
    }, /10 numbers/)
  })
})
