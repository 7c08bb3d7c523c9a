// Every example, run as a user runs it; what it prints is compared with what is known.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { root } from '../../wasm/tools/run.mjs'
import { contentSecurityPolicy, serve } from '../../web/serve.mjs'
import { inChromium } from '../inChromium.mjs'
import { example } from '../web/page.mjs'
import { output, prepare } from './examples.mjs'

const digits = example('digits_logits.csv')
const expected = JSON.parse(readFileSync(example('expected.json'), 'utf8')).digits_logits

/** The loss of the whole file, to the last bit: the kernels of `simd` give the same everywhere, in a report as from the criterion. */
let whole

const start = async (name, args = []) => output(process.execPath, ['main.js', ...args], { cwd: await prepare(name) })
const node = (text) => output(process.execPath, ['--input-type=module', '--eval', text], { cwd: root })

before(() => {
  const reported = JSON.parse(
    node(`
      import { openAsBlob } from 'node:fs'
      import { evaluate } from './dist/evaluate/index.js'
      const file = new File([await openAsBlob(${JSON.stringify(digits)})], 'digits_logits.csv')
      console.log(JSON.stringify(await evaluate(file, { variant: 'simd' })))`),
  ).losses.find(({ key }) => key === 'crossEntropy').mean
  whole = Number(
    node(`
      import { readFileSync } from 'node:fs'
      import { load } from './dist/index.js'
      const rows = readFileSync(${JSON.stringify(digits)}, 'utf8').trim().split('\\n').slice(1).map((line) => line.split(',').map(Number))
      const nn = await load({ variant: 'simd' })
      const logits = Float32Array.from(rows.flatMap((row) => row.slice(2)))
      const accumulator = nn.crossEntropyLoss().accumulator()
      console.log(accumulator.update({ data: logits, shape: [rows.length, 10] }, rows.map((row) => row[1])).result().mean)`),
  )
  assert.equal(reported, whole)
  assert.ok(Math.abs(whole - expected.cross_entropy) < 1e-6)
})

