// JSON whose rows are sequences: the same comes of their tokens as of the same tokens one by one.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { evaluate, inspect, open } from 'losskit/evaluate'
import { npy, textFile } from './tables.mjs'

const classes = 3
/** Tokens of each sequence; one has more than a batch holds. */
const lengths = Array.from({ length: 200 }, (_, i) => (i === 70 ? 9001 : (i * 7) % 13))
const sequences = lengths.map((length, i) => ({
  id: `s${i}`,
  words: Array.from({ length }, (_, t) => `w"${i},${t}]`),
  labels: Array.from({ length }, (_, t) => ((i + t) % 5 === 0 ? -100 : (i * 3 + t * t) % classes)),
  logits: Array.from({ length }, (_, t) => Array.from({ length: classes }, (_, c) => Math.fround(4 * Math.sin(i * 31 + t * 7 + c)))),
}))
const tokens = sequences.flatMap(({ id, words, labels, logits }, i) =>
  labels.map((label, t) => ({ id, word: words[t], place: `${i + 1}:${t + 1}`, token: t + 1, label, logits: logits[t] })),
)
const flat = {
  logits: npy('<f4', `(${tokens.length}, ${classes})`, Float32Array.from(tokens.flatMap(({ logits }) => logits))),
  labels: npy(
    '<i8',
    `(${tokens.length},)`,
    BigInt64Array.from(tokens, ({ label }) => BigInt(label)),
  ),
}

const lines = (rows, name = 'rows.jsonl') => textFile(rows.map((row) => JSON.stringify(row)).join('\n'), name)
const columns = (...names) => Object.fromEntries(names.map((name) => [name, sequences.map((row) => row[name])]))
const only = (...names) => sequences.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])))

/** All numbers of a report. */
const numbersOf = ({ files, mapping, hardest, labelErrors, ...numbers }) => JSON.stringify({ ...numbers, kind: mapping.scores.kind })
const hard = ({ hardest }) => hardest.map(({ row, loss }) => [row, loss])

describe('sequences give the bits that their tokens give one by one', () => {
  const forms = {
    'JSON Lines': lines(only('labels', 'logits')),
    'a JSON array': textFile(JSON.stringify(only('logits', 'labels'), null, 1), 'rows.json'),
    'a JSON object of rows': textFile(JSON.stringify(Object.fromEntries(sequences.map(({ id, ...row }) => [id, row]))), 'rows.json'),
    'a JSON object of columns': textFile(JSON.stringify(columns('labels', 'logits')), 'columns.json'),
  }
  for (const precision of ['float32', 'float64']) {
    for (const [name, file] of Object.entries(forms)) {
      test(`${name}, ${precision}`, async () => {
        const options = { precision, task: 'tokenClassification', hardest: 50 }
        const wanted = await evaluate(flat.logits, { ...options, labels: flat.labels })
        assert.equal(wanted.rows + wanted.ignored, tokens.length)
        for (const rangeBytes of [undefined, 5003]) {
          const report = await evaluate(file, { ...options, rangeBytes })
          assert.equal(numbersOf(report), numbersOf(wanted))
          assert.deepEqual(hard(report), hard(wanted))
        }
      })
    }
  }
})

describe('tokens are called', () => {
  const named = async (file, wanted, options) => {
    const { hardest } = await evaluate(file, { hardest: 40, ...options })
    assert.equal(hardest.length, 40)
    for (const { row, id } of hardest) assert.equal(id, wanted(tokens[row - 1]), `row ${row}`)
  }
  test('by the number of their sequence', () => named(lines(only('labels', 'logits')), ({ place }) => place))
  test('by the id of their sequence', () => named(lines(only('id', 'labels', 'logits')), ({ id, token }) => `${id}:${token}`))
  test('by what is chosen', () => named(lines(only('words', 'labels', 'logits')), ({ word }) => word, { id: 'words' }))
  test('by the chosen column of their sequence', async () => {
    const chosen = sequences.map(({ id, labels, logits }) => ({ doc: id, labels, logits }))
    await named(lines(chosen), ({ id, token }) => `${id}:${token}`, { id: 'doc' })
    const { preview } = await inspect(lines(chosen), { id: 'doc' })
    assert.deepEqual(preview.map(([doc]) => doc).slice(0, 2), [`${tokens[0].id}:1`, `${tokens[1].id}:2`])
  })
  test('by nothing where that is chosen', async () => {
    const { hardest } = await evaluate(lines(only('labels', 'logits')), { id: null })
    assert.ok(hardest.every(({ id }) => id === undefined))
  })
  test('by their places in columns', () =>
    named(textFile(JSON.stringify(columns('labels', 'logits')), 'columns.json'), ({ place }) => place))
})

