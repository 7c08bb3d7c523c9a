// The package as a user gets it: packed, installed somewhere else without a network, and run there.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'

const root = fileURLToPath(new URL('../..', import.meta.url))
const digits = join(root, 'examples/data/digits_logits.csv')
const expected = JSON.parse(readFileSync(join(root, 'examples/data/expected.json'), 'utf8')).digits_logits

describe('the packed package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'losskit-'))
  const run = (command, args) => execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const runScript = (text) => run(process.execPath, ['--input-type=module', '--eval', text]).trim()

  before(() => {
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'pipe' })
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', join(folder, tarball)])
  })
  after(() => rmSync(folder, { recursive: true }))

  it('holds what a user needs, and brings nothing else along', () => {
    assert.deepEqual(readdirSync(join(folder, 'node_modules')).sort(), ['.bin', '.package-lock.json', 'losskit'])
    const kinds = new Set(readdirSync(join(folder, 'node_modules/losskit')))
    assert.deepEqual(
      [...kinds].filter((name) => !['LICENSE', 'README.md', 'dist', 'package.json'].includes(name)),
      [],
    )
    const files = readdirSync(join(folder, 'node_modules/losskit/dist'), { recursive: true, withFileTypes: true })
    const others = files.filter((file) => file.isFile() && !/\.(js|d\.ts|wasm)$/.test(file.name)).map(({ name }) => name)
    assert.deepEqual(others, ['LICENSES.txt'])
  })

  it('computes a loss', () => {
    const printed = runScript(`
      import { load } from 'losskit'
      const nn = await load()
      console.log(nn.crossEntropyLoss().forward([[2, 0]], [0]))`)
    assert.ok(Math.abs(Number(printed) - Math.log1p(Math.exp(-2))) < 1e-7, printed)
  })

  it('computes it with wasm that the caller reads', () => {
    const printed = runScript(`
      import { readFile } from 'node:fs/promises'
      import { fileURLToPath } from 'node:url'
      import { load } from 'losskit/external'
      const wasm = await readFile(fileURLToPath(import.meta.resolve('losskit/simd.wasm')))
      const nn = await load({ variant: 'simd', wasm })
      console.log(nn.sigmoid([0]).data[0])`)
    assert.equal(printed, '0.5')
  })

  it('evaluates a file, from code and from the command line', () => {
    const printed = runScript(`
      import { openAsBlob } from 'node:fs'
      import { evaluate } from 'losskit/evaluate'
      const file = new File([await openAsBlob(${JSON.stringify(digits)})], 'digits_logits.csv')
      console.log(JSON.stringify(await evaluate(file)))`)
    const report = JSON.parse(printed)
    const mean = (key) => report.losses.find((loss) => loss.key === key).mean
    assert.equal(report.rows, expected.rows)
    assert.ok(Math.abs(mean('crossEntropy') - expected.cross_entropy) < 1e-6)

    cpSync(digits, join(folder, 'digits_logits.csv'))
    assert.deepEqual(JSON.parse(run('npx', ['--no', 'losskit', 'digits_logits.csv', '--json'])), report)
    const table = run('npx', ['--no', 'losskit', 'digits_logits.csv'])
    assert.match(table, new RegExp(`\\b${expected.cross_entropy.toFixed(4)}`))
  })

  it('has declarations that take what is right and refuse what is wrong', () => {
    cpSync(join(root, 'tests/types'), folder, { recursive: true })
    run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', '.'])
  })

  it('is packed as publint asks for', async () => {
    const { messages } = await publint({ pkgDir: root, strict: true })
    assert.deepEqual(messages, [])
  })
})
