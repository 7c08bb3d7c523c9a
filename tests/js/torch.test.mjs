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
