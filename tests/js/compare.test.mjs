// Runs on the same rows, side by side.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compare, evaluate } from 'losskit/evaluate'
import { fileOf, samples, textFile } from './tables.mjs'

/** Numbers in [0, 1), always the same (Park and Miller). */
function generator(seed) {
  let state = seed
  return () => {
    state = (state * 16807) % 2147483647
    return state / 2147483647
  }
}

/** Rows drawn from a small generator: logits around the label, as good as `skill` makes them. */
function run(name, skill, { rows = 3000, seed = 1, classes = 3 } = {}) {
  const truth = generator(12345)
  const random = generator(seed * 7919)
  const lines = Array.from({ length: rows }, (_, i) => {
    const label = Math.floor(truth() * classes)
    const scores = Array.from({ length: classes }, (_, c) => (c === label ? skill : 0) + 3 * (random() - 0.5))
    return `r${i},${label},${scores.map((x) => x.toFixed(4)).join(',')}`
  })
  return textFile(`id,label,${Array.from({ length: classes }, (_, c) => `logit_${c}`).join(',')}\n${lines.join('\n')}\n`, name)
}

const good = run('good.csv', 2)
const poor = run('poor.csv', 1, { seed: 2 })

const plain = (value) => JSON.parse(JSON.stringify(value))

