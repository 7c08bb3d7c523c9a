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
    ['ghmcLoss', nn.ghmcLoss(), labels],
    ['ghmrLoss', nn.ghmrLoss(), labels],
  ]

  it('gives the same bytes for every split, merge order and way through bytes', () => {
    for (const [name, criterion, target] of cases()) {
      for (const array of [Float32Array, Float64Array]) {
        fc.assert(
          fc.property(rows, split, (all, how) => {
            const whole = criterion.accumulator().update(tensor(all, array), target(all)).toBytes()
            assert.deepEqual(inPieces(criterion, all, how, target, array), whole, name)
          }),
          { numRuns: 60, seed: 1 },
        )
      }
    }
  })

  it('has the same mean as one call over all rows', () => {
    for (const [name, criterion, target] of cases()) {
      fc.assert(
        fc.property(rows, (all) => {
          const state = criterion.accumulator().update(tensor(all, Float32Array), target(all))
          assert.ok(Object.is(state.result().mean, criterion.forward(tensor(all, Float32Array), target(all))), name)
          state.dispose()
        }),
        { numRuns: 60, seed: 2 },
      )
    }
  })

  it('takes back only its own bytes', () => {
    for (const [name, criterion, target] of cases()) {
      const part = [{ scores: [1, 2, 3], target: 1 }]
      const bytes = criterion.accumulator().update(tensor(part, Float32Array), target(part)).toBytes()
      for (const damaged of [
        bytes.subarray(1),
        bytes.subarray(0, -8),
        new Uint8Array(),
        Uint8Array.from(bytes, (b, i) => (i === 4 ? 99 : b)),
      ]) {
        assert.throws(() => criterion.accumulator(damaged), RangeError, name)
      }
      assert.throws(() => criterion.accumulator('text'), TypeError, name)
    }
    const ghm = nn.ghmcLoss().accumulator().toBytes()
    assert.throws(() => nn.crossEntropyLoss().accumulator(ghm), RangeError)
    assert.throws(() => nn.ghmrLoss().accumulator(ghm), RangeError)
    assert.throws(() => nn.ghmcLoss({ bins: 20 }).accumulator(ghm), RangeError)
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
