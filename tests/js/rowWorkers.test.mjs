// Files that several workers evaluate of which no line is read by them: they are given rows, of JSON and of text with labels in a file of its own, or
// groups of rows as they stand in the file, of Parquet, Arrow and arrays.
import assert from 'node:assert/strict'
import { truncateSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import * as flechette from '@uwdata/flechette'
import { evaluate, inspect, open } from 'losskit/evaluate'
import { onDisk } from './disk.mjs'
import { parquet } from './parquet.mjs'
import { outcome, textFile } from './tables.mjs'
import { zip } from './zip.mjs'

const { dictionary, float32, int32, tableFromArrays, tableToIPC, utf8 } = flechette
const classes = 3

const rows = 9000

/** Logits and labels that are the same each time. */
function makeRows(count = rows) {
  const logits = Float32Array.from({ length: count * classes }, (_, i) => Math.fround(Math.sin(i * 12.9898) * 3))
  const labels = Int32Array.from({ length: count }, (_, row) => (row * 7) % classes)
  return { logits, labels }
}

const bytesOf = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)

function npy(array, type, shape) {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`
  const size = Math.ceil((11 + header.length) / 64) * 64 - 10
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, size & 255, size >> 8])
  return Buffer.concat([start, Buffer.from(`${header.padEnd(size - 1)}\n`), bytesOf(array)])
}

function safetensors(logits, labels) {
  const header = JSON.stringify({
    logits: { dtype: 'F32', shape: [labels.length, classes], data_offsets: [0, logits.byteLength] },
    labels: { dtype: 'I32', shape: [labels.length], data_offsets: [logits.byteLength, logits.byteLength + labels.byteLength] },
  })
  const size = Buffer.alloc(8)
  size.writeUInt32LE(header.length)
  return Buffer.concat([size, Buffer.from(header), bytesOf(logits), bytesOf(labels)])
}

function arrow(logits, labels, idType = utf8()) {
  const columns = Array.from({ length: classes }, (_, c) => [
    `logit_${c}`,
    Float32Array.from(labels, (_, row) => logits[row * classes + c]),
  ])
  const ids = Array.from(labels, (_, row) => `row-${row}`)
  const types = { id: idType, label: int32(), ...Object.fromEntries(columns.map(([name]) => [name, float32()])) }
  const table = tableFromArrays({ id: ids, label: labels, ...Object.fromEntries(columns) }, { types, maxBatchRows: 700 })
  return tableToIPC(table, { format: 'stream' })
}

const columnsOf = (logits, labels) => ({
  label: labels,
  ...Object.fromEntries(scoreNames.map((name, c) => [name, Float32Array.from(labels, (_, row) => logits[row * classes + c])])),
})

const line = (logits, row) => Array.from(logits.subarray(row * classes, (row + 1) * classes)).join(',')
const scoreNames = Array.from({ length: classes }, (_, c) => `logit_${c}`)
const csvText = (head, lineOf) => [head, ...Array.from({ length: rows }, (_, row) => lineOf(row))].join('\n')
const csv = (head, lineOf) => textFile(csvText(head, lineOf))

/** Which row stands at this place where they are joined by their ids. */
const shuffled = (row) => (row * 7) % rows
const original = (name, row) => (name.includes('by id') ? shuffled(row) : row)

/** Name, file and options of the same rows in each format. */
function formats({ logits, labels }) {
  const file = (name, bytes) => new File([bytes], name)
  const scores = file('logits.npy', npy(logits, '<f4', [rows, classes]))
  const ided = csv(['id', ...scoreNames].join(','), (row) => `k${shuffled(row)},${line(logits, shuffled(row))}`)
  const objects = Array.from({ length: rows }, (_, row) =>
    JSON.stringify({ label: labels[row], logits: Array.from(logits.subarray(row * classes, (row + 1) * classes)) }),
  )
  const text = csv(['label', ...scoreNames].join(','), (row) => `${labels[row]},${line(logits, row)}`)
  return [
    ['NPY and NPY', scores, { labels: file('labels.npy', npy(labels, '<i4', [rows])) }],
    [
      'NPY, packed, and NPY',
      file('logits.npy.gz', gzipSync(npy(logits, '<f4', [rows, classes]))),
      { labels: file('labels.npy', npy(labels, '<i4', [rows])) },
    ],
    ['safetensors', file('all.safetensors', safetensors(logits, labels)), {}],
    ['Arrow', file('all.arrows', arrow(logits, labels)), {}],
    ['Parquet', file('all.parquet', parquet(columnsOf(logits, labels), 800)), {}],
    ['CSV joined by id', ided, { labels: csv('id,label', (row) => `k${row},${labels[row]}`) }],
    ['CSV joined by rows', csv(scoreNames.join(','), (row) => line(logits, row)), { labels: csv('label', (row) => labels[row]) }],
    ['CSV, packed', packed('all.csv.gz', text, gzipSync), {}],
    ['CSV in a zip archive', packed('all.csv.zip', text, (bytes) => zip({ 'all.csv': bytes }, true)), {}],
    ['JSON Lines', file('all.jsonl', objects.join('\n')), {}],
    ['JSON', file('all.json', `[${objects.join(',\n')}]`), {}],
  ]
}

const packed = async (name, file, pack) => new File([pack(Buffer.from(await file.arrayBuffer()))], name)

const ways = [
  [2, 1 << 16],
  [2, 3000],
  [7, 10_000],
]

async function assertSame(source, options) {
  const file = await source
  const expected = await outcome(file, { ...options, workers: 1 })
  const check = async (source, labels, how) => {
    for (const [workers, rangeBytes] of ways) {
      const found = await outcome(source, { ...options, labels, workers, rangeBytes })
      assert.equal(found, expected, `${workers} workers, ${rangeBytes} bytes, ${how}`)
    }
  }
  const { labels } = options
  await check(file, labels, 'given to them')
  await onDisk(file, (source) =>
    labels ? onDisk(labels, (ofLabels) => check(source, ofLabels, 'on disk')) : check(source, undefined, 'on disk'),
  )
  return JSON.parse(expected)
}

describe('any number of workers give the same bits', () => {
  let mean
  for (const [name, source, options] of formats(makeRows())) {
    test(name, async () => {
      const report = await assertSame(source, options)
      assert.equal(report.rows, rows)
      mean ??= report.losses[0].mean
      assert.equal(report.losses[0].mean, mean)
    })
  }
})

/** A source that counts the bytes that are read of it. */
function counted(bytes, name) {
  const source = {
    name,
    size: bytes.length,
    givesAway: true,
    bytesRead: 0,
    async read(start, end, room) {
      source.bytesRead += end - start
      const target = room?.byteLength >= end - start ? new Uint8Array(room, 0, end - start) : new Uint8Array(end - start)
      target.set(bytes.subarray(start, end))
      return target
    },
  }
  return source
}

describe('arrays that are read in many pieces', () => {
  // Rows of 12 and of 4 or 8 bytes, so that the pieces of one end among those of the other.
  const many = 300_000
  const { logits, labels } = makeRows(many)
  const logitsBytes = npy(logits, '<f4', [many, classes])
  const labelsBytes = npy(labels, '<i4', [many])
  const wideLabels = npy(BigInt64Array.from(labels, BigInt), '<i8', [many])
  const members = { 'logits.npy': logitsBytes, 'labels.npy': wideLabels }
  const ways = {
    'NPY and NPY': [new File([logitsBytes], 'logits.npy'), new File([labelsBytes], 'labels.npy')],
    'sources whose memory is used again': [counted(logitsBytes, 'logits.npy'), counted(wideLabels, 'labels.npy')],
    'packed NPY and NPY': [new File([gzipSync(logitsBytes)], 'logits.npy.gz'), new File([gzipSync(labelsBytes)], 'labels.npy.gz')],
    safetensors: [new File([safetensors(logits, labels)], 'all.safetensors')],
    'stored NPZ': [new File([zip(members, false)], 'all.npz')],
    'deflated NPZ': [new File([zip(members, true)], 'all.npz')],
  }
  let expected

  for (const [name, [file, labelsFile]] of Object.entries(ways)) {
    test(name, async () => {
      for (const workers of [1, 2]) {
        const { rows: read, losses } = await evaluate(file, { labels: labelsFile, workers })
        expected ??= losses
        assert.equal(read, many)
        assert.deepEqual(losses, expected)
      }
    })
  }

  test('are looked at without most of them, and read once', async () => {
    const sharesOf = async (use) => {
      const files = [counted(logitsBytes, 'logits.npy'), counted(labelsBytes, 'labels.npy')]
      await use(files[0], { labels: files[1], workers: 1 })
      return files.map(({ size, bytesRead }) => bytesRead / size)
    }
    const beginnings = [logitsBytes, labelsBytes].map(({ length }) => (1 << 18) / length)
    assert.deepEqual(await sharesOf(inspect), beginnings)
    const rounded = (await sharesOf(evaluate)).map((share) => share.toFixed(3))
    assert.deepEqual(rounded, ['1.000', '1.000'])
  })
})

describe('a row group of any pages is the same', () => {
  const { logits, labels } = makeRows()
  // So many are left out that more than the rows which are looked at first have to be.
  logits.fill(Number.NaN, 0, 1500 * classes)
  const columns = columnsOf(logits, labels)
  const report = async (bytes, workers = 1) => {
    const { files, ...rest } = JSON.parse(await outcome(new File([bytes], 'all.parquet'), { missing: 'leaveOut', workers }))
    return rest
  }

  for (const pageRows of [700, 1999, 2000, 2001, 4000, rows - 1, rows]) {
    test(`${pageRows} rows a page`, async () => {
      const expected = await report(parquet(columns, 800))
      assert.equal(expected.rows, rows - 1500)
      assert.deepEqual(await report(parquet(columns, rows, pageRows)), expected)
      for (const workers of [1, 2]) assert.deepEqual(await report(parquet(columns, 5000, pageRows), workers), expected)
    })
  }
})

describe('a row group is the same in whatever way its columns are written', () => {
  const { logits, labels } = makeRows()
  const report = async (columns, groupRows, pageRows, form) => {
    const file = new File([parquet(columns, groupRows, pageRows, form)], 'all.parquet')
    const { files, ...rest } = JSON.parse(await outcome(file, { missing: 'leaveOut', workers: 1 }))
    return rest
  }
  // Few different ones, as dictionaries are for, and no -0, which a Set does not know.
  const whole = columnsOf(
    logits.map((logit) => Math.round(logit * 100) / 100 + 0),
    labels,
  )
  const lacking = { ...whole, logit_1: whole.logit_1.map((logit, row) => (row % 1000 < 3 ? Number.NaN : logit)) }
  const forms = []
  for (const version of [1, 2]) {
    for (const dictionary of [false, true]) {
      for (const marks of ['runs', 'packed']) forms.push({ optional: true, version, dictionary, marks, gzip: marks === 'packed' })
      forms.push({ version, dictionary, gzip: true })
    }
  }

  for (const form of forms) {
    test(JSON.stringify(form), async () => {
      for (const columns of form.optional ? [whole, lacking] : [whole]) {
        const expected = await report(columns, rows)
        for (const [groupRows, pageRows] of [
          [rows, rows],
          [rows, 701],
          [3000, 999],
        ]) {
          assert.deepEqual(await report(columns, groupRows, pageRows, form), expected)
        }
      }
    })
  }

  test('with labels that are missing', async () => {
    const columns = { ...whole, label: whole.label.map((label, row) => (row === 4321 ? -(2 ** 31) : label)) }
    const { leftOut } = await report(columns, 3000, 999, { optional: true })
    assert.deepEqual(
      leftOut.reasons.map(({ reason, rows, first }) => ({ reason, rows, first })),
      [{ reason: 'the label is missing', rows: 1, first: [4322] }],
    )
  })

  test('and a dictionary that lacks a value is an error', async () => {
    const bytes = parquet(whole, rows, rows, { dictionary: true })
    // The bits of the last page.
    bytes.fill(0xff, bytes.length - 2000, bytes.length - 1500)
    const error = JSON.parse(await outcome(new File([bytes], 'all.parquet'), { workers: 1 }))
    assert.match(error.message, /Parquet file that cannot be read: parquet dictionary has no value/)
  })
})

describe('lists are the same in whatever way they are written', () => {
  const { logits, labels } = makeRows()
  const lists = Array.from(labels, (_, row) => Array.from(logits.subarray(row * classes, (row + 1) * classes)))
  const told = async (file, options) => {
    const { files, mapping, ...rest } = JSON.parse(await outcome(file, { workers: 1, ...options }))
    return rest
  }
  const toldOfParquet = (logits, groupRows, pageRows, form) =>
    told(new File([parquet({ logits, label: labels }, groupRows, pageRows, form)], 'lists'), { missing: 'leaveOut' })
  const toldOfArrow = (logits, type, maxBatchRows, options) => {
    const table = tableFromArrays({ logits, label: labels }, { types: { logits: type, label: int32() }, maxBatchRows })
    return told(new File([tableToIPC(table, { format: 'stream' })], 'lists'), { missing: 'leaveOut', ...options })
  }
  const toldOfJson = (logits) => told(textFile(JSON.stringify({ logits, label: Array.from(labels) }), 'lists'), { missing: 'leaveOut' })
  const forms = []
  for (const version of [1, 2]) {
    for (const dictionary of [false, true]) {
      for (const marks of ['runs', 'packed']) forms.push({ version, dictionary, marks, gzip: marks === 'runs' })
    }
  }

  const problemsOr = ({ problems, ...rest }) => (problems ? problems.map(({ row, message }) => `${row}: ${message}`) : rest)

  /** Of the lists in all these ways, the same. */
  async function assertTold(logits, expected) {
    for (const form of forms) {
      for (const [groupRows, pageRows] of [
        [rows, 10 * rows],
        [rows, 1001],
        [3000, 2000],
      ]) {
        const found = problemsOr(await toldOfParquet(logits, groupRows, pageRows, form))
        assert.deepEqual(found, expected, JSON.stringify({ ...form, groupRows, pageRows }))
      }
    }
    const { list, largeList, fixedSizeList, float64 } = flechette
    const areOdd = logits.some((list) => list && list.length !== classes)
    for (const type of [list(float32()), list(float64()), largeList(float32()), areOdd ? [] : fixedSizeList(float32(), classes)].flat()) {
      for (const [maxBatchRows, options] of [
        [rows, {}],
        [700, { rangeBytes: 20_000 }],
        [100, {}],
      ]) {
        const found = problemsOr(await toldOfArrow(logits, type, maxBatchRows, options))
        assert.deepEqual(found, expected, JSON.stringify({ ...type, maxBatchRows }))
      }
    }
  }

  test('where all have as many numbers', async () => assertTold(lists, await toldOfJson(lists)))

  test('where lists and numbers are missing', async () => {
    const lacking = lists.map((list, row) => (row % 1000 === 4 ? null : row % 777 === 0 ? [list[0], null, list[2]] : list))
    await assertTold(lacking, await toldOfJson(lacking))
  })

  test('where some have other counts', async () => {
    const counts = new Map([
      [4001, 4],
      [5000, 0],
      [8999, 2],
    ])
    const odd = lists.map((list, row) => (counts.has(row) ? [...list, 1].slice(0, counts.get(row)) : list))
    const problems = [...counts].map(([row, count]) => `${row + 1}: the list has ${count} numbers, but those of other rows have 3`)
    await assertTold(odd, problems)
  })
})

describe('fractions of which some are missing', () => {
  const { logits, labels } = makeRows()
  const whole = columnsOf(logits, labels)
  const isMissing = (row) => row % 1000 === 3 || (row > 4000 && row < 4900)
  const lacking = Array.from(whole.logit_1, (logit, row) => (isMissing(row) ? null : logit))
  const told = async (bytes) => {
    const { files, mapping, ...rest } = JSON.parse(await outcome(new File([bytes], 'rows'), { missing: 'leaveOut', workers: 1 }))
    return rest
  }

  test('are the same rows in Parquet, Arrow and JSON', async () => {
    const numbers = Object.fromEntries(Object.entries(whole).map(([name, values]) => [name, Array.from(values)]))
    const expected = await told(JSON.stringify({ ...numbers, logit_1: lacking }))
    assert.equal(expected.rows, rows - lacking.filter((logit) => logit === null).length)
    const columns = { ...whole, logit_1: Float32Array.from(lacking, (logit) => logit ?? Number.NaN) }
    assert.deepEqual(await told(parquet(columns, 5000, 700, { optional: true })), expected)
    for (const type of [float32(), flechette.float64()]) {
      const table = tableFromArrays({ ...whole, logit_1: lacking }, { types: { logit_1: type }, maxBatchRows: 700 })
      assert.deepEqual(await told(tableToIPC(table, { format: 'stream' })), expected)
    }
  })

  test('are told from those that are no numbers', async () => {
    const columns = { ...whole, id: Array.from(labels, (_, row) => [0.5, null, Number.NaN][row % 3]) }
    const table = tableFromArrays(columns, { types: { id: flechette.float64() }, maxBatchRows: 700 })
    const { preview } = await inspect(new File([tableToIPC(table, { format: 'stream' })], 'rows'))
    assert.deepEqual(
      preview.slice(0, 3).map((cells) => cells.at(-1)),
      ['0.5', '', 'nan'],
    )
  })
})

describe('record batches', () => {
  const { logits, labels } = makeRows(1000)
  const told = async (bytes, options) => {
    const { files, ...rest } = JSON.parse(await outcome(new File([bytes], 'rows.arrows'), { workers: 1, ...options }))
    return rest
  }

  /** The labels of a part by a dictionary of their own. */
  const part = (from, to) => {
    const columns = columnsOf(logits.subarray(classes * from, classes * to), labels.subarray(from, to))
    const names = Array.from(columns.label, (label) => `c${label}`)
    const scores = Object.fromEntries(scoreNames.map((name, c) => [`c${c}`, columns[name]]))
    return tableToIPC(tableFromArrays({ ...scores, label: names }, { types: { label: dictionary(utf8()) } }), { format: 'stream' })
  }

  test('have the dictionaries in front of them', async () => {
    const end = 8
    const withoutSchema = (bytes) => bytes.subarray(8 + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true))
    // The first labels of the parts differ, and so do the places of their names.
    const parts = [part(0, 200), part(200, 401), part(401, 1000)]
    const joined = Buffer.concat([parts[0].subarray(0, -end), withoutSchema(parts[1]).subarray(0, -end), withoutSchema(parts[2])])
    assert.deepEqual(await told(joined), await told(part(0, 1000)))
  })

  test('have whole numbers of 64 bits', async () => {
    const id = BigInt64Array.from(labels, (_, row) => 2n ** 60n + BigInt(row))
    const columns = { id, ...columnsOf(logits, labels) }
    const { hardest } = await told(tableToIPC(tableFromArrays(columns), { format: 'stream' }))
    assert.deepEqual(
      hardest.map(({ id }) => id),
      hardest.map(({ row }) => String(id[row - 1])),
    )
  })

  test('have ids in any script', async () => {
    const texts = ['a', 'é', '', '日本語', '🙂 b']
    const columns = columnsOf(
      logits.map(() => 0),
      labels,
    )
    for (const [row, logit] of [9, 8, 7, 6, 5].entries()) columns.logit_0[row] = labels[row] === 0 ? -logit : logit
    const table = tableFromArrays({ id: Array.from(labels, (_, row) => texts[row] ?? `row-${row}`), ...columns }, { types: { id: utf8() } })
    const { hardest } = await told(tableToIPC(table, { format: 'stream' }), { hardest: 8 })
    const byRow = [...hardest].sort((a, b) => a.row - b.row)
    assert.deepEqual(
      byRow.slice(0, 5).map(({ row, id }) => [row, id]),
      texts.map((text, row) => [row + 1, text]),
    )
  })

  test('in front of one that is cut off are looked at', async () => {
    const { mapping } = await inspect(new File([arrow(logits, labels).subarray(0, -1000)], 'rows.arrows'))
    assert.match(mapping.scores.evidence, /^scores of the first 700 rows/)
  })
})

describe('the same of rows at fault', () => {
  const { logits, labels } = makeRows()
  labels[5000] = 9
  labels[8000] = -1
  logits[6000 * classes + 1] = Number.NaN

  for (const [name, source, options] of formats({ logits, labels })) {
    test(name, async () => {
      const error = await assertSame(source, options)
      const bad = Array.from({ length: rows }, (_, row) => row + 1).filter((row) => [5000, 6000, 8000].includes(original(name, row - 1)))
      assert.deepEqual(
        error.problems.map(({ row }) => row),
        bad,
      )
    })
  }

  test('which are left out', async () => {
    const whole = makeRows()
    for (let row = 0; row < rows; row += 500) whole.logits[row * classes] = Number.NaN
    for (const [name, source, options] of formats(whole)) {
      if (name.startsWith('JSON')) continue
      const report = await assertSame(source, { ...options, missing: 'leaveOut' })
      assert.deepEqual([report.rows, report.leftOut.rows], [rows - 18, 18], name)
    }
  })
})

describe('an evaluation that stays open is the same', () => {
  /** All that it says after each of some changes. */
  async function saidOf(file, options) {
    const evaluation = await open(file, options)
    const said = []
    try {
      for (const settings of [{}, { gamma: 3, hardest: 7 }, { temperature: 2 }, { ignoreIndex: 1 }, { bins: 5, ignoreIndex: -100 }]) {
        await evaluation.update(settings)
        const { total, rows: page } = await evaluation.rows({ sort: 'ascending', from: 0.2, to: 1.5, limit: 30, offset: 5 })
        said.push(JSON.stringify([evaluation.isKept, evaluation.report, total, page]))
      }
    } finally {
      evaluation.dispose()
    }
    return said
  }

  const made = makeRows()
  const text = csv(['label', 'text', ...scoreNames].join(','), (row) => `${made.labels[row]},"a\n${row}",${line(made.logits, row)}`)
  for (const [name, source, options] of [...formats(made), ['CSV', text, {}]]) {
    test(name, async () => {
      const file = await source
      const expected = await saidOf(file, { ...options, workers: 1 })
      assert.match(expected[0], /^.true/)
      for (const [workers, rangeBytes] of ways) assert.deepEqual(await saidOf(file, { ...options, workers, rangeBytes }), expected)
    })
  }

  test('and where the rows do not fit', async () => {
    const expected = await saidOf(text, { workers: 1, memory: 100_000 })
    assert.match(expected[0], /^.false/)
    assert.deepEqual(await saidOf(text, { workers: 2, rangeBytes: 9000, memory: 100_000 }), expected)
  })
})

/** Does the work while `change` has every message to a worker, and lets it go. */
async function withMessages(change, work) {
  const { postMessage } = Worker.prototype
  Worker.prototype.postMessage = function (message, ...rest) {
    change(this, message, () => postMessage.call(this, message, ...rest))
  }
  try {
    await work()
  } finally {
    Worker.prototype.postMessage = postMessage
  }
}

describe('workers that are given rows', () => {
  const { logits, labels } = makeRows()
  const predictions = Buffer.from(csvText(scoreNames.join(','), (row) => line(logits, row)))
  const options = { labels: csv('label', (row) => labels[row]), workers: 2, rangeBytes: 4096 }
  const file = new File([predictions], 'logits.csv')

  test('and die are an error', async () => {
    let portions = 0
    const kill = (worker, message, go) => (message.kind === 'portion' && ++portions === 3 ? worker.terminate() : go())
    await withMessages(kill, () =>
      assert.rejects(evaluate(file, options), {
        name: 'DataError',
        message: 'logits.csv: a worker died while the file was evaluated: it exited with code 1',
      }),
    )
  })

  test('stop at once when they are told to', async () => {
    const controller = new AbortController()
    let portions = 0
    const abort = (_, message, go) => {
      if (message.kind === 'portion' && ++portions === 3) controller.abort(new Error('enough'))
      go()
    }
    await withMessages(abort, () => assert.rejects(evaluate(file, { ...options, signal: controller.signal }), { message: 'enough' }))
  })

  test('give no number where the file changes', async () => {
    let isChanged = false
    const read = async (start, end) => new Uint8Array(predictions.subarray(start, end))
    const source = { name: 'log.csv', size: predictions.length, read, version: async () => String(isChanged) }
    const onInspection = () => {
      isChanged = true
    }
    await assert.rejects(evaluate(source, { ...options, onInspection }), {
      name: 'DataError',
      message: 'log.csv: it changed while it was read',
    })
  })

  test('tell how far they are', async () => {
    const steps = []
    await evaluate(file, { ...options, onProgress: (step) => steps.push(step) })
    const last = steps.at(-1)
    assert.deepEqual([last.bytes, last.total, last.rows, last.secondsLeft], [file.size, file.size, rows, 0])
  })

  test('are not needed for a small file', async () => {
    let started = 0
    const count = (_, message, go) => {
      started += message.kind === 'start' ? 1 : 0
      go()
    }
    await withMessages(count, () => evaluate(file, { labels: options.labels }))
    assert.equal(started, 0)
  })
})

describe('workers that are given groups', () => {
  const { logits, labels } = makeRows()
  const bytes = parquet(columnsOf(logits, labels), 500)
  const rangeBytes = 16 * 500
  const files = {
    'all.parquet': { file: new File([bytes], 'all.parquet'), groups: 18 },
    'all.arrows': { file: new File([arrow(logits, labels)], 'all.arrows'), groups: 13 },
    'all.safetensors': { file: new File([safetensors(logits, labels)], 'all.safetensors'), groups: 18 },
    'logits.npy': {
      file: new File([npy(logits, '<f4', [rows, classes])], 'logits.npy'),
      labels: new File([npy(labels, '<i4', [rows])], 'labels.npy'),
      groups: 18,
    },
  }

  for (const [name, { file, labels, groups }] of Object.entries(files)) {
    test(`of ${name} have all of them`, async () => {
      const kinds = []
      const count = (_, message, go) => {
        if (message.kind === 'portion') kinds.push(message.content.kind)
        go()
      }
      await withMessages(count, () => evaluate(file, { labels, workers: 3, rangeBytes }))
      assert.deepEqual(new Set(kinds), new Set(['group']))
      assert.equal(kinds.length, groups)
    })

    test(`of ${name} and die are an error`, async () => {
      let portions = 0
      const kill = (worker, message, go) => (message.kind === 'portion' && ++portions === 3 ? worker.terminate() : go())
      await withMessages(kill, () =>
        assert.rejects(evaluate(file, { labels, workers: 2, rangeBytes }), {
          name: 'DataError',
          message: `${name}: a worker died while the file was evaluated: it exited with code 1`,
        }),
      )
    })

    test(`of ${name} stop at once when they are told to`, async () => {
      const controller = new AbortController()
      let portions = 0
      const abort = (_, message, go) => {
        if (message.kind === 'portion' && ++portions === 3) controller.abort(new Error('enough'))
        go()
      }
      const { signal } = controller
      await withMessages(abort, () => assert.rejects(evaluate(file, { labels, workers: 2, rangeBytes, signal }), { message: 'enough' }))
    })

    test(`of ${name} tell how far they are`, async () => {
      const steps = []
      await evaluate(file, { labels, workers: 2, rangeBytes, onProgress: (step) => steps.push(step) })
      assert.ok(steps.every(({ rows: read }, i) => i === 0 || read >= steps[i - 1].rows))
      const last = steps.at(-1)
      assert.deepEqual([last.bytes, last.total, last.rows], [file.size, file.size, rows])
    })
  }

  test('have dictionaries once', async () => {
    const file = new File([arrow(logits, labels, dictionary(utf8()))], 'all.arrows')
    const sent = new Map()
    const count = (worker, message, go) => {
      if (message.kind === 'portion') sent.set(worker, [...(sent.get(worker) ?? []), message.content.group.content.before.length])
      go()
    }
    const expected = await outcome(file, { workers: 1 })
    let told = ''
    await withMessages(count, async () => {
      told = await outcome(file, { workers: 2, rangeBytes })
    })
    assert.equal(told, expected)
    assert.equal(sent.size, 2)
    // The schema and a dictionary.
    for (const [first, ...others] of sent.values()) assert.deepEqual([first, ...new Set(others)], [2, 0])
  })

  test('one of which is broken say so as one thread does', async () => {
    const broken = Buffer.from(bytes)
    // The header of a page in a later group.
    broken.fill(0xff, broken.length >> 1, (broken.length >> 1) + 4000)
    const file = new File([broken], 'all.parquet')
    const expected = await outcome(file, { workers: 1 })
    assert.match(expected, /Parquet file that cannot be read/)
    assert.equal(await outcome(file, { workers: 2 }), expected)
  })

  test('read arrays by themselves where they can, and say where these end', async () => {
    const { file, labels } = files['logits.npy']
    const cut = 20_000
    const ofTwo = { workers: 2, rangeBytes }
    const sent = []
    const count = (_, message, go) => {
      if (message.kind === 'portion') sent.push(...message.content.group.content.columns.map(({ stored }) => stored))
      go()
    }
    await withMessages(count, () =>
      onDisk(file, (source, path) =>
        onDisk(labels, async (ofLabels) => {
          await evaluate(source, { ...ofTwo, labels: ofLabels })
          assert.ok(sent.every(({ begin, end }) => begin < end))
          await assert.rejects(evaluate({ ...source, descriptor: 1e6 }, { ...ofTwo, labels: ofLabels }), {
            message: /^logits.npy: bytes \d+ to \d+ could not be read: EBADF/,
          })
          truncateSync(path, cut)
          await assert.rejects(evaluate(source, { ...ofTwo, labels: ofLabels }), {
            name: 'DataError',
            message: `logits.npy: it ended at byte ${cut} of ${file.size} while it was read`,
          })
        }),
      ),
    )
  })

  test('name the file that a row at fault is in', async () => {
    const file = new File([npy(logits, '<f4', [rows, classes])], 'logits.npy')
    const labels = new File(
      [
        npy(
          BigInt64Array.from({ length: rows }, (_, row) => (row === 7000 ? 1n << 40n : 1n)),
          '<i8',
          [rows],
        ),
      ],
      'labels.npy',
    )
    for (const workers of [1, 2]) {
      await assert.rejects(evaluate(file, { labels, workers }), {
        message: 'labels.npy: row 7001, column "array": the label 1099511627776 is beyond 32 bits',
      })
    }
  })

  test('leave the bytes of a source to it', async () => {
    const read = async (start, end) => new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start)
    const expected = await outcome(files['all.parquet'].file, { workers: 1 })
    assert.equal(await outcome({ name: 'all.parquet', size: bytes.length, read }, { workers: 2 }), expected)
    assert.ok(bytes.equals(parquet(columnsOf(logits, labels), 500)))
  })
})
