// precision: 'float64': scores are read as doubles, and losses are worked in double.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as arrow from '@uwdata/flechette'
import { compare, evaluate, open } from 'losskit/evaluate'
import { fileOf, fixtures, meansOf, npy, samples, textFile } from './tables.mjs'

const double = { precision: 'float64' }
const rows = 700
const labels = Array.from({ length: rows }, (_, i) => (i * 7) % 3)
/** Of more digits than a float has, some of them far apart. */
const logits = labels.map((_, i) => [3 * Math.sin(i), Math.cos(i * i) / 3, (i % 41) - Math.PI * 6])
const classColumns = ['logit_0', 'logit_1', 'logit_2']

const sum = (values) => values.reduce((total, value) => total + value, 0)
const mean = (values) => sum(values) / values.length

/** -log of the softmax, exact in both tails. */
function crossEntropy(x, y) {
  const greatest = Math.max(...x)
  const at = x.indexOf(greatest)
  return greatest - x[y] + Math.log1p(sum(x.filter((_, c) => c !== at).map((score) => Math.exp(score - greatest))))
}

function assertNear(actual, wanted, what) {
  assert.ok(Math.abs(actual - wanted) <= 1e-14 * Math.abs(wanted), `${what}: ${actual}, not ${wanted}`)
}

const csv = (scores) =>
  textFile([['label', ...classColumns], ...scores.map((x, i) => [labels[i], ...x])].map((row) => row.join()).join('\n'))

const losses = logits.map((x, i) => crossEntropy(x, labels[i]))
const misses = losses.map((loss) => -Math.expm1(-loss))

