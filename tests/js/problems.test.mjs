// Bad rows do not keep the rows behind them from being looked at: all is told at once.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compare, DataError, evaluate, open } from 'losskit/evaluate'
import { npy, textFile } from './tables.mjs'

async function refusal(run) {
  const error = await run.then(
    () => assert.fail('it was evaluated'),
    (reason) => reason,
  )
  assert.ok(error instanceof DataError, error)
  const [{ message, row, column }] = error.problems
  assert.deepEqual([message, row, column], [error.problem, error.row, error.column])
  return error
}

const places = ({ problems }) => problems.map(({ row, column, message }) => [row, column, message])

const csv = ['label,logit_0,logit_1', '0,1,2', '1,x,2', '1,2,1', '0,3', '2,0,1', '1,,5', '0,1,1', '1,5,oops'].join('\n')
const expected = [
  [2, 'logit_0', '"x" is not a number'],
  [4, undefined, 'the row has 2 cells, but the table has 3 columns'],
  [5, 'label', 'the label 2 is not 0 or 1'],
  [6, 'logit_0', 'the score is missing'],
  [8, 'logit_1', '"oops" is not a number'],
]
const options = { task: 'multiClass' }

describe('every bad row is told', () => {
  test('of delimited text', async () => {
    const error = await refusal(evaluate(textFile(csv), options))
    assert.deepEqual(places(error), expected)
    assert.deepEqual(
      error.problems.map(({ line, file }) => [line, file]),
      [3, 5, 6, 7, 9].map((line) => [line, 'test.csv']),
    )
    assert.equal(error.moreProblems, false)
  })

  test('by workers, with ranges of any size', async () => {
    for (const [workers, rangeBytes] of [
      [2, 7],
      [3, 20],
      [7, 1],
    ])
      assert.deepEqual(places(await refusal(evaluate(textFile(csv), { ...options, workers, rangeBytes }))), expected, `${workers}`)
  })

  test('with what mends it', async () => {
    const { problems } = await refusal(evaluate(textFile(csv), options))
    assert.deepEqual(
      problems.map(({ remedySettings }) => remedySettings),
      [undefined, undefined, undefined, { missing: 'leaveOut' }, undefined],
    )
    assert.match(problems[3].remedy, /left out/)
    const rows = Array.from({ length: 30 }, (_, i) => `${i % 2},${i / 40}`)
    const outside = textFile(['label,score', ...rows, '1,1.5'].join('\n'))
    const shown = await refusal(evaluate(outside, { scores: 'probabilities' }))
    assert.deepEqual(shown.problems[0].remedySettings, { scores: 'logits' })
  })

  test('of JSON Lines, up to where the JSON is broken', async () => {
    const lines = [
      '{"label":0,"logit_0":1,"logit_1":2}',
      '{"label":1,"logit_0":"x","logit_1":2}',
      '5',
      '{"label":1,"logit_0":1}',
      '{"label":0,"logit_0":3,"logit_1":3}',
      '{"label":',
      '{',
    ]
    const error = await refusal(evaluate(textFile(lines.join('\n'), 'test.jsonl'), options))
    assert.deepEqual(
      places(error).map(([row, column]) => [row, column]),
      [
        [2, 'logit_0'],
        [3, undefined],
        [4, 'logit_1'],
        [6, undefined],
      ],
    )
  })

  test('of a column of JSON', async () => {
    const scores = Array.from({ length: 300 }, (_, i) => [i / 100, 1.5])
    const label = scores.map((_, i) => i % 2)
    const text = JSON.stringify({ label, scores: scores.with(250, [1.5]).with(270, 'x') })
    const error = await refusal(evaluate(textFile(text, 'test.json'), options))
    assert.deepEqual(
      places(error).map(([row, column]) => [row, column]),
      [
        [251, 'scores'],
        [271, 'scores'],
      ],
    )
  })

  test('of arrays', async () => {
    const scores = Float32Array.from({ length: 900 }, (_, i) => i / 100 - (i % 7))
    const classes = Int32Array.from({ length: 300 }, (_, i) => i % 3)
    const logits = npy('<f4', '(300, 3)', scores.with(3 * 240 + 1, Number.NaN).with(3 * 280, Number.NaN))
    const labels = npy('<i4', '(300,)', classes.with(260, 5))
    const error = await refusal(evaluate(logits, { ...options, labels }))
    assert.deepEqual(
      error.problems.map(({ row, message }) => [row, message]),
      [
        [241, 'the score is missing'],
        [261, 'the label 5 is not 0 to 2'],
        [281, 'the score is missing'],
      ],
    )
  })

  test('of a file of labels, and of rows that have none', async () => {
    const predictions = textFile('id,logit_0,logit_1\np,1,2\nq,2,1\nr,3,1\ns,1,1')
    const labels = (text) => ({ ...options, labels: textFile(text, 'labels.csv') })
    const bad = await refusal(evaluate(predictions, labels('id,label\np,0\nq,\nr,1.5\nr,1\ns,1\ns,0')))
    assert.deepEqual(
      bad.problems.map(({ file, row }) => [file, row]),
      [2, 3, 6].map((row) => ['labels.csv', row]),
    )
    const absent = await refusal(evaluate(predictions, labels('id,label\np,0\nr,1')))
    assert.deepEqual(
      absent.problems.map(({ row, message }) => [row, message]),
      [
        [2, 'there is no label for the id "q" in labels.csv'],
        [4, 'there is no label for the id "s" in labels.csv'],
      ],
    )
  })

  test('of an evaluation that stays open, and of a run that is compared', async () => {
    assert.deepEqual(places(await refusal(open(textFile(csv), options))), expected)
    assert.deepEqual(places(await refusal(compare([textFile('label,logit_0,logit_1\n0,1,2\n1,1,2'), textFile(csv)], options))), expected)
  })
})

describe('of many bad rows the first twenty are told', () => {
  const rows = Array.from({ length: 5000 }, (_, i) =>
    i > 300 && i % 7 === 3 ? `1,text` : i > 300 && i % 11 === 5 ? '9,0.5' : `${i % 2},${i / 100 - 3}`,
  )
  const bad = rows.flatMap((row, i) => (/text|^9/.test(row) ? [i + 1] : []))
  const file = textFile(['label,score', ...rows].join('\n'))

  for (const [workers, rangeBytes] of [
    [1, undefined],
    [1, 50],
    [2, 300],
    [7, 100],
  ])
    test(`by ${workers} workers from ranges of ${rangeBytes} bytes`, async () => {
      const error = await refusal(evaluate(file, { workers, rangeBytes }))
      assert.deepEqual(
        error.problems.map(({ row }) => row),
        bad.slice(0, 20),
      )
      assert.equal(error.moreProblems, true)
    })

  test('and twenty are all', async () => {
    const few = rows.map((row, i) => (bad.slice(20).includes(i + 1) ? '1,0.25' : row))
    const error = await refusal(evaluate(textFile(['label,score', ...few].join('\n'))))
    assert.deepEqual([error.problems.length, error.moreProblems], [20, false])
  })
})
