// Node 20 knows relaxed SIMD under a flag only: there, the tests of the losses, of their traps and of reports' bits run once more, with the flag.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hasRelaxedSimd } from 'losskit'

const files = ['losses.test.mjs', 'traps.test.mjs', 'sameBits.test.mjs'].map((name) => fileURLToPath(new URL(name, import.meta.url)))

it('the losses hold with relaxed SIMD', { skip: hasRelaxedSimd() && 'they ran with it already' }, () => {
  // Without this the inner run would report to the outer one in its own binary format.
  const { NODE_TEST_CONTEXT, ...env } = process.env
  const command = ['--experimental-wasm-relaxed-simd', '--test', '--test-reporter=spec', ...files]
  const { status, stdout } = spawnSync(process.execPath, command, { env, encoding: 'utf8' })
  assert.equal(status, 0, stdout)
  assert.match(stdout, /runs the variant it was asked for/)
  assert.match(stdout, /relaxed-simd/)
})