describe('float64', () => {
  test('gives the losses of the decimal numbers', async () => {
    const report = await evaluate(csv(logits), { ...double, gamma: 0.7 })
    const means = meansOf(report)
    assert.equal(report.precision, 'float64')
    assertNear(means.crossEntropy, mean(losses), 'cross entropy')
    assertNear(means.softmaxFocal, mean(losses.map((loss, i) => misses[i] ** 0.7 * loss)), 'focal loss')
    assertNear(means.softmaxFocalGamma2, mean(losses.map((loss, i) => misses[i] ** 2 * loss)), 'focal loss')
    const smooth = logits.map((x) => mean(x.map((_, c) => crossEntropy(x, c))))
    assertNear(means.crossEntropySmoothed, 0.9 * mean(losses) + 0.1 * mean(smooth), 'smoothed')
    const byClass = [0, 1, 2].map((c) => mean(losses.filter((_, i) => labels[i] === c)))
    assertNear(means.crossEntropyBalanced, mean(byClass), 'balanced')
    for (const [c, { losses: own }] of report.classes.entries()) assertNear(own.crossEntropy, byClass[c], `class ${c}`)
    const brier = logits.map((x, i) => {
      const p = x.map((_, c) => (c === labels[i] ? 0 : Math.exp(-crossEntropy(x, c))))
      return misses[i] ** 2 + sum(p.map((value) => value * value))
    })
    assertNear(report.brier, mean(brier), 'Brier score')
    const floats = meansOf(await evaluate(csv(logits)))
    assert.ok(Math.abs(floats.crossEntropy / means.crossEntropy - 1) < 1e-6)
    assert.notEqual(floats.crossEntropy, means.crossEntropy)
  })

  test('in every format that holds them, the same bits', async () => {
    const wanted = meansOf(await evaluate(csv(logits), double))
    const records = logits.map((x, i) => ({ label: labels[i], ...Object.fromEntries(classColumns.map((name, c) => [name, x[c]])) }))
    const types = { label: arrow.int32(), logits: arrow.fixedSizeList(arrow.float64(), 3) }
    const columns = Object.fromEntries(classColumns.map((name, c) => [name, logits.map((x) => x[c])]))
    const files = [
      [textFile(records.map((record) => JSON.stringify(record)).join('\n'), 'rows.jsonl')],
      [textFile(JSON.stringify(records), 'rows.json')],
      [textFile(JSON.stringify({ label: labels, logits }), 'lists.json')],
      [textFile(JSON.stringify({ label: labels, ...columns }), 'columns.json')],
      [textFile(`label,logits\n${logits.map((x, i) => `${labels[i]},"${JSON.stringify(x)}"`).join('\n')}`)],
      [
        new File(
          [arrow.tableToIPC(arrow.tableFromArrays({ label: labels, logits }, { types, maxBatchRows: 100 }), { format: 'file' })],
          'a.arrow',
        ),
      ],
      [new File([arrow.tableToIPC(arrow.tableFromArrays({ label: labels, ...columns }), { format: 'stream' })], 'b.arrow')],
      [npy('<f8', `(${rows}, 3)`, Float64Array.from(logits.flat())), npy('<i4', `(${rows},)`, Int32Array.from(labels), 'labels.npy')],
    ]
    for (const [file, labelsFile] of files)
      assert.deepEqual(meansOf(await evaluate(file, { ...double, labels: labelsFile })), wanted, file.name)
  })

  test('of floats is that of their values', async () => {
    const floats = logits.map((x) => x.map(Math.fround))
    const array = npy('<f4', `(${rows}, 3)`, Float32Array.from(logits.flat()))
    const labelsFile = npy('<i4', `(${rows},)`, Int32Array.from(labels), 'labels.npy')
    const wanted = meansOf(await evaluate(csv(floats), double))
    assert.deepEqual(meansOf(await evaluate(array, { ...double, labels: labelsFile })), wanted)
    assertNear(wanted.crossEntropy, mean(floats.map((x, i) => crossEntropy(x, labels[i]))), 'cross entropy')
  })

  test('of one score and of several labels', async () => {
    const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
    const bce = (x, t) => softplus(t === 1 ? -x : x)
    const binary = textFile(`label,score\n${logits.map(([x], i) => `${labels[i] % 2},${x}`).join('\n')}`)
    const one = meansOf(await evaluate(binary, { ...double, scores: 'logits' }))
    assertNear(one.bceWithLogits, mean(logits.map(([x], i) => bce(x, labels[i] % 2))), 'binary')
    const targets = labels.map((y, i) => [Number(y === 1), i % 2, Number(y === 0)])
    const lines = logits.map((x, i) => [...targets[i], ...x].join())
    const several = meansOf(await evaluate(textFile(`y_0,y_1,y_2,${classColumns}\n${lines.join('\n')}`), double))
    const elements = logits.flatMap((x, i) => x.map((score, c) => bce(score, targets[i][c])))
    assertNear(several.bceWithLogits, mean(elements), 'several labels')
    assertNear(several.multiLabelSoftMargin, mean(elements), 'soft margin')
  })

  test('in bins whose edges are i / n', async () => {
    // Below 0.6 = 9 / 15 by less than a float tells; its gradient norm is above 0.4 = 12 / 30, and below that as a float, an edge of GHM-C.
    const [low, high] = [0.59999999999, 0.600000000001]
    const file = textFile(`label,probability\n1,${low}\n1,${high}\n`)
    const binsOf = ({ calibration, gradientNorm, ghm }) =>
      [calibration.bins.map(({ rows }) => rows), gradientNorm.counts, ghm.counts].map((counts) =>
        Object.fromEntries([...counts.entries()].filter(([, count]) => count > 0)),
      )
    const report = await evaluate(file, double)
    assert.deepEqual(binsOf(report), [{ 8: 1, 9: 1 }, { 11: 1, 12: 1 }, { 3: 2 }])
    assert.deepEqual(binsOf(await evaluate(file)), [{ 9: 2 }, { 11: 2 }, { 3: 2 }])
    assert.equal(report.calibration.bins[8].confidence, low)
    assertNear(report.calibration.ece, (1 - low + (1 - high)) / 2, 'calibration error')
  })

  test('with the temperature of the decimal numbers', async () => {
    // Three of four are right, whatever the row: sigmoid(x / T) is 3 / 4.
    const x = 0.1
    const file = textFile(`label,logit\n1,${x}\n0,${-x}\n1,${x}\n0,${x}\n`)
    const { value, loss, ece } = (await evaluate(file, double)).calibration.temperature
    assert.ok(Math.abs(value / (x / Math.log(3)) - 1) < 1e-12, `${value}`)
    assert.ok(Math.abs(loss / -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)) - 1) < 1e-12, `${loss}`)
    assert.ok(ece < 1e-12, `${ece}`)
    const floats = (await evaluate(file)).calibration.temperature
    assert.ok(Math.abs(floats.value / (Math.fround(x) / Math.log(3)) - 1) < 1e-12, `${floats.value}`)
    // Of three classes: where the label leads by 0.1 + d in three rows and is behind by it in one.
    const classes = textFile(`label,a,b,c\n${[0, 0, 0, 1].map((y) => `${y},0.7,0.6,-1e9`).join('\n')}`)
    const fitted = (await evaluate(classes, { ...double, columns: ['a', 'b', 'c'] })).calibration.temperature
    assert.ok(Math.abs(fitted.value / ((0.7 - 0.6) / Math.log(3)) - 1) < 1e-12, `${fitted.value}`)
  })

  test('of what float32 cannot tell from certainty', async () => {
    const sure = textFile('label,logit_0,logit_1\n0,40,0\n0,40.0000000000001,0\n')
    const { crossEntropy: loss } = meansOf(await evaluate(sure, double))
    assertNear(loss, (Math.exp(-40) + Math.exp(-40.0000000000001)) / 2, 'cross entropy')
    const kaggle = textFile('label,p_0,p_1\n0,0,1\n1,0.3,0.7\n')
    const clipped = meansOf(await evaluate(kaggle, { ...double, eps: 1e-15 }))
    assertNear(clipped.crossEntropy, (-Math.log(1e-15) - Math.log(0.7)) / 2, 'clipped')
    const cooled = meansOf(await evaluate(csv(logits), { ...double, temperature: 1.7 }))
    assertNear(
      cooled.crossEntropy,
      mean(
        logits.map((x, i) =>
          crossEntropy(
            x.map((score) => score / 1.7),
            labels[i],
          ),
        ),
      ),
      'cooled',
    )
  })

  test('by workers, the same bits', async () => {
    const expected = await evaluate(csv(logits), { ...double, workers: 1 })
    for (const [workers, rangeBytes] of [
      [2, 1000],
      [7, 333],
    ])
      assert.deepEqual(await evaluate(csv(logits), { ...double, workers, rangeBytes }), expected)
  })

  test('stays so when settings change, in memory and read again', async () => {
    const id = csv(logits)
    for (const memory of [undefined, 0]) {
      const evaluation = await open(id, { ...double, memory })
      let settings = {}
      for (const change of [{ gamma: 0.3 }, { temperature: 1.3 }, { ignoreIndex: 2 }, { ignoreIndex: 1, bins: 4 }, { ignoreIndex: -100 }]) {
        settings = { ...settings, ...change }
        assert.deepEqual(await evaluation.update(change), await evaluate(id, { ...double, ...settings }), JSON.stringify(settings))
      }
    }
    const [one] = (await compare([id, id], double)).reports
    assert.deepEqual(one, await evaluate(id, double))
  })

  test('of every fixture is near to float32, and refuses the same', async () => {
    for (const { name, path, options, report, error } of fixtures()) {
      if (error) {
        await assert.rejects(evaluate(fileOf(path), { ...options, ...double }), { row: error.row, column: error.column }, name)
        continue
      }
      const means = meansOf(await evaluate(fileOf(path), { ...options, ...double }))
      // A norm at the edge of two bins of GHM-C may go to the other one.
      const compared = Object.entries(report.losses).filter(([key]) => key !== 'ghmc')
      for (const [key, value] of compared) assert.ok(Math.abs(means[key] - value) <= 1e-6 * value, `${name}: ${key}`)
    }
  })

  test('of a sample is its published figure', async () => {
    const { crossEntropy: loss } = meansOf(await evaluate(fileOf(`${samples}/digits_logits.csv`), double))
    const { crossEntropy: floats } = meansOf(await evaluate(fileOf(`${samples}/digits_logits.csv`)))
    assert.ok(Math.abs(loss / floats - 1) < 1e-7 && loss !== floats)
  })

  test('or float32, and nothing else', async () => {
    await assert.rejects(evaluate(csv(logits), { precision: 'double' }), { name: 'RangeError', message: /precision/ })
    assert.equal((await evaluate(csv(logits))).precision, 'float32')
  })
})
