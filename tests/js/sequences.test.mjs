// Rows that are sequences, with a list of scores for each token: read as a table with a row for each token.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as flechette from '@uwdata/flechette'
import { evaluate, inspect } from 'losskit/evaluate'
import { parquet } from './parquet.mjs'
import { npy, outcome, textFile } from './tables.mjs'

const { fixedSizeList, float32, int32, int64, largeList, list, tableFromArrays, tableToIPC, utf8 } = flechette
const classes = 3

/** Of each sequence so many tokens; 0 now and then. */
const lengths = Array.from({ length: 400 }, (_, row) => (row % 37 === 5 ? 0 : 1 + ((row * 7) % 23)))
const logit = (row, token, c) => Math.fround(Math.sin((row * 31 + token) * 12.9898 + c) * 3)
/** The first and the last token of each do not count. */
const labelOf = (row, token, length) => (token === 0 || token === length - 1 ? -100 : (row + token) % classes)

const logits = lengths.map((length, row) =>
  Array.from({ length }, (_, token) => Array.from({ length: classes }, (_, c) => logit(row, token, c))),
)
const labels = lengths.map((length, row) => Int32Array.from({ length }, (_, token) => labelOf(row, token, length)))
const places = lengths.flatMap((length, row) => Array.from({ length }, (_, token) => `${row + 1}:${token + 1}`))

/** What is told of a file but for how it was understood; of the hardest rows not what they are called. */
async function told(file, options) {
  const outcomeOf = JSON.parse(await outcome(file, { workers: 1, ...options }))
  if (outcomeOf.problems) return outcomeOf.problems.map(({ row, column, message }) => [row, column, message])
  const { files, mapping, hardest, labelErrors, ...rest } = outcomeOf
  const unnamed = (rows) => rows?.map(({ id, line, ...row }) => row)
  return { ...rest, hardest: unnamed(hardest), labelErrors: unnamed(labelErrors) }
}

/** What is told of the same tokens in arrays that know of no sequences. */
function toldOfTokens(logits, labels, options) {
  const tokens = labels.flatMap((list) => [...list])
  return told(npy('<f4', `(${tokens.length}, ${classes})`, Float32Array.from(logits.flat(2)), 'logits.npy'), {
    labels: npy('<i4', `(${tokens.length},)`, Int32Array.from(tokens), 'labels.npy'),
    task: 'tokenClassification',
    ...options,
  })
}

const parquetFile = (columns, ...how) => new File([parquet(columns, ...how)], 'sequences.parquet')
const arrowFile = (columns, types, maxBatchRows) =>
  new File([tableToIPC(tableFromArrays(columns, { types, maxBatchRows }), { format: 'stream' })], 'sequences.arrows')

const forms = [1, 2].flatMap((version) =>
  [false, true].flatMap((dictionary) => ['runs', 'packed'].map((marks) => ({ version, dictionary, marks, gzip: marks === 'packed' }))),
)

describe('sequences are tokens, one behind the other', () => {
  test('in Parquet, in whatever way they are written', async () => {
    const expected = await toldOfTokens(logits, labels)
    assert.equal(expected.rows + expected.ignored, places.length, JSON.stringify(expected).slice(0, 300))
    for (const form of [
      ...forms,
      { required: true },
      { required: true, marks: 'packed', spelling: ['bag', 'array_element'] },
      { isOld: true },
    ]) {
      for (const [groupRows, pageRows] of [
        [400, 100_000],
        [400, 101],
        [130, 7],
      ]) {
        const found = await told(parquetFile({ logits, labels }, groupRows, pageRows, form))
        assert.deepEqual(found, expected, JSON.stringify({ ...form, groupRows, pageRows }))
      }
    }
  })

  test('in Arrow, of every kind of list', async () => {
    const expected = await toldOfTokens(logits, labels)
    for (const [outer, inner] of [
      [list, list],
      [largeList, largeList],
      [list, (type) => fixedSizeList(type, classes)],
    ]) {
      for (const maxBatchRows of [400, 30]) {
        const types = { logits: outer(inner(float32())), labels: list(int64()) }
        const columns = { logits, labels: labels.map((list) => Array.from(list, BigInt)) }
        assert.deepEqual(await told(arrowFile(columns, types, maxBatchRows)), expected)
      }
    }
  })
})

