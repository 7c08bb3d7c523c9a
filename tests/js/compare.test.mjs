// Runs on the same rows, side by side.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
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

  describe('refuses runs whose soft labels differ', () => {
    const table = (head, labels) => (name, changed) =>
      textFile(`${head}\n${labels.map((label, i) => `${changed && i === 5 ? changed : label},${i % 3},0.5\n`).join('')}`, name)
    const ofOne = table(
      'target,logit_0,note',
      Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? '1' : (0.1 + i / 16).toFixed(4))),
    )
    const ofClasses = table(
      't_a,t_b,p_a,p_b',
      Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? '1,0' : `${i / 16},${1 - i / 16}`)),
    )
    const ofLabels = table(
      't_a,t_b,p_a,p_b',
      Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? '1,0' : `${i / 16},0.75`)),
    )
    const cases = [
      ['of one class', ofOne, { label: 'target', columns: ['logit_0'], task: 'binary' }, '0.9', '"0.9", but in first.csv it is "0.4125"'],
      [
        'of classes',
        ofClasses,
        { targets: ['t_a', 't_b'], scores: 'logits' },
        '0.25,0.75',
        '"[0.25, 0.75]", but in first.csv it is "[0.3125, 0.6875]"',
      ],
      [
        'of several labels',
        ofLabels,
        { targets: ['t_a', 't_b'], scores: 'logits' },
        '0.3125,0.875',
        '"[0.3125, 0.875]", but in first.csv it is "[0.3125, 0.75]"',
      ],
      [
        'where one is hard',
        ofClasses,
        { targets: ['t_a', 't_b'], scores: 'logits' },
        '0,1',
        '"[0, 1]", but in first.csv it is "[0.3125, 0.6875]"',
      ],
    ]
    for (const [name, make, options, changed, said] of cases) {
      test(name, async () => {
        const first = make('first.csv')
        const [{ difference }] = (await compare([first, make('b.csv')], options)).pairs
        assert.equal(difference, 0)
        for (const workers of [1, 2]) {
          await assert.rejects(compare([first, make('b.csv', changed)], { ...options, workers, rangeBytes: 50 }), {
            name: 'DataError',
            message: `b.csv: row 6 (line 7): the label is ${said}; runs are compared on the same rows`,
          })
        }
      })
    }

    test('but not those that are written with fewer digits', async () => {
      const write = (name, digits) =>
        textFile(`target,score\n${Array.from({ length: 9 }, (_, i) => `${(i / 9).toFixed(digits)},${i}\n`).join('')}`, name)
      const options = { task: 'binary', scores: 'logits' }
      await compare([write('a.csv', 6), write('b.csv', 12)], options)
      await assert.rejects(compare([write('a.csv', 3), write('b.csv', 12)], options), { name: 'DataError', row: 2 })
    })
  })

  describe('gives the same bits for any number of workers and any size of the pieces', () => {
    const ways = [
      [1, 1000],
      [2, 4096],
      [7, 777],
      [7, 20_000],
    ]
    async function assertSame(runs, options = {}) {
      const wanted = JSON.stringify(await compare(runs, { ...options, workers: 1 }))
      for (const [workers, rangeBytes] of ways) {
        assert.equal(
          JSON.stringify(await compare(runs, { ...options, workers, rangeBytes })),
          wanted,
          `${workers} workers, ${rangeBytes} bytes`,
        )
      }
    }

    test('of text, in both precisions', async () => {
      await assertSame([good, poor])
      await assertSame([good, poor, run('third.csv', 1.5, { seed: 5 })], { precision: 'float64' })
    })

    test('of text and rows that the calling thread has read, with labels elsewhere and weights', async () => {
      const rows = 900
      const cells = Array.from({ length: rows }, (_, i) => ({ id: `r${i}`, y: i % 2, p: (i % 10) / 10 + 0.05, sample_weight: 1 + (i % 3) }))
      const lines = (of) => cells.map(of).join('\n')
      const json = textFile(
        lines((cell) => JSON.stringify(cell)),
        'run.jsonl',
      )
      const text = textFile(
        `id,p,sample_weight\n${lines(({ id, p, sample_weight }) => [id, (p + 0.05).toFixed(2), sample_weight])}\n`,
        'run.csv',
      )
      const labels = textFile(`id,y\n${lines(({ id, y }) => [id, y])}\n`, 'labels.csv')
      await assertSame([json, { predictions: text, labels }])
      await assertSame([{ predictions: text, labels }, json], { precision: 'float64', hardest: 5 })
    })

    test('of rows that are ignored, and of several labels', async () => {
      await assertSame([good, poor], { ignoreIndex: 1 })
      const several = (shift) =>
        textFile(
          `y_a,y_b,logit_a,logit_b\n${Array.from({ length: 600 }, (_, i) => `${i % 2},${Number(i % 3 === 0)},${Math.sin(i) + shift},${Math.cos(i)}`).join('\n')}`,
        )
      await assertSame([several(0), several(0.5)])
    })

    test('of files that are larger than what waits at a time', async () => {
      const large = { rows: 250_000 }
      await assertSame([run('a.csv', 1, { ...large, seed: 3 }), run('b.csv', 2, { ...large, seed: 4 })], { id: null })
    })

    test('and the same errors', async () => {
      const wrong = (at, text) => {
        const lines = Array.from({ length: 2000 }, (_, i) => `${i % 2},${i / 100 - 3}`)
        return textFile(`label,score\n${lines.with(at, text).join('\n')}\n`, 'wrong.csv')
      }
      const right = textFile(`label,score\n${Array.from({ length: 2000 }, (_, i) => `${i % 2},${3 - i / 100}`).join('\n')}\n`, 'right.csv')
      const cases = [
        [wrong(0, '1,text'), { row: 1, line: 2, column: 'score' }],
        [wrong(1500, '1,text'), { row: 1501, line: 1502, column: 'score' }],
        [wrong(1999, '1'), { row: 2000, line: 2001, column: undefined }],
        [wrong(1000, '1,0.5'), { row: 1001, line: 1002, message: /the label is "1", but in right.csv it is "0"/ }],
      ]
      for (const [file, error] of cases) {
        for (const runs of [
          [right, file],
          [file, right],
        ]) {
          for (const [workers, rangeBytes] of ways) {
            const place =
              error.message && runs[0] === file ? { message: /right.csv: row 1001 .*the label is "0"/ } : { file: 'wrong.csv', ...error }
            await assert.rejects(compare(runs, { workers, rangeBytes }), { name: 'DataError', ...place })
          }
        }
      }
    })
  })

  test('says that a worker has died', async () => {
    const { postMessage } = Worker.prototype
    let portions = 0
    Worker.prototype.postMessage = function (message, ...rest) {
      if (message.kind === 'portion' && ++portions === 5) this.terminate()
      else postMessage.call(this, message, ...rest)
    }
    try {
      await assert.rejects(compare([good, poor], { workers: 2, rangeBytes: 4096 }), {
        name: 'DataError',
        message: /^(good|poor).csv: a worker died while the file was evaluated: it exited with code 1/,
      })
    } finally {
      Worker.prototype.postMessage = postMessage
    }
    assert.equal((await compare([good, poor], { workers: 2, rangeBytes: 4096 })).reports[0].rows, 3000)
  })

  test('tells how far it is', async () => {
    const told = []
    await compare([good, poor], { workers: 2, rangeBytes: 4096, onProgress: (progress) => told.push(progress) })
    const total = good.size + poor.size
    assert.deepEqual([told.at(-1).bytes, told.at(-1).total, told.at(-1).rows], [total, total, 3000])
    for (const [i, { bytes }] of told.entries()) assert.ok(bytes >= (told[i - 1]?.bytes ?? 0) && bytes <= total)
  })

  test('stops when it is told to', async () => {
    for (const workers of [1, 2]) {
      const controller = new AbortController()
      const bytes = new Uint8Array(await good.arrayBuffer())
      const aborting = {
        name: 'good.csv',
        size: bytes.length,
        async read(start, end) {
          if (start > 20_000) controller.abort(new Error('enough'))
          return bytes.slice(start, end)
        },
      }
      await assert.rejects(compare([poor, aborting], { workers, rangeBytes: 4096, signal: controller.signal }), { message: 'enough' })
    }
    await assert.rejects(compare([good, poor], { signal: AbortSignal.abort() }), { name: 'AbortError' })
  })
})
