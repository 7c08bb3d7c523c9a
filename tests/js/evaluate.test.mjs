import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { DataError, evaluate, inspect, open } from 'losskit/evaluate'
import { english, unsaid } from './messages.mjs'
import { fileOf, fixtures, meansOf, npy, samples, textFile } from './tables.mjs'

const expected = JSON.parse(readFileSync(`${samples}/expected.json`, 'utf8'))

function assertClose(actual, wanted, what) {
  const error = Math.abs(actual - wanted) / Math.max(Math.abs(wanted), 1e-300)
  assert.ok(actual === wanted || error <= 1e-6, `${what}: ${actual}, not ${wanted}`)
}

/** Without the focal losses of the usual gammas. */
const mainMeansOf = (report) => Object.fromEntries(Object.entries(meansOf(report)).filter(([key]) => !key.includes('Gamma')))

const columnsWith = (report, role) => report.mapping.columns.filter((column) => column.role === role).map(({ column }) => column)

function assertReport(report, wanted) {
  assert.equal(report.task, wanted.task)
  assert.equal(report.rows, wanted.rows)
  assert.equal(report.ignored, wanted.ignored)
  assert.deepEqual(report.mapping.classNames, wanted.classNames)
  assert.equal(report.mapping.scores.kind, wanted.scores)
  assert.deepEqual(columnsWith(report, 'label'), [wanted.label].flat())
  assert.deepEqual(unsaid(report.leftOut), wanted.leftOut ?? { rows: 0, reasons: [] })
  assert.deepEqual(columnsWith(report, 'score'), wanted.columns)
  assert.deepEqual(columnsWith(report, 'id'), wanted.ids)
  if (wanted.dialect) assert.equal(report.mapping.dialect, wanted.dialect)
  assertClose(report.accuracy, wanted.accuracy, 'accuracy')
  assert.deepEqual(
    report.classes.map(({ count }) => count),
    wanted.counts,
  )
  if (wanted.bins) assert.deepEqual(report.ghm.counts, wanted.bins)
  const means = mainMeansOf(report)
  assert.deepEqual(Object.keys(means).sort(), [...Object.keys(wanted.losses), ...(wanted.infinite ?? [])].sort())
  for (const [key, mean] of Object.entries(wanted.losses)) assertClose(means[key], mean, key)
  for (const key of wanted.infinite ?? []) assert.equal(means[key], Number.POSITIVE_INFINITY)
}

describe('fixtures', () => {
  for (const { name, path, options, report, error } of fixtures()) {
    test(name, async () => {
      if (report) return assertReport(await evaluate(fileOf(path), options), report)
      const { message, row, line, column, others } = await evaluate(fileOf(path), options).then(
        () => assert.fail('it was evaluated'),
        (reason) => {
          assert.ok(reason instanceof DataError, reason)
          assert.equal(reason.file, error.file ?? name)
          const [, ...others] = reason.describe().split('\n')
          return Object.assign(reason, { others })
        },
      )
      // What a runtime says of broken data is its own.
      assert.equal(error.isStart ? message.slice(0, error.message.length) : message, error.message)
      assert.deepEqual([row, line, column], [error.row, error.line, error.column])
      assert.deepEqual(others, error.others ?? [])
    })
  }
})