describe('what is missing in a sequence is missing in its tokens', () => {
  /** Of some sequences: no list of scores, none of labels, neither, nothing in both. */
  const [unscored, unlabelled, unknown, empty] = [50, 120, 200, 277]
  const someLogits = logits.map((list, row) => {
    if (row === unscored || row === unknown) return null
    if (row === empty) return []
    if (row % 50 === 7) return list.map((scores, token) => (token === 2 ? null : scores))
    return row % 50 === 11 ? list.map((scores, token) => (token === 1 ? [scores[0], null, scores[2]] : scores)) : list
  })
  const someLabels = labels.map((list, row) => {
    if (row === unlabelled || row === unknown) return null
    if (row === empty) return new Int32Array(0)
    return row % 50 === 13 ? list.map((label, token) => (token === 1 ? -(2 ** 31) : label)) : list
  })
  /** The same, a row for each token. */
  const rows = lengths.flatMap((length, row) => {
    if (row === unknown) return [{ name: `${row + 1}:1`, logits: null, label: null }]
    return Array.from({ length: row === empty ? 0 : length }, (_, token) => {
      const label = someLabels[row]?.[token] ?? null
      return { name: `${row + 1}:${token + 1}`, logits: someLogits[row]?.[token] ?? null, label: label === -(2 ** 31) ? null : label }
    })
  })
  const flat = textFile(rows.map((row) => JSON.stringify(row)).join('\n'), 'flat.jsonl')
  const toldOfRows = async (options) => {
    const found = await told(flat, { task: 'tokenClassification', ...options })
    const name = ([row, column, message]) => [
      row,
      column === 'label' ? 'labels' : column,
      `${message.replace(/ \(".*/, '')}, in the token ${rows[row - 1].name}`,
    ]
    return Array.isArray(found) ? found.map(name) : found
  }

  for (const missing of ['leaveOut', 'error']) {
    test(missing, async () => {
      const expected = await toldOfRows({ missing })
      if (missing === 'leaveOut') assert.ok(expected.leftOut.rows > 20)
      else assert.ok(expected.length > 2)
      for (const form of forms) {
        for (const [groupRows, pageRows] of [
          [400, 100_000],
          [400, 101],
          [130, 7],
        ]) {
          const file = parquetFile({ logits: someLogits, labels: someLabels }, groupRows, pageRows, form)
          assert.deepEqual(await told(file, { missing }), expected, JSON.stringify({ ...form, groupRows, pageRows }))
        }
      }
      const plainLabels = someLabels.map((list) => list && Array.from(list, (label) => (label === -(2 ** 31) ? null : label)))
      for (const inner of [list(float32()), fixedSizeList(float32(), classes)]) {
        for (const maxBatchRows of [400, 30]) {
          const file = arrowFile({ logits: someLogits, labels: plainLabels }, { logits: list(inner), labels: list(int32()) }, maxBatchRows)
          assert.deepEqual(await told(file, { missing }), expected, JSON.stringify({ inner, maxBatchRows }))
        }
      }
    })
  }
})

const typesOf = (others = {}) => ({ logits: list(list(float32())), labels: list(int32()), ...others })
const names = ['doc', 'é', 'z']
const few = [
  [
    [0.5, -1.25, 2],
    [3, 0.25, -0.5],
    [-2, 1.5, 1],
  ],
  [],
  [[0, 0.75, -4]],
]
const fewLabels = [[2, 0, -100], [], [1]]

describe('the columns of a table of sequences', () => {
  test('have a value for each token or one for each sequence', async () => {
    const columns = { id: names, tokens: [['a', 'b', 'c'], [], ['d']], words: [['ab', 'c'], [], ['d']], logits: few, labels: fewLabels }
    const file = arrowFile(columns, typesOf({ id: utf8(), tokens: list(utf8()), words: list(utf8()) }))
    const { preview, mapping, columns: head } = await inspect(file)
    assert.equal(mapping.task.kind, 'tokenClassification')
    assert.deepEqual(
      mapping.columns.map(({ column, role }) => [column, role]),
      [
        ['id', 'id'],
        ['tokens', 'unused'],
        ['words', 'unused'],
        ['logits', 'score'],
        ['labels', 'label'],
        ['sequence:token', 'unused'],
      ],
      JSON.stringify(head),
    )
    assert.deepEqual(preview, [
      ['doc:1', 'a', '["ab", "c"]', '[0.5, -1.25, 2]', '2', '1:1'],
      ['doc:2', 'b', '["ab", "c"]', '[3, 0.25, -0.5]', '0', '1:2'],
      ['doc:3', 'c', '["ab", "c"]', '[-2, 1.5, 1]', '-100', '1:3'],
      ['z:1', 'd', '["d"]', '[0, 0.75, -4]', '1', '3:1'],
    ])
    const { hardest, ignored } = await evaluate(file, { workers: 1 })
    assert.equal(ignored, 1)
    assert.deepEqual(hardest.map(({ id, row }) => [row, id]).sort(), [
      [1, 'doc:1'],
      [2, 'doc:2'],
      [4, 'z:1'],
    ])
  })
})