describe('compare', () => {
  test('gives the reports and the differences of their means', async () => {
    const { reports, pairs } = await compare([good, poor])
    assert.deepEqual(plain(reports), plain([await evaluate(good), await evaluate(poor)]))
    const [loss, accuracy] = pairs
    assert.deepEqual([loss.a, loss.b, loss.key, loss.confidence], [0, 1, 'crossEntropy', 0.95])
    assert.equal(loss.difference, reports[0].losses[0].mean - reports[1].losses[0].mean)
    assert.ok(loss.low < loss.difference && loss.difference < loss.high && loss.high < 0, 'the good run is better beyond chance')
    assert.equal(accuracy.key, 'accuracy')
    assert.ok(accuracy.low > 0 && accuracy.low < accuracy.difference && accuracy.difference < accuracy.high)
    assert.deepEqual(
      loss.perClass.map(({ name, winner }) => [name, winner]),
      [
        ['0', 0],
        ['1', 0],
        ['2', 0],
      ],
    )
    assert.equal(loss.perClass[0].difference, reports[0].classes[0].losses.crossEntropy - reports[1].classes[0].losses.crossEntropy)
  })

  test('takes options of a run by itself: its labels, its columns', async () => {
    const predictions = (name, probabilities) =>
      textFile(`id,p_a,p_b\n${probabilities.map((p, i) => `r${i},${p},${1 - p}\n`).join('')}`, name)
    const labels = textFile('id,truth\nr2,a\nr0,a\nr1,b\n', 'labels.csv')
    const other = textFile('wanted,first,second\na,0.5,0.5\nb,0.25,0.75\na,0.75,0.25\n', 'other.csv')
    const { reports, pairs } = await compare(
      [
        { predictions: predictions('one.csv', [0.5, 0.5, 0.25]), labels },
        { predictions: other, label: 'wanted', columns: ['first', 'second'], classNames: ['a', 'b'] },
      ],
      { scores: 'probabilities' },
    )
    const [one, two] = reports.map(({ losses: [first] }) => first.mean)
    assert.ok(Math.abs(one - (4 / 3) * Math.log(2)) < 1e-6, `${one}`)
    assert.ok(Math.abs(two - (Math.log(2) - 2 * Math.log(0.75)) / 3) < 1e-6, `${two}`)
    assert.equal(pairs[0].difference, one - two)
  })

  test('is as wide as the differences of the rows spread', async () => {
    const rows = 3000
    const { pairs } = await compare([good, poor])
    const lossOf = async (file) => (await (await import('losskit/evaluate')).open(file)).rows({ limit: rows })
    const [a, b] = await Promise.all([good, poor].map(lossOf))
    const byRow = new Map(b.rows.map(({ row, loss }) => [row, loss]))
    const differences = a.rows.map(({ row, loss }) => loss - byRow.get(row))
    const mean = differences.reduce((x, y) => x + y, 0) / rows
    const error = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / rows / (rows - 1))
    const width = pairs[0].high - pairs[0].low
    assert.ok(Math.abs(width / (2 * 1.96 * error) - 1) < 0.1, `${width} beside ${2 * 1.96 * error}`)
  })

  test('a larger file deals its rows out to buckets and is as wide as it should be', async () => {
    const rows = 40_000
    const [one, other] = [run('one.csv', 1.5, { rows }), run('other.csv', 1.4, { rows, seed: 3 })]
    const { pairs } = await compare([one, other])
    const small = await compare([run('one.csv', 1.5, { rows: rows / 10 }), run('other.csv', 1.4, { rows: rows / 10, seed: 3 })])
    const ratio = (small.pairs[0].high - small.pairs[0].low) / (pairs[0].high - pairs[0].low)
    assert.ok(Math.abs(ratio / Math.sqrt(10) - 1) < 0.15, `${ratio}`)
  })

  test('is always the same, and no difference is none', async () => {
    assert.deepEqual(plain(await compare([good, poor])), plain(await compare([good, poor])))
    const { pairs, disagreements } = await compare([good, good])
    for (const { difference, low, high, perClass } of pairs) {
      assert.deepEqual([difference, low, high], [0, 0, 0])
      assert.ok(perClass.every(({ winner }) => winner === null))
    }
    assert.deepEqual(disagreements, [])
  })

  test('lists the rows the runs disagree on', async () => {
    const { disagreements, reports } = await compare([good, poor], { hardest: 6 })
    assert.equal(disagreements.length, 6)
    let last = Number.POSITIVE_INFINITY
    for (const { row, line, id, runs } of disagreements) {
      assert.equal(line, row + 1)
      assert.equal(id, `r${row - 1}`)
      assert.notEqual(runs[0].predicted, runs[1].predicted)
      const spread = Math.abs(runs[0].loss - runs[1].loss)
      assert.ok(spread <= last)
      last = spread
      for (const { probability, loss } of runs) assert.ok(Math.abs(probability - Math.exp(-loss)) < 1e-6)
    }
    assert.equal(reports[0].hardest.length, 6)
  })

  test('of several runs has every pair', async () => {
    const { pairs } = await compare([good, poor, good])
    assert.deepEqual(
      pairs.map(({ a, b, key }) => [a, b, key]),
      [
        [0, 1, 'crossEntropy'],
        [0, 1, 'accuracy'],
        [0, 2, 'crossEntropy'],
        [0, 2, 'accuracy'],
        [1, 2, 'crossEntropy'],
        [1, 2, 'accuracy'],
      ],
    )
    assert.equal(pairs[2].difference, 0)
  })

  test('of binary runs and of several labels', async () => {
    const cancer = fileOf(`${samples}/cancer_scores.csv`)
    assert.deepEqual(
      (await compare([cancer, cancer])).pairs.map(({ key }) => key),
      ['bceWithLogits', 'accuracy'],
    )
    const one = textFile('y_a,y_b,logit_a,logit_b\n1,1,2,-1\n0,1,-3,0.5\n0,0,1,-2\n')
    const other = textFile('y_a,y_b,logit_a,logit_b\n1,1,2,1\n0,1,-3,-0.5\n0,0,1,-2\n')
    const { disagreements } = await compare([one, other])
    assert.deepEqual(
      disagreements.map(({ row, label, runs }) => [row, label, ...runs.map(({ predicted }) => predicted)]),
      [
        [1, 'a|b', 'a', 'a|b'],
        [2, 'b', 'b', ''],
      ],
    )
  })

  test('refuses runs that are not of the same rows', async () => {
    const table = (...labels) => `label,logit_0,logit_1\n${labels.map((label) => `${label},1,2`).join('\n')}\n`
    const first = textFile(table(0, 1, 1), 'first.csv')
    const cases = [
      [
        textFile(table(0, 0, 1), 'b.csv'),
        { row: 2, line: 3, message: /b.csv: row 2 \(line 3\): the label is "0", but in first.csv it is "1"/ },
      ],
      [textFile(table(0, 1), 'b.csv'), { message: /b.csv: it ends after 2 rows, but first.csv goes on/ }],
      [textFile(table(0, 1, 1, 0), 'b.csv'), { message: /first.csv: it ends after 3 rows, but b.csv goes on/ }],
      [textFile('label,score\n0,1.5\n', 'b.csv'), { message: /its task is binary, but that of first.csv is multiClass/ }],
      [textFile('label,logit_0,logit_1,logit_2\n0,1,2,3\n', 'b.csv'), { message: /its classes are not those of first.csv/ }],
    ]
    for (const [second, error] of cases) await assert.rejects(compare([first, second]), { name: 'DataError', ...error })
    await assert.rejects(compare([first]), RangeError)
    await assert.rejects(compare(first), TypeError)
    await assert.rejects(compare([first, textFile(table(0, 1, 7), 'b.csv')]), { name: 'DataError', file: 'b.csv', row: 3 })
  })

  test('stops when it is told to', async () => {
    await assert.rejects(compare([good, poor], { signal: AbortSignal.abort() }), { name: 'AbortError' })
  })
})
