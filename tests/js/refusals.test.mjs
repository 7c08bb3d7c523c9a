import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { load } from 'losskit'

describe('refusals', () => {
  let nn
  before(async () => {
    nn = await load()
  })

  const rows = [
    [1, 2, 3],
    [0, 0, 0],
  ]
  const pairs = { data: [1, 0, 1, 0, 1, 0], shape: [2, 3] }

  /** What is called, the kind of error, and what its message must name. */
  const cases = () => [
    [() => nn.crossEntropyLoss().forward(rows, [0, 3]), RangeError, /target\[1\] is 3.*\[0, 3\).*-100/],
    [() => nn.crossEntropyLoss().forward(rows, [-1, 0]), RangeError, /target\[0\] is -1/],
    [() => nn.crossEntropyLoss().forward(rows, [0.5, 0]), RangeError, /target\[0\] is 0\.5/],
    [() => nn.crossEntropyLoss().forward(rows, [0]), RangeError, /target has shape \[1\].*\[2\]/],
    [() => nn.crossEntropyLoss().forward([[1, 2], [3]], [0, 0]), RangeError, /input\[1\] must be an array of 2/],
    [() => nn.crossEntropyLoss().forward({ data: [1, 2], shape: [3] }, [0]), RangeError, /input has 2 values/],
    [() => nn.crossEntropyLoss().forward({ data: [1, 2] }, [0]), TypeError, /input has no shape/],
    [() => nn.crossEntropyLoss().forward('logits', [0]), TypeError, /input must be/],
    [() => nn.crossEntropyLoss().forward([['1', 2]], [0]), TypeError, /input\[0\]\[0\] must be a number/],
    [() => nn.crossEntropyLoss().forward([rows[0], [1, NaN, 0]], [0, 0]), RangeError, /row 1.*NaN/],
    [() => nn.crossEntropyLoss().forward([[Infinity, Infinity]], [0]), RangeError, /row 0/],
    [() => nn.crossEntropyLoss({ weight: [1, 2] }).forward(rows, [0, 0]), RangeError, /weight has 2 values.*3 classes/],
    [() => nn.crossEntropyLoss({ weight: [1, -2, 1] }), RangeError, /weight\[1\] is -2/],
    [() => nn.crossEntropyLoss({ weight: {} }), TypeError, /weight must be an array/],
    [() => nn.crossEntropyLoss({ labelSmoothing: 1.5 }), RangeError, /labelSmoothing is 1\.5/],
    [() => nn.crossEntropyLoss({ ignoreIndex: 0.5 }), RangeError, /ignoreIndex is 0\.5/],
    [() => nn.crossEntropyLoss({ reduction: 'average' }), RangeError, /reduction is "average"/],
    [() => nn.crossEntropyLoss({ emptyMean: 'one' }), RangeError, /emptyMean is "one"/],
    [() => nn.softmaxFocalLoss({ gamma: -1 }), RangeError, /gamma is -1/],
    [() => nn.softmaxFocalLoss({ gamma: '2' }), TypeError, /gamma must be a number/],
    [() => nn.sigmoidFocalLoss({ alpha: 2 }), RangeError, /alpha is 2/],
    [() => nn.bceWithLogitsLoss().forward(pairs, [1, 0]), RangeError, /target has shape \[2\].*\[2,3\]/],
    [() => nn.bceWithLogitsLoss({ posWeight: [1, 2] }).forward(pairs, pairs), RangeError, /posWeight has shape \[2\].*broadcast/],
    [() => nn.bceWithLogitsLoss().forward([1, NaN], [0, 0]), RangeError, /element 1: input NaN/],
    [() => nn.ghmcLoss({ bins: 0 }), RangeError, /bins is 0/],
    [() => nn.ghmcLoss({ momentum: 1 }), RangeError, /momentum is 1/],
    [() => nn.ghmcLoss().forward([NaN], [1]), RangeError, /NaN/],
    [() => nn.ghmcLoss().forward([1], [1], [1, 1]), RangeError, /labelWeight has shape \[2\]/],
    [() => nn.softmax(rows, { dim: 2 }), RangeError, /dim is 2/],
    [() => nn.softmax({ data: [1], shape: [] }), RangeError, /dim is -1/],
    [() => nn.crossEntropyLoss().accumulator(new Uint8Array(9)), RangeError, /9 bytes/],
    [() => nn.crossEntropyLoss().accumulator().merge({}), TypeError, /merge/],
  ]

  it('names the argument and the place', () => {
    for (const [call, kind, message] of cases()) {
      assert.throws(call, (error) => {
        assert.ok(error instanceof kind, `${error} is no ${kind.name}`)
        assert.match(error.message, message)
        return true
      })
    }
  })

  it('refuses unknown variants and sources', async () => {
    await assert.rejects(load({ variant: 'avx' }), /variant is "avx"/)
    await assert.rejects(load({ wasm: 7 }), /wasm must be/)
  })

  it('leaves the loss usable and forgets a refused batch', () => {
    const criterion = nn.crossEntropyLoss()
    const state = criterion.accumulator().update(rows, [2, 0])
    const before = state.toBytes()
    assert.throws(() => state.update(rows, [0, 7]))
    assert.deepEqual(state.toBytes(), before)
    state.dispose()
    state.dispose()
    assert.ok(criterion.forward(rows, [2, 0]) > 0)
  })
})

describe('ten thousand refused calls', () => {
  it('leave the wasm heap as it was', async () => {
    const { loadNative } = await import('../../dist/inlined.js')
    const nn = await load()
    const { module } = await loadNative()
    const criterion = nn.crossEntropyLoss({ weight: [1, 1, 1] })
    const good = () => criterion.valueAndGrad(new Float32Array([1, 2, 3]), [1])
    const state = criterion.accumulator()
    const refused = () => {
      assert.throws(() => criterion.valueAndGrad([[1, 2, 3]], [3]), RangeError)
      assert.throws(() => criterion.forward([[1, NaN, 3]], [1]), RangeError)
      assert.throws(() => state.update([[1, 2]], [0]), RangeError)
      assert.throws(() => criterion.accumulator(new Uint8Array(100)), RangeError)
      assert.throws(() => nn.ghmcLoss().forward([NaN], [1]), RangeError)
    }
    const before = good().value
    refused()
    const bytes = module.HEAPU8.length
    // One accumulator of 1 kB forgotten in each would double the heap.
    for (let i = 0; i < 10_000; i++) refused()
    assert.equal(module.HEAPU8.length, bytes)
    assert.equal(good().value, before)
    state.dispose()
  })
})
