// Predictions and labels in two files: each row is counted once, and for the right reason.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { evaluate } from 'losskit/evaluate'
import { textFile } from './tables.mjs'

const scores = [
  [0.5, 0.25, 0.25],
  [0.125, 0.75, 0.125],
  [0.25, 0.25, 0.5],
  [0.5, 0.375, 0.125],
  [0.25, 0.5, 0.25],
]
const ids = ['a', 'b', 'c', 'd', 'e']

const predictions = (hasIds, rows = scores) =>
  textFile(
    [`${hasIds ? 'id,' : ''}prob_0,prob_1,prob_2`, ...rows.map((row, i) => [...(hasIds ? [ids[i]] : []), ...row].join(','))].join('\n'),
    'predictions.csv',
  )

async function leftOutOf(file, labels, options = {}) {
  const { rows, leftOut, losses } = await evaluate(file, { labels, missing: 'leaveOut', ...options })
  return {
    rows,
    leftOut: leftOut.rows,
    reasons: leftOut.reasons.map(({ reason, rows, first }) => [reason, rows, first]),
    loss: losses[0].mean,
  }
}

const missing = (rows) => ({ rows: 5 - rows.length, leftOut: rows.length, reasons: [['the label is missing', rows.length, rows]] })

describe('a label that is missing in the labels file is told once', () => {
  const forms = {
    'CSV by id': [true, textFile('id,label\ne,0\nd,NA\nc,2\nb,\na,0', 'labels.csv'), [2, 4]],
    'CSV by rows': [false, textFile('label\n0\nNA\n2\nNA\n0', 'labels.csv'), [2, 4]],
    'JSON Lines by id': [
      true,
      textFile('{"id":"b","label":null}\n{"id":"a","label":0}\n{"id":"c","label":2}\n{"id":"d"}\n{"id":"e","label":0}', 'l.jsonl'),
      [2, 4],
    ],
    'JSON columns by id': [true, textFile('{"id":["b","a","c","d","e"],"label":[null,0,2,null,0]}', 'l.json'), [2, 4]],
    'one-hot, by id': [true, textFile('id,y_0,y_1,y_2\nb,0,,0\na,1,0,0\nc,0,0,1\nd,NA,0,1\ne,1,0,0', 'labels.csv'), [2, 4]],
    'names, by rows': [false, textFile('label\n0\nNA\n2\nNA\n0', 'labels.csv'), [2, 4]],
  }
  for (const [name, [hasIds, labels, rows]] of Object.entries(forms)) {
    test(name, async () => {
      const { loss, ...counted } = await leftOutOf(predictions(hasIds), labels)
      assert.deepEqual(counted, missing(rows))
      assert.ok(Math.abs(loss - (Math.log(2) + Math.log(2) + Math.log(4)) / 3) < 1e-7)
    })
  }

  test('with several labels a row', async () => {
    const labels = textFile('id,tags\na,0|1\nb,NA\nc,\nd,2\ne,none', 'labels.csv')
    const { rows, reasons } = await leftOutOf(predictions(true), labels, { task: 'multiLabel' })
    assert.deepEqual([rows, reasons], [3, [['the label is missing', 2, [2, 5]]]])
  })

  test('beside weights, scores and rows that are missing', async () => {
    const labels = textFile('id,label,weight\na,0,1\nb,,1\nc,2,NA\nd,,NA\nz,1,1\ny,,1', 'labels.csv')
    const rows = scores.with(3, [0.5, 'NA', 0.125])
    const { loss: _, ...counted } = await leftOutOf(predictions(true, rows), labels, { weight: 'weight' })
    assert.deepEqual(counted, {
      rows: 1,
      leftOut: 6,
      reasons: [
        ['the score is missing', 1, [4]],
        ['the label is missing', 1, [2]],
        ['the weight is missing', 1, [3]],
        ['the labels file has no label for the row', 1, [5]],
        ['the predictions have no row for the label', 2, [5, 6]],
      ],
    })
  })

  test('and is the first error where nothing is to be left out', async () => {
    const labels = textFile('id,label\ne,0\nd,NA\nc,2\nb,\na,0', 'labels.csv')
    await assert.rejects(evaluate(predictions(true), { labels }), (error) => {
      assert.equal(error.file, 'labels.csv')
      assert.deepEqual(
        error.problems.map(({ row, message }) => [row, message]),
        [
          [2, 'the label is missing ("NA")'],
          [4, 'the label is missing'],
        ],
      )
      return true
    })
  })

  test('even where its id stands in another row', async () => {
    const labels = textFile('id,label\na,0\nb,1\nc,2\nd,0\ne,1\n,\n,\na,', 'labels.csv')
    const { loss: _, ...counted } = await leftOutOf(predictions(true), labels)
    assert.deepEqual(counted, { rows: 5, leftOut: 3, reasons: [['the predictions have no row for the label', 3, [6, 7, 8]]] })
  })
})

