// The bench calls the kernels past the package's public functions; here that it still does so rightly, on a few rows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasRelaxedSimd } from 'losskit'
import { createHost } from '../bench/kernels/host.mjs'
import { operations } from '../bench/kernels/operations.mjs'

const rows = 70
const classes = 5
const variants = hasRelaxedSimd() ? ['simd', 'relaxed-simd'] : ['simd']

/** The files of a case, in memory. */
function files(isBinary) {
  const scores = Float32Array.from({ length: isBinary ? rows : rows * classes }, (_, i) => 4 * Math.sin(i * i))
  const labels = Array.from({ length: rows }, (_, i) => (i * 13) % (isBinary ? 2 : classes))
  return { 'data/scores': scores.buffer, 'data/target': (isBinary ? Float32Array.from(labels) : Int32Array.from(labels)).buffer }
}

let current
const host = await createHost({ read: async (name) => current[name], variants, peers: false, versions: {} })

for (const [operation, { isBinary, isTensor }] of Object.entries(operations)) {
  test(`the bench's contenders agree on ${operation}`, async () => {
    current = files(isBinary)
    await host.open(operation, { rows, classes: isBinary ? 1 : classes, scores: 'scores', target: 'target' })
    const contenders = host.contenders()
    const started = await Promise.all(contenders.map((_, index) => host.start(index)))
    const missing = contenders.filter((_, index) => started[index] === undefined).map(({ name }) => name)
    const leavesArray = isTensor || operation.endsWith('gradient')
    assert.deepEqual(missing, leavesArray ? [] : variants.map((variant) => `losskit ${variant}, copied in`))
    const [reference, ...others] = started.filter(Boolean)
    for (const figures of others) {
      assert.equal(figures.length, reference.length)
      for (const [i, figure] of figures.entries()) assert.ok(Math.abs(figure - reference[i]) <= 2e-6 * reference[i], `${figures}`)
    }
    await host.close()
  })
}
