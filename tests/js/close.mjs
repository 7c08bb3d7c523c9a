import assert from 'node:assert/strict'

/** |actual - expected| <= tolerance * max(1, |expected|). */
export function assertClose(actual, expected, tolerance = 1e-6, message = '') {
  const limit = tolerance * Math.max(1, Math.abs(expected))
  assert.ok(Math.abs(actual - expected) <= limit, `${message} ${actual} is not within ${limit} of ${expected}`)
}

export function assertAllClose(actual, expected, tolerance = 1e-6, message = '') {
  assert.equal(actual.length, expected.length)
  for (let i = 0; i < actual.length; i++) assertClose(actual[i], expected[i], tolerance, `${message} [${i}]`)
}
