// Agreement with PyTorch: the cases of tests/fixtures/torch (made by generate.py there) through the built package.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { classWeights, hasRelaxedSimd, load } from 'losskit'
import { Comparison, gradientTolerance, readFixtures, tensor, tolerance } from './torch.mjs'

const fixtures = readFixtures()

const reductionsOf = (test) => Object.keys((test.calls ?? [test])[0].expected)
const countOf = (cases) => cases.reduce((sum, test) => sum + (test.output === undefined ? reductionsOf(test).length : 1), 0)

/** Tensors among the options become arrays. */
const readOptions = ({ dtype, options }) =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [key, value.data ? tensor(value, dtype) : value]))

const valuesOf = (result) => (typeof result === 'number' ? [result] : [...(result.data ?? result)])
const listOf = (expected) => expected.data ?? [expected].flat()

function checkOutput(nn, name, test, comparison) {
  const { dtype, input, counts, scheme, options, output } = test
  const result = counts ? classWeights(counts.data, scheme, options) : nn[name](tensor(input, dtype), options)
  if (output.shape && result.shape) assert.deepEqual(result.shape, output.shape)
  comparison.check(`${test.name}, ${dtype}`, valuesOf(result), listOf(output), tolerance(name, test, input))
}

function checkLoss(nn, name, test, reduction, comparison) {
  const options = { ...readOptions(test), reduction }
  const criterion = nn[name](options)
  const forwardOnly = nn[name](options)
  const title = `${test.name}, ${test.dtype}, ${JSON.stringify(test.options)}, ${reduction}`
  for (const call of test.calls ?? [test]) {
    const args = [call.input, call.target, call.labelWeight].filter(Boolean).map((argument) => tensor(argument, test.dtype))
    const { value, grad } = criterion.valueAndGrad(...args)
    const { loss, magnitude, grad: gradient = call.expected.sum.grad } = call.expected[reduction]
    assert.deepEqual(forwardOnly.forward(...args), value, `${title}: forward gives another value than valueAndGrad`)
    if (call.target.type === 'int32') {
      const labels = { data: BigInt64Array.from(call.target.data, BigInt), shape: call.target.shape }
      assert.deepEqual(forwardOnly.forward(args[0], labels), value, `${title}: 64-bit labels give another value`)
    }
    if (reduction === 'none') assert.deepEqual(value.shape, loss.shape ?? [], title)
    assert.deepEqual(grad.shape, call.input.shape, title)
    comparison.check(`${title}, loss`, valuesOf(value), listOf(loss), tolerance(name, test, call.input), magnitude)
    comparison.check(`${title}, gradient`, valuesOf(grad), gradient, gradientTolerance(name, test, call, gradient))
  }
  if (test.averages) comparison.check(`${title}, averages`, criterion.averages, test.averages, tolerance(name, test))
}

function checkCase(nn, name, test, comparison) {
  if (test.output !== undefined) checkOutput(nn, name, test, comparison)
  else for (const reduction of reductionsOf(test)) checkLoss(nn, name, test, reduction, comparison)
}

describe('the fixtures of PyTorch', () => {
  it('are 400 cases or more, of every function', async (t) => {
    const count = fixtures.reduce((sum, { cases }) => sum + countOf(cases), 0)
    t.diagnostic(`${count} cases of ${fixtures.length} functions`)
    assert.ok(count >= 400, `${count} cases`)
    const functions = Object.entries(await load()).filter(([, value]) => typeof value === 'function')
    assert.deepEqual(fixtures.map(({ name }) => name).sort(), [...functions.map(([name]) => name), 'classWeights'].sort())
  })
})

/** What torch has options for; those of other libraries are in dialects.test.mjs. */
const torchOptions = {
  softmax: ['dim'],
  logSoftmax: ['dim'],
  logsumexp: ['dim'],
  sigmoid: [],
  logSigmoid: [],
  softplus: [],
  nllLoss: ['weight', 'ignoreIndex'],
  crossEntropyLoss: ['weight', 'ignoreIndex', 'labelSmoothing'],
  bceLoss: ['weight'],
  bceWithLogitsLoss: ['weight', 'posWeight'],
  multiLabelSoftMarginLoss: ['weight'],
  sigmoidFocalLoss: ['alpha', 'gamma'],
  softmaxFocalLoss: ['alpha', 'gamma', 'ignoreIndex', 'labelSmoothing'],
  ghmcLoss: ['bins', 'momentum', 'lossWeight'],
  ghmrLoss: ['bins', 'momentum', 'lossWeight', 'mu'],
}

describe('the coverage of the fixtures', () => {
  for (const { name, cases } of fixtures.filter(({ name }) => name !== 'classWeights')) {
    for (const dtype of ['float32', 'float64']) {
      it(`${name}, ${dtype}: every option, reduction and rank from 1 to 5`, () => {
        const those = cases.filter((test) => test.dtype === dtype)
        const ranks = new Set(those.map((test) => (test.calls ?? [test])[0].input.shape.length))
        for (const rank of [1, 2, 3, 4, 5]) assert.ok(ranks.has(rank), `no case of rank ${rank}`)
        const options = new Set(those.flatMap((test) => Object.keys(test.options)))
        for (const option of torchOptions[name]) assert.ok(options.has(option), `no case with ${option}`)
        if (those[0].output !== undefined) return
        for (const reduction of ['mean', 'sum', 'none']) {
          const ofAll = new Set(
            those.filter((test) => reductionsOf(test).includes(reduction)).map((test) => (test.calls ?? [test])[0].input.shape.length),
          )
          assert.ok(
            [1, 2, 3, 4, 5].every((rank) => ofAll.has(rank)),
            `${reduction} lacks a rank`,
          )
        }
      })
    }
  }
})

for (const variant of hasRelaxedSimd() ? ['simd', 'relaxed-simd'] : ['simd']) {
  describe(`agreement with PyTorch, ${variant}`, () => {
    let nn
    before(async () => {
      nn = await load({ variant })
    })

    for (const { name, cases } of fixtures) {
      it(name, (t) => {
        const comparison = new Comparison()
        for (const test of cases) checkCase(nn, name, test, comparison)
        assert.equal(comparison.failures.length, 0, comparison.failures.slice(0, 10).join('\n'))
        t.diagnostic(`${countOf(cases)} cases; at most ${comparison.worst.toFixed(3)} of the tolerance is used`)
      })
    }
  })
}