describe('thousands of rows in another order', () => {
  const count = 9000
  const idOf = (i) => `image-${i}${'x'.repeat(i % 13)}`
  const row = (i) => [0.5, 0.25, 0.25].map((_, k, all) => all[(k + i) % 3])
  const labelOf = (i) => (i * i + (i >> 3)) % 3
  const shuffled = Array.from({ length: count }, (_, i) => (i * 4999) % count)
  const scoresOf = (rows) => rows.map((i) => [idOf(i), ...row(i)].join(','))
  const labelsOf = (rows) => rows.map((i) => `${idOf(i)},${labelOf(i)}`)
  const csv = (head, rows, name) => textFile([head, ...rows].join('\n'), name)
  const predictionsFile = (rows) => csv('id,prob_0,prob_1,prob_2', rows, 'predictions.csv')
  const labelsFile = (rows) => csv('id,label', rows, 'labels.csv')
  const inOrder = shuffled.toSorted((a, b) => a - b)
  const problemsOf = async (scores, labels) => {
    const error = await evaluate(predictionsFile(scores), { labels: labelsFile(labels) }).then(assert.fail, (thrown) => thrown)
    return error.problems.map(({ file, row, message }) => [file, row, message])
  }

  test('give what they give beside their labels', async () => {
    const together = csv(
      'id,label,prob_0,prob_1,prob_2',
      inOrder.map((i) => [idOf(i), labelOf(i), ...row(i)].join(',')),
      'together.csv',
    )
    const [joined, expected] = await Promise.all([
      evaluate(predictionsFile(scoresOf(inOrder)), { labels: labelsFile(labelsOf(shuffled)) }),
      evaluate(together),
    ])
    assert.equal(joined.rows, count)
    assert.deepEqual(joined.losses, expected.losses)
    assert.deepEqual(joined.confusion, expected.confusion)
  })

  test('are told by their numbers where their ids are repeated or absent', async () => {
    const labels = labelsOf(shuffled)
    assert.deepEqual(await problemsOf(scoresOf(inOrder), labels.with(5000, labels[17]).with(8998, labels[5001])), [
      ['labels.csv', 5001, `the id "${idOf(shuffled[17])}" has stood in a row before`],
      ['labels.csv', 8999, `the id "${idOf(shuffled[5001])}" has stood in a row before`],
    ])
    const predicted = scoresOf(inOrder)
    assert.deepEqual(await problemsOf(predicted.with(4500, predicted[3]).with(8000, `nobody,${row(0)}`), labels), [
      ['predictions.csv', 4501, `the id "${idOf(3)}" has stood in a row before`],
      ['predictions.csv', 8001, 'there is no label for the id "nobody" in labels.csv'],
    ])
  })

  test('are left out by their numbers, and so are rows of the labels between them', async () => {
    const labels = labelsOf(shuffled)
      .map((line, i) => (i % 1000 === 7 ? `${line.split(',')[0]},NA` : line))
      .with(6000, 'nobody,1')
    const { rows, reasons } = await leftOutOf(predictionsFile(scoresOf(inOrder)), labelsFile(labels))
    const lacking = shuffled.flatMap((id, i) => (i % 1000 === 7 ? [id + 1] : [])).sort((a, b) => a - b)
    assert.equal(rows, count - 10)
    assert.deepEqual(reasons, [
      ['the label is missing', 9, lacking.slice(0, 5)],
      ['the labels file has no label for the row', 1, [shuffled[6000] + 1]],
      ['the predictions have no row for the label', 1, [6001]],
    ])
  })
})

test('a labels file is read once, where nothing is missing in it', async () => {
  const count = 100_000
  const rows = (cells) => Array.from({ length: count }, (_, i) => `image-${i},${cells(i)}`)
  const of = (head, lines, name) => textFile([head, ...lines].join('\n'), name)
  const labels = of('id,label', rows((i) => i % 3).toReversed(), 'labels.csv')
  let ends = 0
  const counted = {
    name: labels.name,
    size: labels.size,
    async read(begin, end) {
      if (begin < end && end === labels.size) ends++
      return new Uint8Array(await labels.slice(begin, end).arrayBuffer())
    },
  }
  const predictions = of(
    'id,prob_0,prob_1,prob_2',
    rows((i) => (i % 2 === 0 ? '0.5,0.25,0.25' : '0.25,0.5,0.25')),
    'predictions.csv',
  )
  const { rows: evaluated } = await evaluate(predictions, { labels: counted, workers: 1 })
  assert.deepEqual([evaluated, ends], [count, 1])
})
