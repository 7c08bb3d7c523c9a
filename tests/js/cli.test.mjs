import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { evaluate } from 'losskit/evaluate'
import { fileOf, fixtures, meansOf, samples } from './tables.mjs'

const manifest = fileURLToPath(import.meta.resolve('losskit/package.json'))
const { version, bin } = JSON.parse(readFileSync(manifest, 'utf8'))
const program = join(manifest, '..', bin.losskit)
const expected = JSON.parse(readFileSync(`${samples}/expected.json`, 'utf8'))

const folder = mkdtempSync(join(tmpdir(), 'losskit-'))
after(() => rmSync(folder, { recursive: true }))

function textFile(name, text) {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** The tests and the program must take the same variant of the module. */
const runtimeFlags = process.execArgv.filter((flag) => flag.includes('wasm'))

function losskit(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...runtimeFlags, program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const output = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8')
      child[stream].on('data', (text) => {
        output[stream] += text
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...output }))
  })
}

async function assertRefused(code, message, ...args) {
  const result = await losskit(...args)
  assert.equal(result.stderr, `losskit: ${message}\n`)
  assert.equal(result.stdout, '')
  assert.equal(result.code, code)
}

/** Options of `evaluate` as arguments. */
const argumentsOf = ({ classNames, ignoreIndex, ...options }) => [
  ...(classNames ? ['--classes', classNames.join(',')] : []),
  ...(ignoreIndex === undefined ? [] : ['--ignore-index', String(ignoreIndex)]),
  ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
]

describe('printed', () => {
  test('digits_logits.csv', async () => {
    const { code, stdout, stderr } = await losskit(`${samples}/digits_logits.csv`)
    assert.equal(stderr, '')
    assert.equal(code, 0)
    assert.match(stdout, /^digits_logits.csv: 899 rows, multi-class with 10 classes, logits\n/)
    assert.match(stdout, /^Cross entropy +0.435820$/m)
    assert.match(stdout, /^Cross entropy, balanced +0.436246$/m)
    assert.match(stdout, /^Cross entropy, smoothed \(label smoothing 0.1\) +0.889809$/m)
    assert.match(stdout, /^Focal loss \(gamma 2\) +0.217875$/m)
    assert.match(stdout, /^Accuracy +90.55 %$/m)
    expected.digits_logits.per_class_mean.forEach((mean, i) => {
      assert.match(stdout, new RegExp(`^${i} +\\d+ +[\\d.]+ % +[\\d.]+ % +${mean.toFixed(6)} `, 'm'))
    })
    assert.match(stdout, /^ {2}label +"label" +the name "label"$/m)
    assert.match(stdout, /^ {2}score +"logit_0" to "logit_9" +10 columns named logit_<class>$/m)
  })

  test('cancer_scores.csv, with the histogram of gradient norms', async () => {
    const { code, stdout } = await losskit(`${samples}/cancer_scores.csv`)
    assert.equal(code, 0)
    assert.match(stdout, /^Binary cross entropy with logits +0.074970$/m)
    assert.match(stdout, /^Focal loss \(alpha 0.25, gamma 2\) +0.011273$/m)
    assert.match(stdout, /^GHM-C \(bins 10\) +0.644328$/m)
    const rows = [...stdout.matchAll(/^0\.\d to [01]\.\d +(\d+) +(\S+) +(\S+)(?: +(\S+))?$/gm)]
    assert.deepEqual(
      rows.map(([, count]) => Number(count)),
      expected.cancer_scores.ghmc_counts,
    )
    assert.equal(rows[0][4], '█'.repeat(40))
    assert.deepEqual(rows[5].slice(2, 5), ['-', '-', undefined])
  })

  test('without colours or other control characters', async () => {
    const { stdout } = await losskit(`${samples}/cancer_scores.csv`)
    assert.doesNotMatch(stdout, /[^\P{Cc}\n]/u)
  })
})

describe('--json', () => {
  test('is the report of evaluate', async () => {
    for (const name of ['digits_logits.csv', 'cancer_scores.csv']) {
      const { code, stdout } = await losskit(`${samples}/${name}`, '--json')
      assert.equal(code, 0)
      assert.deepEqual(JSON.parse(stdout), await evaluate(fileOf(`${samples}/${name}`)))
    }
  })

  test('does not lose infinite means', async () => {
    const { stdout } = await losskit(textFile('infinite.csv', 'label,prob_0,prob_1\n0,0,1\n'), '--json')
    assert.deepEqual(meansOf(JSON.parse(stdout)).crossEntropy, 'Infinity')
  })

  test('follows the options', async () => {
    const path = `${samples}/cancer_scores.csv`
    const { stdout } = await losskit(
      path,
      '--json',
      '--gamma',
      '1',
      '--alpha',
      '-1',
      '--bins',
      '20',
      '--ignore-index',
      '-7',
      '--label=y_true',
    )
    assert.deepEqual(JSON.parse(stdout), await evaluate(fileOf(path), { gamma: 1, alpha: -1, bins: 20, ignoreIndex: -7, label: 'y_true' }))
    const table = textFile('table.txt', '1\t0.5\t3\n0\t1.5\t4\n')
    const options = ['--no-header', '--delimiter', 'tab', '--columns', 'column 3', '--task', 'binary', '--classes', 'no,yes']
    const report = JSON.parse((await losskit(table, '--json', '--label', 'column 1', ...options)).stdout)
    assert.deepEqual(report.mapping.classNames, ['no', 'yes'])
    assert.deepEqual(
      report.mapping.columns.map(({ role }) => role),
      ['label', 'unused', 'score'],
    )
  })
})

describe('refused files', () => {
  for (const { name, path, options, error } of fixtures().filter((fixture) => fixture.error)) {
    test(name, () => assertRefused(1, error.message, path, ...argumentsOf(options)))
  }

  test('a file that is not there', () => assertRefused(1, 'nowhere.csv: there is no such file', 'nowhere.csv'))
  test('a folder', () => assertRefused(1, `${folder}: it is not a file`, folder))
  test('another format', async () => {
    const { code, stderr } = await losskit(`${samples}/digits_attributes.npz`)
    assert.equal(code, 1)
    assert.match(stderr, /^losskit: digits_attributes.npz: the file is a zip archive .*\n$/)
  })
})

describe('usage', () => {
  const path = `${samples}/cancer_scores.csv`
  const cases = [
    [[], 'no file is named'],
    [['a.csv', 'b.csv'], 'one file at a time: a.csv, b.csv'],
    [[path, '--fast'], "Unknown option '--fast'"],
    [[path, '--gamma'], "Option '--gamma <value>' argument missing"],
    [[path, '--gamma', 'two'], '--gamma is "two"; it must be a number'],
    [[path, '--gamma', '-2'], 'gamma is -2; it must be finite and >= 0'],
    [[path, '--header', '--no-header'], '--header and --no-header exclude each other'],
    [[path, '--scores', 'raw'], `scores is "raw"; it must be one of 'logits', 'probabilities', 'logProbabilities'`],
  ]
  for (const [args, message] of cases) {
    test(message, () => assertRefused(2, `${message} (losskit --help tells more)`, ...args))
  }

  test('--help', async () => {
    const { code, stdout } = await losskit('--help')
    assert.equal(code, 0)
    for (const word of ['Usage', '--json', '--label-smoothing', 'Examples', 'Exit codes']) assert.ok(stdout.includes(word), word)
  })

  test('--version', async () => assert.equal((await losskit('--version')).stdout, `${version}\n`))
})