test('every kind of file that people have is shown by fixtures', () => {
  const stems = new Set(fixtures().map(({ name }) => name.slice(0, name.indexOf('.'))))
  const kinds = readFileSync(new URL('../fixtures/tables.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.split(/ \| /).at(-1).replace(' |', '').split(', '))
  assert.equal(kinds.length, 25)
  for (const named of kinds) for (const name of named) assert.ok(stems.has(name), name)
})

describe('samples', () => {
  test('digits_logits.csv', async () => {
    const wanted = expected.digits_logits
    const report = await evaluate(fileOf(`${samples}/digits_logits.csv`))
    const means = meansOf(report)
    assert.equal(report.rows, wanted.rows)
    assertClose(means.crossEntropy, wanted.cross_entropy, 'cross entropy')
    assertClose(means.crossEntropyBalanced, wanted.cross_entropy_balanced, 'balanced')
    assertClose(means.crossEntropySmoothed, wanted.label_smoothing_0_1, 'smoothed')
    assertClose(means.softmaxFocal, wanted.softmax_focal_gamma2, 'focal')
    assertClose(report.accuracy, wanted.accuracy, 'accuracy')
    report.classes.forEach(({ losses }, i) => {
      assertClose(losses.crossEntropy, wanted.per_class_mean[i], `class ${i}`)
    })
  })

  test('cancer_scores.csv', async () => {
    const wanted = expected.cancer_scores
    const report = await evaluate(fileOf(`${samples}/cancer_scores.csv`))
    const means = meansOf(report)
    assert.equal(report.rows, wanted.rows)
    assertClose(means.bceWithLogits, wanted.bce_with_logits, 'bce')
    assertClose(means.sigmoidFocal, wanted.sigmoid_focal, 'focal')
    assertClose(means.ghmc, wanted.ghmc, 'ghmc')
    assert.deepEqual(report.ghm.counts, wanted.ghmc_counts)
  })
})

test('digits_attributes.npz', async () => {
  const wanted = expected.digits_attributes
  const report = await evaluate(fileOf(`${samples}/digits_attributes.npz`))
  const means = meansOf(report)
  assert.equal(report.task, 'multiLabel')
  assert.equal(report.rows, wanted.rows)
  assertClose(means.bceWithLogits, wanted.bce_with_logits, 'bce')
  assertClose(means.multiLabelSoftMargin, wanted.multilabel_soft_margin, 'soft margin')
  assertClose(means.ghmc, wanted.ghmc, 'ghmc')
  assert.deepEqual(report.ghm.counts, wanted.ghmc_counts)
})

describe('the report', () => {
  test('is plain JSON that adds up', async () => {
    const report = await evaluate(fileOf(`${samples}/digits_logits.csv`))
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report)
    assert.equal(report.format, 'losskit-report')
    assert.equal(report.version, 1)
    assert.deepEqual(report.files, [{ name: 'digits_logits.csv', bytes: 84878, role: 'predictions' }])
    const sum = (values) => values.reduce((a, b) => a + b, 0)
    assert.equal(sum(report.classes.map(({ count }) => count)), report.rows)
    assertClose(sum(report.classes.map(({ share }) => share)), 1, 'shares')
    assertClose(
      sum(report.classes.map(({ count, losses }) => count * losses.crossEntropy)) / report.rows,
      meansOf(report).crossEntropy,
      'mean',
    )
  })

  test('takes parameters', async () => {
    const file = fileOf(`${samples}/digits_logits.csv`)
    const plain = meansOf(await evaluate(file, { gamma: 0, labelSmoothing: 0 }))
    assertClose(plain.softmaxFocal, plain.crossEntropy, 'focal without gamma')
    assertClose(plain.crossEntropySmoothed, plain.crossEntropy, 'no smoothing')
    const binary = await evaluate(fileOf(`${samples}/cancer_scores.csv`), { bins: 5, alpha: -1, gamma: 0 })
    assert.equal(binary.ghm.counts.length, 5)
    assert.deepEqual(binary.ghm.edges, [0, 0.2, 0.4, 0.6, 0.8, 1])
    assertClose(meansOf(binary).sigmoidFocal, meansOf(binary).bceWithLogits, 'focal without alpha and gamma')
  })

  test('has null where no row counts', async () => {
    const report = await evaluate(textFile('label,logit_0,logit_1\n-100,1,2\n-100,3,4\n'))
    assert.equal(report.rows, 0)
    assert.equal(report.ignored, 2)
    assert.deepEqual(Object.values(mainMeansOf(report)), [null, null, null, null])
    const { losses, ...first } = report.classes[0]
    assert.deepEqual(first, { name: '0', count: 0, share: 0, accuracy: null, precision: null, predicted: 0 })
    assert.deepEqual(new Set(Object.values(losses)), new Set([null]))
    assert.equal(report.accuracy, null)
    assert.equal(report.brier, null)
    assert.equal(report.calibration.ece, null)
    assert.equal(report.calibration.temperature, null)
    assert.deepEqual(report.hardest, [])
    const binary = await evaluate(textFile('label,score\n-100,3\n'))
    assert.deepEqual(Object.values(mainMeansOf(binary)), [null, null, null, null])
  })
})

describe('the mapping', () => {
  const evidenceOf = async (text, options) => (await inspect(textFile(text), options)).mapping

  test('says why', async () => {
    const mapping = await evidenceOf('id,label,logit_a,logit_b\n7,a,2.5,1\n3,b,0.5,3\n')
    assert.deepEqual(unsaid(mapping.columns), [
      { column: 'id', index: 0, role: 'id', evidence: 'the name "id"' },
      { column: 'label', index: 1, role: 'label', evidence: 'the name "label"' },
      { column: 'logit_a', index: 2, role: 'score', evidence: '2 columns named logit_<class>' },
      { column: 'logit_b', index: 3, role: 'score', evidence: '2 columns named logit_<class>' },
    ])
    assert.deepEqual(unsaid(mapping.scores), { kind: 'logits', evidence: 'scores of the first 2 rows go from 0.5 to 3' })
    assert.deepEqual(unsaid(mapping.task), {
      kind: 'multiClass',
      evidence: '2 score columns and the label column "label"; labels are the class names of the score columns',
    })
    assert.equal(mapping.dialect, 'comma, header, UTF-8')
  })

  test('says why as codes and values too, of which the words are made', async () => {
    const { columns, scores, task } = await evidenceOf('id,label,logit_a,logit_b\n7,a,2.5,1\n3,b,0.5,3\n')
    assert.deepEqual(columns[1].said, { code: 'the name "{0}"', values: ['label'] })
    for (const { evidence, said } of [...columns, scores, task]) assert.equal(english(said), evidence)
    const broken = await evaluate(textFile('label,logit_a,logit_b\na,1,2\na,,2\nb,x,2\n')).catch((error) => error)
    const [missing, text] = broken.problems
    assert.deepEqual(missing.said, { code: 'the {0} is missing', values: [{ code: 'score', values: [] }] })
    assert.deepEqual(text.said, { code: '"{0}" is not a number', values: ['x'] })
    for (const { message, said } of broken.problems) assert.equal(english(said), message)
    assert.equal(english(missing.remedySaid), missing.remedy)
  })

  test('shows the first rows', async () => {
    const { preview } = await inspect(textFile('label,score\n0,"1,5"\n1, x \n'))
    assert.deepEqual(preview, [
      ['0', '1,5'],
      ['1', 'x'],
    ])
  })

  test('is told before the rows are evaluated', async () => {
    const file = textFile('label,score\n0,1.5\n1,-2\n')
    const told = []
    // More than once where the machine is slow.
    const onProgress = () => told.at(-1) === 'progress' || told.push('progress')
    const listen = { onInspection: (inspection) => told.push(inspection), onProgress }
    await evaluate(file, listen)
    ;(await open(file, listen)).dispose()
    const inspection = await inspect(file)
    assert.deepEqual(told, [inspection, 'progress', inspection, 'progress'])
  })

  test('shows numbers of arrays with eight digits, and as few as tell them', async () => {
    const values = [0.1, -2.5, 1 / 3, 100, 1e-7, 123456789.5, 1e22, Number.NEGATIVE_INFINITY, 0.10000001, 7e-9]
    const labels = npy('<i4', '(5,)', Int32Array.of(0, 1, 0, 1, 0))
    const { preview } = await inspect(npy('<f8', '(5, 2)', Float64Array.from(values)), { labels })
    assert.deepEqual(
      preview.map(([scores]) => scores),
      ['[0.1, -2.5]', '[0.33333333, 100]', '[1e-7, 123456790]', '[1e+22, -Infinity]', '[0.10000001, 7e-9]'],
    )
  })

  test('lists beside columns have classes by their positions', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => [i / 7, Math.sin(i), i % 3])
    const read = (make, columns) =>
      evaluate(textFile(JSON.stringify(rows.map(make)), 'rows.json'), { columns, label: 'label', scores: 'logits' })
    const listed = await read(([a, b, c]) => ({ first: a, rest: [b, c], label: c }), ['first', 'rest'])
    const flat = await read(([a, b, c]) => ({ a, b, c, label: c }), ['a', 'b', 'c'])
    assert.deepEqual(listed.mapping.classNames, ['0', '1', '2'])
    assert.deepEqual(meansOf(listed), meansOf(flat))
  })

  test('takes all of it from the caller', async () => {
    const text = '1,0.5,0.25,9\n0,0.75,0.5,8\n'
    const mapping = await evidenceOf(text, { header: false, label: 'column 1', columns: ['column 3', 'column 2'], scores: 'logits' })
    assert.deepEqual(
      mapping.columns.map(({ role }) => role),
      ['label', 'score', 'score', 'unused'],
    )
    assert.equal(mapping.columns[0].evidence, 'chosen by the caller')
    assert.match(mapping.scores.evidence, /^chosen by the caller; all scores .* rows sum to 0.75 to 1.25/)
    assert.match(mapping.dialect, /^comma, no header, UTF-8$/)
  })

  test('knows the header of unnamed pandas columns', async () => {
    const mapping = await evidenceOf(',0,1,2\n0,1,0.25,0.75\n1,0,0.5,0.5\n2,1,0.1,0.9\n', { label: '0' })
    assert.deepEqual(
      mapping.columns.map(({ column, role }) => `${column}:${role}`),
      [':id', '0:label', '1:score', '2:score'],
    )
  })

  test('does not take a header for a row', async () => {
    const mapping = await evidenceOf('label,score\n0,1\n', { header: false }).catch((error) => error)
    assert.ok(mapping instanceof DataError)
  })
})