describe('on the command line', () => {
  it('node-script prints a loss, the same over batches, and the losses of a file', async () => {
    const lines = (await start('node-script')).trim().split('\n')
    assert.deepEqual(lines.slice(0, 3), [
      'loss 0.580358, gradient of shape 3 x 3',
      'over batches 0.580358, 3 rows, 1 ignored',
      `Cross entropy: ${whole.toFixed(6)}`,
    ])
  })

  it('worker prints the same bits for any number of workers', async () => {
    const lines = (await start('worker')).trim().split('\n')
    assert.deepEqual(
      lines,
      [1, 2, 5].map((workers) => `${workers} workers: ${whole}`),
    )
  })

  it('onnxruntime agrees with the loss inside the model', async () => {
    const lines = (await start('onnxruntime')).trim().split('\n')
    assert.equal(lines.length, 4)
    for (const line of lines.slice(0, 3)) {
      const [, ours, theirs] = /^logits 128 x 10: ([\d.]+), by ONNX ([\d.]+)$/.exec(line)
      assert.ok(Math.abs(ours - theirs) < 2e-5, line)
    }
    assert.match(lines[3], /^all tokens: [\d.]+, 384 tokens, 144 of them padding$/)
  })

  it('transformers takes its tensors', async () => {
    const lines = (await start('transformers')).trim().split('\n')
    const tokens = [0, 1, 3].map((token, i) => ({ scores: [0, 1, 2, 3].map((c) => Math.sin(4 * token + c)), label: i + 1 }))
    const losses = tokens.map(({ scores, label }) => Math.log(scores.reduce((sum, x) => sum + Math.exp(x), 0)) - scores[label])
    const mean = ((losses[0] + losses[1] + losses[2]) / 3).toFixed(6)
    assert.deepEqual(lines, [`loss ${mean}`, `6 tokens, 3 of them padding, mean ${mean}`, 'probabilities 2 x 3 x 4'])
  })

  it('tfjs finds the rare class with the losses that are made for it', async () => {
    const folder = await prepare('tfjs')
    rmSync(join(folder, 'output'), { recursive: true, force: true })
    const printed = output(process.execPath, ['train.js'], { cwd: folder })
    const parts =
      /^digits to train with: 5472 \(54 nines\), to choose the epoch with: 1998 \(195 nines\), to test with: 1996 \(195 nines\)$/m
    assert.match(printed, parts)
    const recall = (name) => Number(new RegExp(`^${name} +([\\d.]+) `, 'm').exec(printed)[1])
    for (const name of ['weighted BCE', 'focal', 'GHM-C']) assert.ok(recall(name) > recall('BCE'), printed)
    const svg = readFileSync(join(folder, 'output/recall.svg'), 'utf8')
    assert.equal(svg.match(/<polyline/g).length, 4)
    assert.doesNotMatch(svg, /NaN|undefined/)
  })

  it('tfjs: the types of TensorFlow.js fit those of the package', async () => {
    const folder = await prepare('tfjs')
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const options = ['--allowJs', '--checkJs', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', '']
    output(process.execPath, [tsc, ...options, 'types.js'], { cwd: folder })
  })
})

describe('over many shards', () => {
  for (const name of ['beam', 'duckdb']) {
    it(`${name} prints the bits of the whole file`, async () => {
      const printed = await start(name)
      assert.match(printed, new RegExp(`^cross entropy ${whole} of 899 rows`, 'm'))
    })
  }
})

describe('in Chromium', () => {
  it('browser evaluates a chosen file without a bundler', async () => {
    const policy = contentSecurityPolicy.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
    await inChromium(await serve(await prepare('browser'), { policy }), async (page) => {
      await page.getByLabel('Predictions').setInputFiles(digits)
      await page.getByText(`Cross entropy: ${expected.cross_entropy.toFixed(6)}`).waitFor()
    })
  })

  it('vite builds a page that computes', async () => {
    const folder = await prepare('vite')
    output('npm', ['run', 'build'], { cwd: folder })
    await inChromium(await serve(join(folder, 'dist')), async (page) => {
      const losses = async () => (await page.getByRole('cell').allTextContents()).filter((_, i) => i % 2 === 1).map(Number)
      const focal = (gamma) => [0.1, 0.3, 0.5, 0.7, 0.9].map((p) => Number(((1 - p) ** gamma * -Math.log(p)).toFixed(4)))
      await page.getByRole('cell').first().waitFor()
      assert.deepEqual(await losses(), focal(2))
      await page.getByLabel('gamma').fill('0')
      assert.deepEqual(await losses(), focal(0))
    })
  })
})

describe('in C++', () => {
  const build = join(root, 'build/examples')
  const source = join(root, 'examples/cpp')
  const configure = (folder, options) => {
    rmSync(folder, { recursive: true, force: true })
    output('cmake', ['-S', source, '-B', folder, '-G', 'Ninja', ...options], { cwd: root })
    output('cmake', ['--build', folder], { cwd: root })
    return output(join(folder, 'losses'), [digits], { cwd: root }).trim()
  }
  const printed = () => `cross entropy ${whole} of 899 rows`

  it('find_package takes what cmake --install has put there', () => {
    mkdirSync(build, { recursive: true })
    output('cmake', ['--install', join(root, 'build/native'), '--prefix', join(build, 'prefix')], { cwd: root })
    assert.equal(configure(join(build, 'installed'), [`-DCMAKE_PREFIX_PATH=${join(build, 'prefix')}`]), printed())
  })

  it('FetchContent builds it with the project', () => {
    assert.equal(configure(join(build, 'fetched'), ['-DLOSSKIT_FETCH=ON']), printed())
  })
})

it('leaves no example out', () => {
  const tested = ['beam', 'browser', 'cpp', 'duckdb', 'node-script', 'onnxruntime', 'tfjs', 'transformers', 'vite', 'worker']
  const folders = readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  assert.deepEqual(folders.map(({ name }) => name).sort(), [...tested, 'data'].sort())
  assert.ok(existsSync(join(root, 'examples/README.md')))
})