describe('a column with one value for each sequence', () => {
  const refusal = async (columns, types, options) => {
    const error = await evaluate(arrowFile(columns, types), { workers: 1, ...options }).then(
      () => assert.fail('it was evaluated'),
      (reason) => reason,
    )
    return error.problems.map(({ row, column, message }) => [row, column, message])
  }
  const shared = (row, column, tokens) => [row, column, `sequence 1 has 1 value here, but ${tokens} tokens`]

  test('is no label or weight of several tokens', async () => {
    const columns = { logits: few, label: [2, 0, 1] }
    const types = { logits: list(list(float32())), label: int32() }
    assert.deepEqual(
      await refusal(columns, types),
      [1, 2, 3].map((row) => shared(row, 'label', 3)),
    )
    const named = { ...columns, label: ['a', 'b', 'c'] }
    const refused = await refusal(named, { ...types, label: utf8() }, { classNames: ['a', 'b', 'c'] })
    assert.deepEqual(refused[0], shared(1, 'label', 3))
    const weighted = { logits: few, labels: fewLabels, sample_weight: [1, 2, 3] }
    assert.deepEqual((await refusal(weighted, typesOf({ sample_weight: float32() })))[0], shared(1, 'sample_weight', 3))
    const targets = {
      logits: few,
      labels: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    }
    assert.deepEqual(
      (await refusal({ ...targets, words: fewLabels }, { ...typesOf(), words: list(int32()) }, { task: 'multiClass' }))[0][1],
      'labels',
    )
  })

  test('is that of its row where each sequence has one token', async () => {
    const single = { id: names, logits: few.map((_, row) => [few[0][row]]), label: [2, 0, 1] }
    const types = { logits: list(list(float32())), label: int32(), id: utf8() }
    const plain = { ...single, logits: few[0] }
    const expected = await told(arrowFile(plain, { ...types, logits: list(float32()) }))
    assert.equal(expected.task, 'multiClass')
    for (const file of [arrowFile(single, types), parquetFile({ logits: single.logits, label: Int32Array.from(single.label) }, 2)]) {
      assert.deepEqual(await told(file), expected)
      const { preview } = await inspect(file)
      assert.equal(preview[0].length, file.name.endsWith('parquet') ? 2 : 3)
    }
    const several = { logits: list(list(float32())), labels: list(int32()) }
    const hot = labels.slice(0, 3).map((_, row) => [row % 2, 1, 0])
    const expectedOfSeveral = await told(arrowFile({ logits: plain.logits, labels: hot }, { ...several, logits: list(float32()) }))
    assert.equal(expectedOfSeveral.task, 'multiLabel')
    assert.deepEqual(await told(arrowFile({ logits: single.logits, labels: hot }, several)), expectedOfSeveral)
    const { hardest } = await evaluate(arrowFile(single, types), { workers: 1 })
    assert.deepEqual(new Set(hardest.map(({ id }) => id)), new Set(names))
  })
})

test('labels of words beside scores of their parts are told', async () => {
  const words = labels.map((list) => list.slice(0, Math.ceil(list.length / 2)))
  const [[row, column, problem]] = await told(arrowFile({ logits, labels: words }, typesOf()))
  const first = lengths.findIndex((length) => length > 1)
  assert.deepEqual([row, column], [1 + first, 'labels'])
  assert.match(problem, new RegExp(`^sequence ${first + 1} has ${words[first].length} values? here, but ${lengths[first]} tokens$`))
})

test('a row with lists of other lengths is told with both', async () => {
  const columns = { logits, labels: labels.map((list, row) => (row === 321 ? list.subarray(1) : list)) }
  const before = lengths.slice(0, 321).reduce((sum, length) => sum + length)
  const problem = [before + 1, 'labels', `sequence 322 has ${lengths[321] - 1} values here, but ${lengths[321]} tokens`]
  for (const file of [parquetFile(columns, 100), arrowFile(columns, typesOf(), 30)]) {
    for (const missing of ['error', 'leaveOut']) assert.deepEqual(await told(file, { missing }), [problem])
  }
})

test('labels of other tokens than the scores are told of', async () => {
  const longer = labels.map((list) => [-100, ...list])
  const [first] = await told(arrowFile({ logits, labels: longer }, typesOf()))
  assert.deepEqual(first, [
    1,
    'labels',
    `sequence 1 has ${lengths[0] + 1} values here, but ${lengths[0]} token${lengths[0] === 1 ? '' : 's'}`,
  ])
  // Words are not what is scored.
  const words = labels.map((list, row) => Array.from(row === 1 ? [...list, 0] : list, (_, i) => `w${i}`))
  const file = arrowFile({ words, logits, labels }, typesOf({ words: list(utf8()) }))
  assert.deepEqual(await told(file), await toldOfTokens(logits, labels))
})