describe('reading', () => {
  /** Labels 0 and 1 and scores that are halves, and what they come to. */
  function bigText(rows) {
    const lines = ['label,score']
    for (let i = 0; i < rows; i++) lines.push(`${i % 2},${(i % 17) / 2 - 4}`)
    return `${lines.join('\n')}\n`
  }

  test('does not depend on how the file is cut into ranges', async () => {
    const bytes = new TextEncoder().encode(bigText(1_000_000))
    const source = { name: 'big.csv', size: bytes.length, read: async (start, end) => bytes.slice(start, end) }
    const report = await evaluate(source)
    assert.ok(bytes.length > 4 << 20)
    assert.equal(report.rows, 1_000_000)
    const small = await evaluate(textFile(bigText(17 * 2 * 100)))
    assertClose(meansOf(report).bceWithLogits, meansOf(small).bceWithLogits, 'mean')
  })

  test('keeps names of every alphabet, and marks letters that are no UTF-8', async () => {
    const classes = ['café', '猫', '🐶 "dog"']
    const header = ['label', ...classes.map((name) => `"score_${name.replaceAll('"', '""')}"`)].join(',')
    const row = (label, i) => `"${label.replaceAll('"', '""')}",${[0, 1, 2].map((c) => ((c * 7 + i) % 5) - 2.5).join(',')}`
    const text = [header, ...Array.from({ length: 60 }, (_, i) => row(classes[i % 3], i))].join('\n')
    const report = await evaluate(textFile(text))
    assert.deepEqual(
      report.classes.map(({ name, count }) => [name, count]),
      classes.map((name) => [name, 20]),
    )
    const latin = Buffer.from('label,score_caf\xe9,score_the\n0,1,2\n1,3,1\n', 'latin1')
    const { mapping } = await inspect({ name: 'latin.csv', size: latin.length, read: async (start, end) => latin.subarray(start, end) })
    assert.deepEqual(
      mapping.columns.map(({ column }) => column),
      ['label', 'score_caf\ufffd', 'score_the'],
    )
  })

  test('tells the encoding wherever the beginning that is looked at ends', async () => {
    const dialectOf = async (text, encoding) => (await inspect(new File([Buffer.from(text, encoding)], 'letters.csv'))).mapping.dialect
    for (const letter of ['é', '猫', '🐶']) {
      for (let shift = 1; shift < 5; shift++) {
        const text = `label,score,${'x'.repeat(shift)}\n${`0,1.5,${letter.repeat(100)}\n`.repeat(3000)}`
        assert.equal(await dialectOf(text, 'utf8'), 'comma, header, UTF-8')
      }
    }
    const plain = '0,1.5,note\n'.repeat(30_000)
    assert.match(await dialectOf(`label,score,caf\xe9\n${plain}`, 'latin1'), /not UTF-8/)
    assert.equal(await dialectOf(`label,score,cafe\n${plain}`, 'latin1'), 'comma, header, UTF-8')
  })

  test('finds the row behind the first ranges', async () => {
    const text = `${bigText(1_000_000)}1,text\n`
    await assert.rejects(evaluate(textFile(text)), { row: 1_000_001, line: 1_000_002, column: 'score', message: /"text" is not a number/ })
  })

  test('notices when later rows are no probabilities', async () => {
    const lines = Array.from({ length: 6000 }, (_, i) => `${i % 2},0.${i % 7}`)
    const text = `label,score\n${lines.join('\n')}\n1,1.5\n`
    await assert.rejects(evaluate(textFile(text)), { row: 6001, line: 6002, column: 'score', message: /1.5 is not a probability/ })
    assert.equal(await evaluate(textFile(text), { scores: 'logits' }).catch(({ name }) => name), 'DataError')
  })

  test('reports progress', async () => {
    const steps = []
    const file = textFile(bigText(400_000))
    await evaluate(file, { onProgress: (step) => steps.push(step) })
    const { bytesPerSecond, ...last } = steps.at(-1)
    assert.deepEqual(last, { bytes: file.size, total: file.size, rows: 400_000, secondsLeft: 0 })
    assert.ok(bytesPerSecond > 0)
    for (let i = 1; i < steps.length; i++) assert.ok(steps[i].rows >= steps[i - 1].rows && steps[i].bytes >= steps[i - 1].bytes)
  })

  test('stops when it is told to', async () => {
    const aborted = AbortSignal.abort()
    await assert.rejects(evaluate(textFile(bigText(10)), { signal: aborted }), { name: 'AbortError' })
    const controller = new AbortController()
    const reason = new Error('enough')
    const running = evaluate(textFile(bigText(3_000_000)), { signal: controller.signal, onProgress: () => controller.abort(reason) })
    await assert.rejects(running, reason)
  })

  test('leaves time for others', async () => {
    let ticks = 0
    const timer = setInterval(() => ticks++, 5)
    await evaluate(textFile(bigText(3_000_000)))
    clearInterval(timer)
    assert.ok(ticks >= 3, `${ticks} ticks`)
  })

  test('refuses a file that ends early or cannot be read', async () => {
    const bytes = new TextEncoder().encode(bigText(100))
    const short = { name: 'short.csv', size: bytes.length + 10, read: async (start, end) => bytes.slice(start, end) }
    await assert.rejects(evaluate(short), {
      name: 'DataError',
      message: `short.csv: it ended at byte ${bytes.length} of ${bytes.length + 10} while it was read`,
    })
    const gone = { name: 'gone.csv', size: 10, read: async () => Promise.reject(new Error('no such file')) }
    await assert.rejects(evaluate(gone), { name: 'DataError', message: /^gone.csv: bytes 0 to 10 could not be read: no such file$/ })
  })

  test('refuses other formats by their content', async () => {
    const text = bigText(3)
    const cases = [
      [Buffer.from(text, 'utf16le'), /is no text/],
      ['%PDF-1.7', /is a PDF document/],
      [Buffer.from([0x80, 4, 0x95]), /is a Python pickle, which is not read/],
    ]
    for (const [content, message] of cases) await assert.rejects(evaluate(new File([content], 'x.csv')), { name: 'DataError', message })
  })

  test('does not lose a following evaluation by a failed one', async () => {
    await assert.rejects(evaluate(textFile('label,score\n0,x\n')), DataError)
    assert.equal((await evaluate(textFile('label,score\n0,1.5\n'))).rows, 1)
  })
})

