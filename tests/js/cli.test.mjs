import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { compare, evaluate } from 'losskit/evaluate'
import { fileOf, fixtures, meansOf, samples, tables } from './tables.mjs'

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

const losskit = (...args) => losskitOn('', ...args)

/** The command with `input` on its standard input, or a function that gets the process. */
function losskitOn(input, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...runtimeFlags, program, ...args], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    // Who refuses its arguments does not read what it is sent.
    child.stdin.on('error', () => {})
    if (typeof input === 'function') input(child)
    else child.stdin.end(input)
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
const argumentsOf = ({ classNames, ignoreIndex, labels, ...options }) => [
  ...(labels ? ['--labels', `${tables}/${labels.name}`] : []),
  ...(classNames ? ['--classes', classNames.join(',')] : []),
  ...(ignoreIndex === undefined ? [] : ['--ignore-index', String(ignoreIndex)]),
  ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
]

describe('printed', () => {
  test('digits_logits.csv', async () => {
    const { code, stdout, stderr } = await losskit(`${samples}/digits_logits.csv`, '--by-class')
    assert.equal(stderr, '')
    assert.equal(code, 0)
    assert.match(stdout, /^digits_logits.csv: 899 rows, multi-class with 10 classes, logits\n/)
    assert.match(stdout, /^Cross entropy +0.435820$/m)
    assert.match(stdout, /^Cross entropy, balanced +0.436246$/m)
    assert.match(stdout, /^Cross entropy, smoothed \(label smoothing 0.1\) +0.889809$/m)
    assert.match(stdout, /^Focal loss \(gamma 2\) +0.217875$/m)
    assert.match(stdout, /^Accuracy +90.55 %$/m)
    expected.digits_logits.per_class_mean.forEach((mean, i) => {
      assert.match(stdout, new RegExp(`^${i} +\\d+ +[\\d.]+ % +[\\d.]+ % +[\\d.]+ % +${mean.toFixed(6)} `, 'm'))
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

  test('weights, gammas, temperature and what is done to probabilities', async () => {
    const path = textFile('shares.csv', 'label,p_a,p_b\n0,0.5,0.25\n1,0.25,0.75\n1,0,1\n0,0,0.5\n')
    const options = [
      '--scores',
      'probabilities',
      '--class-weight',
      '1,3',
      '--gammas',
      '3',
      '--temperature',
      '2',
      '--renormalise',
      '--eps',
      '1e-3',
    ]
    const { stdout } = await losskit(path, '--json', ...options)
    const wanted = { scores: 'probabilities', classWeight: [1, 3], gammas: [3], temperature: 2, renormalise: true, eps: 1e-3 }
    assert.deepEqual(JSON.parse(stdout), await evaluate(fileOf(path), wanted))
    const { stdout: named } = await losskit(path, '--json', '--scores', 'probabilities', '--renormalise', '--class-weight', 'effective')
    assert.ok(JSON.parse(named).losses.some(({ parameters }) => parameters.weight === 'effective'))
  })
})

describe('parts that are asked for', () => {
  const digits = `${samples}/digits_logits.csv`

  test('--loss prints these alone', async () => {
    const { stdout } = await losskit(digits, '--loss', 'softmaxFocal,crossEntropy', '--by-class')
    const means = stdout.match(/^(Cross entropy|Focal loss).* [\d.]+$/gm)
    assert.deepEqual(
      means.map((line) => line.split(/ {2,}/)[0]),
      ['Focal loss (gamma 2)', 'Cross entropy', 'Cross entropy with the fitted temperature 0.6884'],
    )
    assert.match(stdout, /^Class +Rows +Share +Accuracy +Precision +Cross entropy +Focal loss$/m)
    const { code, stderr } = await losskit(digits, '--loss', 'hinge')
    assert.equal(code, 2)
    assert.match(stderr, /^losskit: --loss: there is no loss "hinge"; there are crossEntropy, /)
  })

  test('without --by-class there are no classes', async () => {
    assert.doesNotMatch((await losskit(digits)).stdout, /^Class|Taken for/m)
    assert.match((await losskit(digits, '--by-class')).stdout, /^Class +Taken for +Rows$/m)
  })

  test('--hardest prints rows, hardest first', async () => {
    const { stdout } = await losskit(digits, '--hardest', '3')
    const { hardest, labelErrors } = await evaluate(fileOf(digits), { hardest: 3 })
    assert.equal(hardest.length, 3)
    const shown = [...stdout.matchAll(/^ {2} *(\d+) +(\d+) +(\d) +(\d) +\S+ +\S+ +(\S+)$/gm)].map((match) => match.slice(1))
    assert.deepEqual(
      shown,
      [...hardest, ...labelErrors].map(({ row, id, label, predicted, loss }) => [String(row), id, label, predicted, loss.toFixed(6)]),
    )
  })

  test('rows that are left out are told', async () => {
    const path = textFile('missing.csv', 'label,score\n0,1\n1,NA\n1,2\n')
    const refused = await losskit(path)
    const remedy = 'rows in which something is missing can be left out and counted: --missing leave-out'
    assert.deepEqual(
      [refused.code, refused.stderr],
      [1, `losskit: missing.csv: row 2 (line 3), column "score": the score is missing ("NA")\n${remedy}\n`],
    )
    const { code, stdout } = await losskit(path, '--missing', 'leave-out')
    assert.equal(code, 0)
    assert.match(stdout, /^missing.csv: 2 rows, binary, logits, 1 row left out because the score is missing \(row 2\)$/m)
  })

  test('--markdown prints tables', async () => {
    const path = textFile('a|b.csv', 'label,logit_x,logit_y\nx,2,1\ny,1,2\n')
    const { code, stdout } = await losskit(path, '--markdown', '--by-class')
    assert.equal(code, 0)
    assert.match(
      stdout,
      /^## a\|b.csv: 2 rows, multi-class with 2 classes, logits\n\n\| Loss \| Mean \|\n\| :-- \| --: \|\n\| Cross entropy \| 0.313262 \|\n/,
    )
    assert.match(stdout, /^\| x \| 1 \| 50.00 % \| 100.00 % \| 100.00 % \| 0.313262 \| /m)
  })

  test('--workers gives the same', async () => {
    const [one, three] = [await losskit(digits, '--json', '--workers', '1'), await losskit(digits, '--json', '--workers', '3')]
    assert.equal(three.code, 0)
    assert.equal(three.stdout, one.stdout)
  })
})

describe('several files', () => {
  const [digits, cancer] = [`${samples}/digits_logits.csv`, `${samples}/cancer_scores.csv`]

  test('are printed one after the other', async () => {
    const { stdout } = await losskit(digits, cancer)
    assert.ok(stdout.indexOf('digits_logits.csv: 899 rows') === 0 && stdout.includes('\n\ncancer_scores.csv: 285 rows'))
    const reports = JSON.parse((await losskit(digits, cancer, '--json')).stdout)
    assert.deepEqual(reports, [await evaluate(fileOf(digits)), await evaluate(fileOf(cancer))])
  })

  test('are printed though one of them is at fault', async () => {
    const { code, stdout, stderr } = await losskit('nowhere.csv', cancer)
    assert.equal(code, 1)
    assert.equal(stderr, 'losskit: nowhere.csv: there is no such file\n')
    assert.match(stdout, /^cancer_scores.csv: 285 rows/)
  })
})

describe('--compare', () => {
  const runs = () => [
    textFile('old.csv', 'label,logit_0,logit_1\n0,2,1\n1,2,1\n1,0,3\n0,1,0\n'),
    textFile('new.csv', 'label,logit_0,logit_1\n0,2,1\n1,1,2\n1,0,3\n0,1,0\n'),
  ]

  test('tells the difference of two runs', async () => {
    const [a, b] = runs()
    const { code, stdout, stderr } = await losskit(a, '--compare', b, '--scores', 'logits', '--by-class', '--hardest', '5')
    assert.deepEqual([code, stderr], [0, ''])
    const comparison = await compare([fileOf(a), fileOf(b)], { scores: 'logits', hardest: 5 })
    const [first] = comparison.pairs
    assert.equal(first.difference.toFixed(6), '0.250000')
    assert.match(stdout, /^old.csv: 4 rows.*\n[\s\S]*^new.csv: 4 rows/m)
    assert.match(stdout, /^old.csv +new.csv +crossEntropy +\+0.250000 +0 to \+\d.*$/m)
    assert.match(stdout, /^ {2}1 +\+0.500000 +new.csv$/m)
    assert.match(stdout, /^ {2} *2 +1 +0 +1.313262 +1 +0.313262$/m)
    const json = JSON.parse((await losskit(a, '--compare', b, '--scores', 'logits', '--hardest', '5', '--json')).stdout)
    assert.deepEqual(json, comparison)
  })

  test('takes the labels of all runs from a file of their own, joined by id', async () => {
    const [first, second] = [
      [0.9, 0.2, 0.6],
      [0.8, 0.4, 0.3],
    ].map((probabilities, i) => textFile(`run${i}.csv`, `id,p_a,p_b\n${probabilities.map((p, row) => `r${row},${p},${1 - p}\n`).join('')}`))
    const labels = textFile('truth.csv', 'id,truth\nr2,a\nr0,a\nr1,b\n')
    const { code, stdout, stderr } = await losskit(first, '--compare', second, '--labels', labels, '--scores', 'probabilities', '--json')
    assert.deepEqual([code, stderr], [0, ''])
    const { reports } = JSON.parse(stdout)
    const meanOf = (probabilities) => probabilities.reduce((sum, p) => sum - Math.log(p), 0) / probabilities.length
    for (const [run, probabilities] of [
      [0, [0.9, 0.8, 0.6]],
      [1, [0.8, 0.6, 0.3]],
    ]) {
      assert.deepEqual(
        reports[run].files.map(({ name, role }) => `${role} ${name}`),
        [`predictions run${run}.csv`, 'labels truth.csv'],
      )
      assert.ok(Math.abs(reports[run].losses[0].mean - meanOf(probabilities)) < 1e-6)
    }
  })

  test('makes the suites of --junit', async () => {
    const [a] = runs()
    const junit = await losskit(a, '--compare', a, '--junit', '--fail-if', 'accuracy<0')
    assert.equal(junit.code, 0)
    assert.match(junit.stdout, /^<testsuites name="losskit" tests="2" failures="0" errors="0">$/m)
    assert.match(junit.stdout, /<property name="crossEntropy, [^"]*: difference" value="0"\/>/)
  })

  test('refuses what cannot be compared', async () => {
    await assertRefused(2, 'the standard input can be read once (losskit --help tells more)', '-', '--compare', '-')
    const [a] = runs()
    await assertRefused(1, 'nowhere.csv: there is no such file', a, '--compare', 'nowhere.csv')
    await assertRefused(2, '--compare takes the other runs; name one file beside it (losskit --help tells more)', a, a, '--compare', a)
  })
})

describe('--fail-if', () => {
  const digits = `${samples}/digits_logits.csv`

  test('exits with 3 where a condition holds', async () => {
    const failed = await losskit(digits, '--fail-if', 'crossEntropy>0.4', '--fail-if', 'accuracy < 0.9', '--fail-if', 'ece>=.01')
    assert.equal(failed.code, 3)
    assert.match(
      failed.stderr,
      /^losskit: digits_logits.csv: crossEntropy is 0\.435\d+, which is > 0.4\nlosskit: .*: ece is 0.119\d+, which is >= 0.01\n$/,
    )
    assert.match(failed.stdout, /^digits_logits.csv: 899 rows/)
    const passed = await losskit(digits, '--fail-if', 'crossEntropy>0.5', '--fail-if', 'softmaxFocalGamma0.5>1', '--fail-if', 'rows<=898')
    assert.deepEqual([passed.code, passed.stderr], [0, ''])
  })

  test('takes a share as the report prints it', async () => {
    const { code, stderr } = await losskit(digits, '--fail-if', 'accuracy<91%', '--fail-if', 'ece > 12.5%')
    assert.equal(code, 3)
    assert.match(stderr, /^losskit: digits_logits.csv: accuracy is 0\.905\d+, which is < 0\.91\n$/)
    assert.equal((await losskit(digits, '--fail-if', 'accuracy<%')).code, 2)
  })

  test('takes the figures of a class', async () => {
    const path = `${tables}/class-names.csv`
    const conditions = ['accuracy.cat<1', 'accuracy.dog<1', 'crossEntropy.dog>0.5', 'share.cat>0.5', 'temperature<1']
    const { code, stderr } = await losskit(path, ...conditions.flatMap((condition) => ['--fail-if', condition]))
    assert.equal(code, 3)
    assert.match(
      stderr,
      /^losskit: .*: accuracy\.dog is 0\.5, which is < 1\nlosskit: .*: crossEntropy\.dog is 0\.6\d+, which is > 0\.5\nlosskit: .*: temperature is 0\.\d+, which is < 1\n$/,
    )
    assert.equal((await losskit(path, '--fail-if', 'accuracy.cow<1')).code, 2)
  })

  test('a file at fault goes before', async () => {
    assert.equal((await losskit(digits, 'nowhere.csv', '--fail-if', 'rows>1')).code, 1)
  })

  test('of a measure without rows fails', async () => {
    const { code, stderr } = await losskit(textFile('none.csv', 'label,score\n-100,3\n'), '--fail-if', 'accuracy<0.5')
    assert.equal(code, 3)
    assert.equal(stderr, 'losskit: none.csv: accuracy is not known: no row counts\n')
  })

  test('names the measures there are', async () => {
    const { code, stderr } = await losskit(digits, '--fail-if', 'loss>1')
    assert.equal(code, 2)
    assert.match(
      stderr,
      /^losskit: --fail-if: there is no measure "loss"; there are crossEntropy, .*, accuracy, brier, ece, temperature, .*, leftOut, crossEntropy\.<class>, /,
    )
  })

  test('makes the cases of --junit', async () => {
    const bad = textFile('<bad> & "worse".csv', 'label,score\n0,1\n1,x\n1,<y>\n')
    const { code, stdout } = await losskit(digits, bad, '--junit', '--fail-if', 'crossEntropy>0.4', '--fail-if', 'accuracy<0.9')
    assert.equal(code, 1)
    const lines = stdout.split('\n').filter((line) => !line.includes('propert'))
    assert.match(lines[4], /^ {6}<failure message="crossEntropy is 0\.435\d+, which is &gt; 0.4"\/>$/)
    lines.splice(4, 1)
    assert.deepEqual(lines, [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="losskit" tests="3" failures="1" errors="1">',
      '  <testsuite name="digits_logits.csv" tests="2" failures="1" errors="0">',
      '    <testcase name="crossEntropy&gt;0.4" classname="digits_logits.csv">',
      '    </testcase>',
      '    <testcase name="accuracy&lt;0.9" classname="digits_logits.csv"/>',
      '  </testsuite>',
      '  <testsuite name="&lt;bad&gt; &amp; &quot;worse&quot;.csv" tests="1" failures="0" errors="1">',
      '    <testcase name="evaluation" classname="&lt;bad&gt; &amp; &quot;worse&quot;.csv">',
      '      <error message="&lt;bad&gt; &amp; &quot;worse&quot;.csv: row 2 (line 3), column &quot;score&quot;: &quot;x&quot; is not a number">' +
        '&lt;bad&gt; &amp; &quot;worse&quot;.csv: row 2 (line 3), column &quot;score&quot;: &quot;x&quot; is not a number',
      '&lt;bad&gt; &amp; &quot;worse&quot;.csv: row 3 (line 4), column &quot;score&quot;: &quot;&lt;y&gt;&quot; is not a number</error>',
      '    </testcase>',
      '  </testsuite>',
      '</testsuites>',
      '',
    ])
    assert.match(stdout, /^ {6}<property name="accuracy" value="0.905\d+"\/>$/m)
  })
})

describe('the standard input', () => {
  test('is a file', async () => {
    const { code, stdout, stderr } = await losskitOn(readFileSync(`${samples}/digits_logits.csv`), '-', '--json')
    assert.equal(stderr, '')
    assert.equal(code, 0)
    const report = await evaluate(fileOf(`${samples}/digits_logits.csv`))
    assert.deepEqual(JSON.parse(stdout), { ...report, files: [{ ...report.files[0], name: 'standard input' }] })
  })

  test('may be empty', async () => {
    const { code, stderr } = await losskitOn('', '-')
    assert.deepEqual([code, stderr], [1, 'losskit: standard input: the file is empty\n'])
  })

  test('that does not end can be interrupted', async () => {
    const interrupt = (child) => {
      child.stdin.write('label,score\n0,1\n')
      // Its temporary file shows that it waits for more.
      const timer = setInterval(() => {
        if (!readdirSync(folder).some((name) => name.startsWith('losskit-'))) return
        clearInterval(timer)
        child.kill('SIGINT')
      }, 20)
    }
    const { code, stdout, stderr } = await losskitOn(interrupt, '-')
    assert.deepEqual([code, stdout, stderr], [130, '', 'losskit: interrupted\n'])
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('losskit-')),
      [],
    )
  })
})

describe('progress', () => {
  const steps = { bytes: 430e6, total: 1e9, rows: 5, bytesPerSecond: 51.2e6, secondsLeft: 71.4 }

  test('is one line on a terminal', async () => {
    const { ProgressBar, progressLine } = await import(join(manifest, '../build/package/cli/progressBar.js'))
    assert.equal(progressLine('a.csv', steps), 'a.csv  43 % ████████▋            430 MB of 1.0 GB, 51.2 MB/s, 1 min 12 s left')
    assert.match(progressLine('a.csv', { ...steps, bytes: 0, secondsLeft: null }), /^a.csv {3}0 % {22}0 B of 1.0 GB, 51.2 MB\/s$/)
    const written = []
    const bar = new ProgressBar('a.csv', { isTTY: true, columns: 40, write: (text) => written.push(text) })
    bar.show(steps)
    bar.show(steps)
    bar.clear()
    assert.deepEqual(written, [`\r\x1b[K${progressLine('a.csv', steps).slice(0, 39)}`, '\r\x1b[K'])
  })

  test('is nothing elsewhere', async () => {
    const { ProgressBar } = await import(join(manifest, '../build/package/cli/progressBar.js'))
    const bar = new ProgressBar('a.csv', { write: () => assert.fail('it was written') })
    bar.show(steps)
    bar.clear()
  })
})

test('a temperature that is fitted to a sample says so', async () => {
  const lines = Array.from({ length: 9000 }, (_, i) => `${i % 2},${Math.sin(i) + 1 - (i % 2)},${Math.cos(i * i) + (i % 2)}`)
  const path = textFile('long.csv', `label,logit_0,logit_1\n${lines.join('\n')}\n`)
  const { rows } = JSON.parse((await losskit(path, '--json')).stdout).calibration.temperature
  assert.ok(rows < 9000)
  assert.match(
    (await losskit(path)).stdout,
    new RegExp(`^Cross entropy with the fitted temperature [\\d.]+, of a sample of ${rows} +`, 'm'),
  )
})

test('--precision float64 reads scores as doubles', async () => {
  const path = textFile('double.csv', 'label,logit_0,logit_1\n0,40.00000000001,0\n')
  const { stdout } = await losskit(path, '--precision', 'float64', '--json')
  const { precision, losses } = JSON.parse(stdout)
  assert.deepEqual([precision, losses[0].mean], ['float64', Math.log1p(Math.exp(-40.00000000001))])
  const refused = await losskit(path, '--precision', 'double')
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /^losskit: precision is "?double"?; it must be .*float32.*float64/)
})

test('rows without weight do not make a sample of the others', async () => {
  const lines = Array.from({ length: 60 }, (_, i) => `${i % 2},${Math.sin(i) + 1 - (i % 2)},${Math.cos(i * i) + (i % 2)},${i % 3}`)
  const path = textFile('weighted.csv', `label,logit_0,logit_1,sample_weight\n${lines.join('\n')}\n`)
  assert.equal(JSON.parse((await losskit(path, '--json')).stdout).calibration.temperature.rows, 40)
  assert.match((await losskit(path)).stdout, /^Cross entropy with the fitted temperature [\d.]+ +/m)
})

describe('labels in a file of their own', () => {
  test('are joined by id', async () => {
    const { stdout } = await losskit(`${tables}/joined-by-id.csv`, '--labels', `${tables}/joined-by-id.labels.csv`)
    assert.match(stdout, /^joined-by-id.csv: 4 rows, multi-class with 3 classes, probabilities\n/)
  })

  test('must be there', () =>
    assertRefused(1, 'nowhere.csv: there is no such file', `${tables}/joined-by-id.csv`, '--labels', 'nowhere.csv'))
})

describe('refused files', () => {
  for (const { name, path, options, error } of fixtures().filter((fixture) => fixture.error && !fixture.error.isStart)) {
    test(name, async () => {
      const { code, stdout, stderr } = await losskit(path, ...argumentsOf(options))
      const told = [`losskit: ${error.message}`, ...(error.others ?? [])].join('\n')
      assert.deepEqual([code, stdout, stderr.slice(0, told.length)], [1, '', told])
      // How to mend it, where that is known.
      assert.match(stderr.slice(told.length), /^\n(.+: --(missing leave-out|scores logits|task binary)\n)*$/)
    })
  }

  test('a file that is not there', () => assertRefused(1, 'nowhere.csv: there is no such file', 'nowhere.csv'))
  test('a folder', () => assertRefused(1, `${folder}: it is not a file`, folder))
  test('another format', async () => {
    const { code, stderr } = await losskit(textFile('table.csv', '%PDF-1.7\n'))
    assert.equal(code, 1)
    assert.match(stderr, /^losskit: table.csv: the file is a PDF document; what can be evaluated is .*\n$/)
  })
})

describe('usage', () => {
  const path = `${samples}/cancer_scores.csv`
  const cases = [
    [[], 'no file is named'],
    [['-', '-'], 'the standard input can be read once'],
    [[path, '--fast'], "Unknown option '--fast'"],
    [[path, '--gamma'], "Option '--gamma <value>' argument missing"],
    [[path, '--gammas', '1,two'], '--gammas is "1,two"; it must be numbers with commas between them'],
    [[path, '--gamma', 'two'], '--gamma is "two"; it must be a number'],
    [[path, '--gamma', '-2'], 'gamma is -2; it must be finite and >= 0'],
    [[path, '--json', '--junit'], '--json and --junit exclude each other'],
    [[path, '--missing', 'skip'], '--missing is "skip"; it must be error or leave-out'],
    [
      [path, '--fail-if', 'crossEntropy=1'],
      `--fail-if is "crossEntropy=1"; it must be a measure, <, <=, > or >=, and a number, such as 'crossEntropy>0.4'`,
    ],
    [[path, '--workers', '0'], 'workers is 0; it must be an integer from 1 to 64'],
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