test('names of classes', async () => {
  const classNames = ['O', 'B-PER', 'I-PER']
  const columns = {
    tokens: labels.map((list) => Array.from(list, (_, i) => `t${i}`)),
    logits,
    labels: labels.map((list) => Array.from(list, (label) => classNames[label] ?? '-100')),
  }
  const { classes, ...expected } = await toldOfTokens(logits, labels, { classNames })
  const found = await told(arrowFile(columns, { tokens: list(utf8()), logits: list(list(float32())), labels: list(utf8()) }, 50), {
    classNames,
  })
  assert.deepEqual(found, { ...expected, classes })
})

describe('lists of lists that are no sequences', () => {
  const label = labels.map((_, row) => row % 3)
  const scores = labels.map((_, row) => logits[0].concat(logits[1])[row % 5])
  const expected = told(arrowFile({ logits: scores, label }, { logits: list(float32()), label: int32() }))
  for (const width of [2, 1]) {
    test(`of pictures of ${width} lines`, async () => {
      const image = labels.map(() => Array.from({ length: width }, () => [0, 0.5, 1, 0.25]))
      const types = { image: list(list(float32())), logits: list(float32()), label: int32() }
      assert.deepEqual(await told(arrowFile({ image, logits: scores, label }, types)), await expected)
    })
  }

  test('deeper ones', async () => {
    const deep = few.map((list) => [list])
    const type = list(list(list(float32())))
    const refused = await told(arrowFile({ logits: deep, labels: fewLabels }, { logits: type, labels: list(int32()) }))
    assert.match(refused[0][2], /hold lists of lists/)
  })
})

describe('labels in a file of their own', () => {
  const file = (columns, types) => arrowFile(columns, types, 30)
  const ids = lengths.map((_, row) => `doc ${row}`)
  const shuffled = lengths.map((_, row) => (row * 7) % lengths.length)
  const moved = (values) => shuffled.map((row) => values[row])
  const scores = file({ id: ids, logits }, { id: utf8(), logits: list(list(float32())) })
  const unnamed = file({ logits }, { logits: list(list(float32())) })

  test('are joined in the order of the tokens', async () => {
    const expected = await toldOfTokens(logits, labels)
    for (const own of [file({ labels }, { labels: list(int32()) }), parquetFile({ labels }, 70)]) {
      assert.deepEqual(await told(unnamed, { labels: own }), expected)
    }
  })

  test('are joined by the names of the sequences', async () => {
    const expected = await toldOfTokens(logits, labels)
    const own = file({ labels: moved(labels), id: moved(ids) }, { labels: list(int32()), id: utf8() })
    assert.deepEqual(await told(scores, { labels: own }), expected)
    const { preview } = await inspect(scores, { labels: own })
    assert.deepEqual(preview[1].slice(0, 1), ['doc 1:1'])
    const tokens = ids.flatMap((id, row) => Array.from(labels[row], (label, token) => `${id}:${token + 1},${label}`))
    assert.deepEqual(await told(scores, { labels: textFile(`id,label\n${tokens.reverse().join('\n')}`) }), expected)
  })

  test('are joined by the places of the tokens', async () => {
    const expected = await toldOfTokens(logits, labels)
    const own = file({ labels }, { labels: list(int32()) })
    assert.deepEqual(await told(unnamed, { labels: own, id: 'sequence:token' }), expected)
  })

  test('and are not moved where those of a sequence are missing', async () => {
    const own = file({ labels: labels.map((list, row) => (row === 40 ? null : list)), id: ids }, { labels: list(int32()), id: utf8() })
    for (const predictions of [unnamed, scores]) {
      const { leftOut } = await evaluate(predictions, { labels: own, missing: 'leaveOut', workers: 1 })
      assert.deepEqual(
        leftOut.reasons.map(({ reason, rows }) => [reason, rows]),
        [
          ['the label is missing', 1],
          ['the labels file has no label for the row', lengths[40] - 1],
        ],
      )
    }
    const codes = labels.flatMap((list) => [...list]).slice(1)
    const one = npy('<i4', `(${codes.length},)`, Int32Array.from(codes), 'labels.npy')
    const [[, , problem]] = await told(unnamed, { labels: one, missing: 'leaveOut' })
    assert.match(problem, /^it has \d+ rows, but sequences.arrows has \d+$/)
  })
})

test('what is wrong is told with the token that it is wrong in', async () => {
  const wrong = labels.map((list, row) => (row === 12 ? list.with(3, 7) : list))
  const columns = { id: labels.map((_, row) => `doc ${row}`), logits, labels: wrong }
  const [[, column, problem]] = await told(arrowFile(columns, typesOf({ id: utf8() })))
  assert.deepEqual([column, problem], ['labels', 'the label 7 is not 0 to 2, in the token doc 12:4'])
})