describe('files as programs write them', () => {
  test('the header that np.savetxt comments out', async () => {
    const { mapping } = await evaluate(textFile('# label,logit_0,logit_1\n0.0,1.5,0.5\n1.0,2.5,3.5\n'))
    assert.deepEqual(
      mapping.columns.map(({ column }) => column),
      ['label', 'logit_0', 'logit_1'],
    )
  })

  test('one value of JSON is no rows, and said to be what it is', async () => {
    const long = JSON.stringify('x'.repeat(300))
    const twice = JSON.stringify(JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ label: i % 2, score: i }))))
    for (const [text, value] of [
      ['null', 'null'],
      [' true\n', 'true'],
      ['\ufefffalse', 'false'],
      ['-1.5e3', 'the number -1.5e3'],
      ['"some \\"text\\""', String.raw`the text "some \"text\""`],
      [long, `the text ${long.slice(0, 40)}…"`],
      [twice, 'a text that holds JSON itself, as when rows are written as JSON twice,'],
    ]) {
      await assert.rejects(evaluate(textFile(text)), (error) => {
        assert.match(error.message, /; what can be evaluated is rows of a label and scores/)
        assert.equal(error.problem.split('; what')[0], `the file is ${value} and nothing else`)
        return error instanceof DataError
      })
    }
    // Beside a file of labels it may be a row of scores.
    assert.equal((await evaluate(textFile('0.75'), { labels: textFile('1') })).rows, 1)
    // A name of a column, not a text.
    assert.equal((await evaluate(textFile('"label","score"\n1,0.5\n'))).rows, 1)
  })

  test('a file without scores, or without a label in any row, is told what it lacks', async () => {
    for (const text of ['label\n1\n0\n', '1\n0\n', '[{"label": 1}]'])
      await assert.rejects(evaluate(textFile(text)), { message: /there are no columns but that of the labels, "(label|column 1)": / })
    const none = textFile('label,score\n,0.5\nNA,0.25\n')
    await assert.rejects(evaluate(none), { row: 1, column: 'label', message: /the label is missing/ })
    const { rows, leftOut } = await evaluate(none, { missing: 'leaveOut' })
    assert.deepEqual([rows, leftOut.rows], [0, 2])
  })

  test('rows of JSON may begin with what is none', async () => {
    const text = '[null,0.25,0.75]\n[1,0.25,0.75]\n[0,0.5,0.5]\n'
    await assert.rejects(evaluate(textFile(text)), { row: 1, column: 'column 1', message: /the label is missing/ })
    assert.equal((await evaluate(textFile(text), { missing: 'leaveOut' })).leftOut.rows, 1)
  })

  test('numbers that are written as percentages are said to be', async () => {
    const rows = (form) => Array.from({ length: 10 }, (_, i) => form(i % 2, 5 * i + 5))
    const csv = (header, form) => textFile([header, ...rows(form)].join('\n'))
    const ofColumn = (name, text, number) =>
      new RegExp(`the numbers in column "${name}" are written as percentages, such as "${text}": save them from 0 to 1, as ${number}$`)
    for (const [file, message] of [
      [csv('label,score', (label, p) => `${label},${p}%`), ofColumn('score', '5%', 0.05)],
      [csv('label;score', (label, p) => `${label};${p},5 %`), ofColumn('score', '5,5 %', 0.055)],
      [csv('label,a,b', (label, p) => `${label},${p}%,${100 - p}%`), ofColumn('a', '5%', 0.05)],
      [csv('y_a,y_b,p_a,p_b', (_, p) => `${p}%,${100 - p}%,0.25,0.75`), ofColumn('y_a', '5%', 0.05)],
      [csv('label,score', (_, p) => `${p}%,0.${p}`), ofColumn('label', '5%', 0.05)],
      [csv('label,score,sample_weight', (label, p) => `${label},0.${p},${p}%`), ofColumn('sample_weight', '5%', 0.05)],
      [textFile(JSON.stringify(rows((label, p) => ({ label, score: `${p}%` })))), ofColumn('score', '5%', 0.05)],
      [textFile(JSON.stringify(rows((label, p) => ({ label, scores: [`${p}%`, '7%'] })))), ofColumn('scores', '5%', 0.05)],
      [textFile(JSON.stringify({ label: rows((label) => label), score: rows((_, p) => `${p}%`) })), ofColumn('score', '5%', 0.05)],
      [textFile('label,score\n0,0.5\n1,70%\n'), /"score": "70%" is a percentage: write it as the number 0.7$/],
      [textFile('[{"label":0,"score":0.5},{"label":1,"score":"70%"}]'), /"score": "70%" is a percentage: write it as the number 0.7$/],
      [csv('label,score', (label, p) => (p === 50 ? '70%,0.5' : `${label},0.5`)), /the label "70%" is a percentage, not a whole number$/],
    ])
      await assert.rejects(evaluate(file), { name: 'DataError', message })
    const targets = evaluate(
      csv('a,b,p_a,p_b', (_, p) => `${p}%,${100 - p}%,0.25,0.75`),
      { targets: ['a', 'b'] },
    )
    await assert.rejects(targets, { message: ofColumn('a', '5%', 0.05) })
  })

  test('percentages that are names of classes, or of no use, are no problem', async () => {
    const classes = await evaluate(textFile('label,prob_5%,prob_10%\n5%,0.75,0.25\n10%,0.25,0.75\n'))
    assert.deepEqual(classes.mapping.classNames, ['5%', '10%'])
    assert.equal((await evaluate(textFile('label,score,progress\n0,0.5,70%\n1,0.25,80%\n'))).rows, 2)
  })

  test('what cannot be read says why', async () => {
    const cases = [
      [
        'label,logit_0,logit_1\n1,1,2\n99999999999,1,2\n',
        'test.csv: row 2 (line 3), column "label": the label 99999999999 is beyond 32 bits',
      ],
      [
        'label,logits\n0,"tensor([0.5, 1.5])"\n1,"tensor([2.5, 1.5])"\n',
        /the scores in column "logits" are no numbers, but texts such as "tensor\(\[0.5, 1.5\]\)"/,
      ],
      [
        '{"label":0,"scores":[{"label":"a","score":0.5}]}\n{"label":0,"scores":[{"label":"a","score":0.25}]}\n',
        /the lists in column "scores" hold objects/,
      ],
    ]
    for (const [text, message] of cases) await assert.rejects(evaluate(textFile(text)), { name: 'DataError', message })
    const texts = '{"label":0,"logits":["0.5","1.5"]}\n{"label":1,"logits":["0.5","1.5"]}\n'
    await assert.rejects(evaluate(textFile(texts)), { name: 'DataError', message: /the lists in column "logits" hold texts/ })
    const latin = new File([Buffer.from('label,logit_café,logit_thé\ncafé,1,2\nthé,1,2\n', 'latin1')], 'latin.csv')
    const error = await evaluate(latin).catch((reason) => reason)
    assert.equal(error.problems[0].remedy, 'the file is not in UTF-8: save it in that encoding')
  })
})