describe('labels of sequences in a file of their own', () => {
  const wanted = evaluate(flat.logits, { labels: flat.labels, task: 'tokenClassification' }).then(numbersOf)
  const predictions = lines(only('id', 'logits'))
  const unnamed = lines(only('logits'))
  const pairs = {
    'by id, in another order': [predictions, lines(only('id', 'labels').reverse(), 'labels.jsonl')],
    'by place': [unnamed, lines(only('labels'), 'labels.jsonl')],
    'lists alone': [unnamed, textFile(JSON.stringify(columns('labels').labels), 'labels.json')],
    'in one list': [unnamed, textFile(JSON.stringify(columns('labels')), 'labels.json')],
    'token by token': [unnamed, flat.labels],
    'columns by place': [textFile(JSON.stringify(columns('logits')), 'logits.json'), lines(only('labels'), 'labels.jsonl')],
  }
  for (const [name, [file, labels]] of Object.entries(pairs)) {
    test(name, async () => assert.equal(numbersOf(await evaluate(file, { labels, task: 'tokenClassification' })), await wanted))
  }

  test('one token too many here and one too few there is told', async () => {
    const moved = only('labels')
    moved[4].labels = [...moved[4].labels, moved[5].labels[0]]
    moved[5].labels = moved[5].labels.slice(1)
    await assert.rejects(evaluate(unnamed, { labels: lines(moved, 'labels.jsonl') }), /there is no label for the id "6:9" in labels\.jsonl/)
  })
})

test('a session has the rows of sequences, and reads them again for other settings', async () => {
  const evaluation = await open(lines(only('id', 'labels', 'logits')), {})
  try {
    const { rows } = await evaluation.rows({ limit: 3, label: '1' })
    assert.equal(rows.length, 3)
    for (const { row, id, label } of rows) {
      const token = tokens[row - 1]
      assert.deepEqual([id, label], [`${token.id}:${token.token}`, String(token.label)])
    }
    const report = await evaluation.update({ gamma: 3 })
    assert.equal(report.rows, evaluation.report.rows)
  } finally {
    evaluation.dispose()
  }
})

test('missing labels of whole sequences and of tokens are left out and counted', async () => {
  const rows = only('labels', 'logits')
  rows[3].labels = null
  rows[5].labels = rows[5].labels.with(2, null)
  const { leftOut } = await evaluate(lines(rows), { missing: 'leaveOut' })
  assert.equal(leftOut.rows, lengths[3] + 1)
})

test('labels of words, and words, beside those of their parts are left alone', async () => {
  const parts = only('labels', 'logits')
  const wanted = numbersOf(await evaluate(lines(parts)))
  const rows = parts.map(({ labels, logits }, i) => {
    const length = i % 20 === 0 ? labels.length : labels.length >> 1
    return { words: labels.slice(0, length).map(String), ner_tags: labels.slice(0, length), labels, logits }
  })
  assert.equal(numbersOf(await evaluate(lines(rows))), wanted)
  const tagged = parts.map(({ labels, logits }) => ({ ner_tags: labels, logits }))
  assert.equal(numbersOf(await evaluate(lines(tagged))), wanted)
})

test('pictures, boxes and other lists of lists beside scores are no sequences', async () => {
  const rows = [0, 1, 1].map((label, i) => ({
    label,
    image: [
      [0, i],
      [i, 1],
      [2, 3],
    ],
    logit_0: i,
    logit_1: 1 - i,
  }))
  const plain = rows.map(({ image, ...row }) => row)
  assert.equal(numbersOf(await evaluate(lines(rows))), numbersOf(await evaluate(lines(plain))))
  const listed = rows.map(({ label, image, logit_0, logit_1 }) => ({ label, image, logits: [logit_0, logit_1] }))
  assert.equal(numbersOf(await evaluate(lines(listed))), numbersOf(await evaluate(lines(plain))))
})

describe('what is wrong with tokens is told with their places', () => {
  const told = (rows) =>
    evaluate(lines(rows)).then(
      () => assert.fail('it was evaluated'),
      ({ problems }) => problems.map(({ row, line, column, message }) => [row, line, column, message]),
    )
  const rows = () => [
    ...Array.from({ length: 30 }, () => ({ labels: [0], logits: [[1, 2]] })),
    {
      labels: [0, 1],
      logits: [
        [1, 2],
        [3, 4],
      ],
    },
    {
      labels: [1, 0, 1],
      logits: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    },
  ]

  test('in the file', async () => {
    const bad = rows()
    bad[30].labels[1] = 'x'
    bad[31].labels[0] = 7
    bad[31].logits[1] = null
    bad[31].logits[2] = [5]
    assert.deepEqual(await told(bad), [
      [32, 31, 'labels', 'the label "x" is not a whole number, in the token 31:2'],
      [33, 32, 'labels', 'the label 7 is not 0 or 1, in the token 32:1'],
      [34, 32, 'logits', 'the score is missing ("null"), in the token 32:2'],
      [35, 32, 'logits', 'the list has 1 numbers, but those of other rows have 2, in the token 32:3'],
    ])
  })

  test('where labels are of words and scores of their parts', async () => {
    const words = rows().map(({ labels, logits }) => ({ labels, logits: [...logits, ...logits] }))
    assert.deepEqual((await told(words))[0], [1, 1, 'logits', 'sequence 1 has 2 values here, but 1 token'])
  })
})