describe('options', () => {
  const file = textFile('label,score\n0,1.5\n')
  const wrong = [
    [{ task: 'regression' }, RangeError, /task is "regression"; it must be one of 'binary', 'multiClass'/],
    [{ scores: 'raw' }, RangeError, /scores is "raw"/],
    [{ delimiter: ',,' }, RangeError, /delimiter is ",,"/],
    [{ delimiter: '5' }, RangeError, /delimiter is "5"/],
    [{ gamma: -1 }, RangeError, /gamma is -1/],
    [{ gamma: '2' }, TypeError, /gamma must be a number/],
    [{ alpha: 2 }, RangeError, /alpha is 2/],
    [{ bins: 0 }, RangeError, /bins is 0/],
    [{ bins: 1.5 }, RangeError, /bins is 1.5/],
    [{ labelSmoothing: 1.5 }, RangeError, /labelSmoothing is 1.5/],
    [{ ignoreIndex: 0.5 }, RangeError, /ignoreIndex is 0.5/],
    [{ classNames: ['a'] }, RangeError, /classNames has 1 names for 2 classes/],
    [{ variant: 'fast' }, RangeError, /variant is "fast"/],
    [{ task: 'multiClass' }, DataError, /the task multiClass needs a score column for each class, but there is "score"/],
    [{ task: 'multiLabel' }, DataError, /the task multiLabel needs a score column for each class/],
    [{ missing: 'skip' }, RangeError, /missing is "skip"/],
    [{ columns: ['nope'] }, DataError, /there is no column "nope"; the columns are/],
    [{ columns: [] }, DataError, /the option columns names no score column/],
  ]
  for (const [options, type, message] of wrong) {
    test(JSON.stringify(options), () =>
      assert.rejects(evaluate(file, options), (error) => {
        // Those of numbers and choices can be said in another language.
        if (type === RangeError) assert.equal(english(error.said), error.message)
        return error instanceof type && message.test(error.message)
      }),
    )
  }

  test('the source must be a file', async () => {
    for (const source of [undefined, 'x.csv', {}, { name: 'x', size: 5 }]) await assert.rejects(evaluate(source), TypeError)
  })
})

test('rows of a class and four numbers from 0 to 1 are scores where they need not be boxes', async () => {
  const share = (i, c) => (Math.sin(12.9898 * i + 78.233 * c) + 1) / 2
  const rowsOf = (count, of) =>
    Array.from({ length: count }, (_, i) => [i % 4, ...[0, 1, 2, 3].map((c) => of(i, c).toFixed(6))].join(' ')).join('\n')
  const independent = await evaluate(textFile(rowsOf(200, share)))
  assert.deepEqual([independent.rows, independent.mapping.columns.filter(({ role }) => role === 'score').length], [200, 4])
  const total = (i) => [0, 1, 2, 3].reduce((sum, c) => sum + share(i, c), 0)
  const distributions = await evaluate(textFile(rowsOf(200, (i, c) => share(i, c) / total(i))))
  assert.deepEqual([distributions.rows, distributions.mapping.scores.kind], [200, 'probabilities'])
  // Too few to tell them from boxes.
  const few = await evaluate(textFile('0 0.5 0.5 0.25 0.25\n2 0.5 0.25 0.25 0.125\n1 0.5 0.5 0.5 0.5\n'))
  assert.equal(few.rows, 3)
})
