// Files read by several workers, in pieces that are cut anywhere.
import assert from 'node:assert/strict'
import { truncateSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { evaluate } from 'losskit/evaluate'
import { onDisk } from './disk.mjs'
import { fileOf, fixtures, outcome, samples, textFile } from './tables.mjs'

async function assertSame(file, ways, options = {}) {
  const expected = await outcome(file, { ...options, workers: 1 })
  const check = async (source, how) => {
    for (const [workers, rangeBytes] of ways) {
      assert.equal(await outcome(source, { ...options, workers, rangeBytes }), expected, `${workers} workers, ${rangeBytes} bytes, ${how}`)
    }
  }
  await check(file, 'given to them')
  await onDisk(file, (source) => check(source, 'read by them'))
  return expected
}

const rowsOf = (report) => JSON.parse(report).rows

/** Labels 0 to 2 and three logits, with a text that has what rows are made of. */
function quotedText(rows, lineEnd = '\n') {
  const texts = ['plain', '"a, b"', `"two${lineEnd}lines"`, '"he said ""no"""', '""', `"${lineEnd}${lineEnd}1,2,3"`, 'in"side']
  const line = (i) => `${texts[i % texts.length]},${i % 3},${(i % 17) / 4 - 2},${(i % 11) / 8},${-(i % 7) / 3}`
  const lines = Array.from({ length: rows }, (_, i) => (i % 13 === 0 ? `${lineEnd} ${lineEnd}${line(i)}` : line(i)))
  return `text,label,logit_0,logit_1,logit_2${lineEnd}${lines.join(lineEnd)}${lineEnd}`
}

describe('any number of workers and any size of the pieces give the same bits', () => {
  const cases = [
    ['with LF', quotedText(3000)],
    ['with CRLF', quotedText(3000, '\r\n')],
    ['without the last line end', quotedText(3000).trimEnd()],
    ['with a byte order mark', `\uFEFF${quotedText(3000)}`],
  ]
  for (const [name, text] of cases) {
    test(name, async () => {
      const report = await assertSame(textFile(text), [
        [2, 4096],
        [2, 1000],
        [7, 333],
        [7, 5000],
      ])
      assert.equal(rowsOf(report), 3000)
    })
  }

  test('in pieces of one byte', () => assertSame(textFile(quotedText(20)), [[2, 1]]))

  test('for the samples', async () => {
    for (const name of ['digits_logits.csv', 'cancer_scores.csv']) {
      await assertSame(fileOf(`${samples}/${name}`), [
        [2, 1 << 12],
        [7, 777],
      ])
    }
  })

  test('for the fixtures, with their errors', async () => {
    for (const { path, options } of fixtures()) await assertSame(fileOf(path), [[3, 37]], options)
  })

  test('for labels in a file of their own, and for formats that are not read by lines', async () => {
    for (const { name, path, options } of fixtures()) {
      if (!/^(joined|parquet|arrow|feather|npz|safetensors|torch|json)/.test(name)) continue
      const ways = [
        [2, 64],
        [7, 500],
      ]
      await assertSame(fileOf(path), ways, options)
    }
  })

  test('for any text', async () => {
    const cell = fc.oneof(
      fc.constantFrom('0', '1', '2', '0.5', '-1e-3', '"0.25"', ' 1', '"2" ', '', '"', 'x', '""', '1\r'),
      fc.stringMatching(/^"[a,\n\r ]{0,6}("")?[a,\n]{0,3}"$/),
    )
    const good = fc.tuple(fc.constantFrom('a', '"b,"', '"c\n"', '"""\r\n"', ''), fc.nat(1), fc.integer({ min: -9, max: 9 })).map(String)
    const line = fc.oneof(
      { weight: 12, arbitrary: good },
      { weight: 1, arbitrary: fc.constantFrom('', '  ', '\r') },
      fc.array(cell).map(String),
    )
    const text = fc.tuple(fc.array(good, { minLength: 3 }), fc.array(line, { maxLength: 60 }), fc.constantFrom('\n', '\r\n'))
    const property = fc.asyncProperty(text, fc.integer({ min: 1, max: 120 }), fc.constantFrom(2, 7), async (parts, size, workers) => {
      const [first, rest, lineEnd] = parts
      const file = textFile(['id,label,score', ...first, ...rest].join(lineEnd))
      await assertSame(file, [[workers, size]])
    })
    await fc.assert(property, { numRuns: 40 })
  })
})

describe('any number of workers give the same of JSON Lines', () => {
  const texts = ['plain', 'a\\"b}', '[{', 'line\\n', '\\\\', '{\\u0022']
  const row = (i) =>
    `{"id": "${i}${texts[i % texts.length]}", "label": ${i % 3}, "scores": [${(i % 17) / 4 - 2}, ${(i % 11) / 8}, ${-(i % 7) / 3}]}`
  const rowsOf = (count) => Array.from({ length: count }, (_, i) => row(i))
  const jsonl = (text) => new File([text], 'rows.jsonl')

  for (const [name, text] of [
    ['a row a line', rowsOf(2000).join('\n')],
    ['with CRLF, blank lines and a byte order mark', `\uFEFF${rowsOf(2000).join('\r\n\r\n')}\r\n`],
    ['a row on several lines', rowsOf(2000).join('\n').replaceAll(', ', ',\n  ')],
    ['several rows on a line', rowsOf(2000).join(' ')],
  ]) {
    test(name, async () => {
      const ways = [
        [2, 4096],
        [2, 1000],
        [7, 333],
      ]
      assert.equal(JSON.parse(await assertSame(jsonl(text), ways)).rows, 2000)
    })
  }

  test('in pieces of one byte', () => assertSame(jsonl(rowsOf(10).join('\n')), [[2, 1]]))

  test('which workers read by themselves, a row on several lines too', async () => {
    const kinds = new Set()
    const { postMessage } = Worker.prototype
    Worker.prototype.postMessage = function (message, ...rest) {
      if (message.content) kinds.add(message.content.kind)
      postMessage.call(this, message, ...rest)
    }
    try {
      await onDisk(jsonl(rowsOf(500).join('\n').replaceAll(', ', ',\n  ')), (source) => evaluate(source, { workers: 2, rangeBytes: 3000 }))
    } finally {
      Worker.prototype.postMessage = postMessage
    }
    assert.deepEqual([...kinds], ['piece'])
  })

  test('with what is wrong in them', async () => {
    const broken = (line, text) => rowsOf(1500).with(line, text).join('\n')
    for (const text of [
      broken(700, '{"id": "x", "label": 7, "scores": [1, 2, 3]}'),
      broken(700, '{"id": "x", "label": 1, "scores": [1, 2]}'),
      broken(700, 'null'),
      broken(700, '{"id": "x", "label": 1, "scores": [1, 2, 3]'),
      broken(700, '{"id": "x", "label": 1, "scores": [1, 2, 3}'),
      broken(700, '"id": "x", "label": 1, "scores": [1, 2, 3]}'),
      broken(700, `{"id": "${row(3).replaceAll('"', '\\"')}", "label": 9, "scores": [1, 2, 3]}`).replace('"label": 0', '"label": 9'),
      `${rowsOf(1500).join('\n')}\n{"id": "cut`,
    ]) {
      const error = JSON.parse(
        await assertSame(jsonl(text), [
          [2, 2000],
          [7, 411],
        ]),
      )
      assert.ok(error.problems.length > 0)
    }
  })

  test('of any text', async () => {
    const part = fc.constantFrom('{', '}', '[', ']', ',', '"', '\\', ' ', '\n', '1', 'null', '"label"', '"scores": [1, 2, 3]', '@')
    const good = fc.nat(50).map(row)
    const line = fc.oneof(
      { weight: 8, arbitrary: good },
      { weight: 1, arbitrary: fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')) },
    )
    const text = fc.tuple(
      fc.array(good, { minLength: 3, maxLength: 3 }),
      fc.array(line, { maxLength: 40 }),
      fc.constantFrom('\n', '\n\n', '\n '),
    )
    const property = fc.asyncProperty(text, fc.integer({ min: 1, max: 300 }), fc.constantFrom(2, 7), async (parts, size, workers) => {
      const [first, rest, between] = parts
      await assertSame(jsonl([...first, ...rest].join(between)), [[workers, size]])
    })
    await fc.assert(property, { numRuns: 60 })
  })
})

describe('the first error in the file is the one', () => {
  const lines = Array.from({ length: 2000 }, (_, i) => `${i % 2},${i / 100 - 3}`)

  test('wherever it is', async () => {
    for (const at of [0, 1, 700, 1999]) {
      const wrong = lines.with(at, '1,text')
      const error = await assertSame(textFile(['label,score', ...wrong].join('\n')), [[3, 600]])
      assert.equal(JSON.parse(error).row, at + 1)
    }
  })

  test('of several', async () => {
    const wrong = lines.with(900, '2,0.5').with(901, '1').with(1500, '1,text')
    const error = await assertSame(textFile(['label,score', ...wrong].join('\n')), [
      [3, 600],
      [7, 100],
    ])
    assert.match(JSON.parse(error).message, /row 901 .*the label 2 is not 0 or 1/)
  })

  test('of a quote that is never closed', async () => {
    const wrong = lines.with(900, '1,"0.5')
    const error = await assertSame(textFile(['label,score', ...wrong].join('\n')), [[3, 600]])
    assert.match(JSON.parse(error).message, /row 901 .*a quote opens here and is never closed/)
  })

  test('of a row without end', async () => {
    const endless = `${lines.join('\n')}\n1,"${'x'.repeat(20 << 20)}`
    const error = await assertSame(textFile(`label,score\n${endless}`), [[2, 1 << 20]])
    assert.equal(JSON.parse(error).row, 2001)
  })
})

describe('workers that read a file themselves', () => {
  const file = textFile(quotedText(5000))
  const ofTwo = { workers: 2, rangeBytes: 1 << 12 }

  test('are given none of its bytes', async () => {
    const { postMessage } = Worker.prototype
    const pieces = []
    Worker.prototype.postMessage = function (message, ...rest) {
      if (message.kind === 'piece') pieces.push(message.piece)
      postMessage.call(this, message, ...rest)
    }
    try {
      await onDisk(file, (source) => evaluate(source, ofTwo))
    } finally {
      Worker.prototype.postMessage = postMessage
    }
    assert.ok(pieces.length >= file.size / ofTwo.rangeBytes)
    assert.ok(pieces.every(({ bytes }) => bytes === undefined))
  })

  test('say where it ended before its size', async () => {
    const expected = await outcome(
      { name: file.name, size: file.size, read: async (a, b) => (await file.bytes()).slice(a, Math.min(b, 50_000)) },
      ofTwo,
    )
    const found = await onDisk(file, (source, path) => {
      truncateSync(path, 50_000)
      return outcome(source, ofTwo)
    })
    assert.match(found, /it ended at byte 50000 of/)
    assert.equal(found, expected)
  })

  test('say why it could not be read', async () => {
    const found = await onDisk(file, (source) => outcome({ ...source, descriptor: 1e6 }, ofTwo))
    assert.match(found, /bytes 0 to 4096 could not be read: EBADF/)
  })
})

describe('workers', () => {
  const text = quotedText(5000)
  const small = { workers: 2, rangeBytes: 1 << 14 }

  test('tell how far they are', async () => {
    const steps = []
    const file = textFile(text.repeat(1))
    await evaluate(file, { ...small, onProgress: (step) => steps.push(step) })
    const last = steps.at(-1)
    assert.deepEqual([last.bytes, last.total, last.rows, last.secondsLeft], [file.size, file.size, 5000, 0])
    assert.ok(last.bytesPerSecond > 0)
  })

  test('leave the rows out that are to be', async () => {
    const lines = Array.from({ length: 500 }, (_, i) => (i % 60 === 7 ? `${i % 2},NA` : i % 90 === 8 ? `,${i}` : `${i % 2},${i / 100}`))
    const file = textFile(['label,score', ...lines].join('\n'))
    const report = await assertSame(file, [[3, 100]], { missing: 'leaveOut' })
    const { leftOut } = JSON.parse(report)
    assert.equal(leftOut.rows, 15)
    assert.deepEqual(leftOut.reasons[0].first, [8, 68, 128, 188, 248])
  })

  test('stop at once when they are told to, whatever is waited for', async () => {
    const bytes = new TextEncoder().encode(text)
    const controller = new AbortController()
    let reads = 0
    const source = {
      name: 'slow.csv',
      size: bytes.length,
      async read(start, end) {
        // The head, the sample and a few pieces; then nothing more comes.
        if (++reads > 6) {
          controller.abort(new Error('enough'))
          await new Promise(() => {})
        }
        return bytes.slice(start, end)
      },
    }
    await assert.rejects(evaluate(source, { ...small, signal: controller.signal }), { message: 'enough' })
  })

  test('are not waited for by the first numbers', async () => {
    const { postMessage } = Worker.prototype
    const heard = []
    Worker.prototype.postMessage = function (message, ...rest) {
      heard.push(message.kind)
      postMessage.call(this, message, ...rest)
    }
    const reports = []
    const onPartial = (report) => {
      heard.push('report')
      reports.push(report)
    }
    try {
      const report = await evaluate(textFile(text), { ...small, onPartial })
      assert.ok(heard.indexOf('report') < heard.indexOf('portion'), heard.slice(0, 10).join())
      assert.ok(reports[0].rows > 0 && reports[0].rows < report.rows)
      assert.deepEqual(report, await evaluate(textFile(text), small))
    } finally {
      Worker.prototype.postMessage = postMessage
    }
  })

  test('find what is wrong with a first row that the first numbers fail at', async () => {
    const [head, first, ...rows] = text.split('\n')
    const broken = textFile([head, first.replace(/[^,]*$/, 'high'), ...rows].join('\n'))
    await assert.rejects(evaluate(broken, { ...small, onPartial() {} }), { name: 'DataError', row: 1 })
  })

  test('that die are an error', async () => {
    const { postMessage } = Worker.prototype
    let pieces = 0
    Worker.prototype.postMessage = function (message, ...rest) {
      if (message.kind === 'portion' && ++pieces === 3) this.terminate()
      else postMessage.call(this, message, ...rest)
    }
    try {
      await assert.rejects(evaluate(textFile(text), small), {
        name: 'DataError',
        message: 'test.csv: a worker died while the file was evaluated: it exited with code 1',
      })
    } finally {
      Worker.prototype.postMessage = postMessage
    }
  })

  /** The threads that are given something while `work` is done. */
  async function threadsOf(work) {
    const { postMessage } = Worker.prototype
    const threads = new Set()
    Worker.prototype.postMessage = function (...message) {
      threads.add(this)
      postMessage.apply(this, message)
    }
    try {
      await work()
    } finally {
      Worker.prototype.postMessage = postMessage
    }
    return threads
  }

  test('are kept for the next file, and not those that were stopped in their work', async () => {
    const first = await threadsOf(() => evaluate(textFile(text), small))
    const second = await threadsOf(() => assert.rejects(evaluate(textFile(text.replace('1.5', 'x')), small), { name: 'DataError' }))
    const third = await threadsOf(async () => {
      const controller = new AbortController()
      const onProgress = () => controller.abort()
      await assert.rejects(evaluate(textFile(text.repeat(20)), { ...small, onProgress, signal: controller.signal }), { name: 'AbortError' })
    })
    const fourth = await threadsOf(() => evaluate(textFile(text), small))
    const all = [first, second, third, fourth].map((threads) => [...threads])
    assert.deepEqual(
      all.map((threads) => threads.map((thread) => first.has(thread))),
      [
        [true, true],
        [true, true],
        [true, true],
        [false, false],
      ],
    )
  })

  test('that were given back do not heed the signal of the work before', async () => {
    const before = new AbortController()
    await evaluate(textFile(text), { ...small, signal: before.signal })
    const { postMessage } = Worker.prototype
    Worker.prototype.postMessage = function (...args) {
      postMessage.apply(this, args)
      if (args[0].kind === 'portion') before.abort()
    }
    try {
      assert.equal((await evaluate(textFile(text), small)).rows, 5000)
    } finally {
      Worker.prototype.postMessage = postMessage
    }
    assert.equal(before.signal.aborted, true)
  })

  test('are not taken for what must be unpacked first, unless they are asked for', async () => {
    // Stored, so that it is large.
    const packed = new File([gzipSync(Buffer.from(quotedText(250_000)), { level: 0 })], 'rows.csv.gz')
    assert.ok(packed.size > 8e6)
    let started = 0
    const { postMessage } = Worker.prototype
    Worker.prototype.postMessage = function (message, ...rest) {
      started += message.kind === 'start' ? 1 : 0
      postMessage.call(this, message, ...rest)
    }
    try {
      await evaluate(packed)
      assert.equal(started, 0)
      await evaluate(packed, { workers: 2 })
      assert.equal(started, 2)
    } finally {
      Worker.prototype.postMessage = postMessage
    }
  })

  test('leave the bytes of a source to it', async () => {
    const bytes = new TextEncoder().encode(text)
    const source = { name: 'view.csv', size: bytes.length, read: async (start, end) => bytes.subarray(start, end) }
    assert.equal((await evaluate(source, small)).rows, 5000)
    assert.equal(bytes.length, source.size)
  })

  test('are a whole number', async () => {
    await assert.rejects(evaluate(textFile(text), { workers: 0 }), { name: 'RangeError', message: /workers is 0/ })
    await assert.rejects(evaluate(textFile(text), { rangeBytes: 1.5 }), { name: 'RangeError', message: /rangeBytes is 1.5/ })
  })
})

describe('memory', () => {
  /** A file of so many MiB that is nowhere as a whole. */
  function endlessFile(blocks) {
    const block = new TextEncoder().encode('1,0.2500,-1.500\n0,1.7500,-0.500\n'.repeat(1 << 15))
    const read = async (start, end) => {
      const bytes = new Uint8Array(end - start)
      for (let at = start; at < end; ) {
        const from = at % block.length
        const part = block.subarray(from, Math.min(block.length, from + end - at))
        bytes.set(part, at - start)
        at += part.length
      }
      return bytes
    }
    return { name: 'endless.csv', size: blocks * block.length, read }
  }

  async function peakOf(blocks, workers) {
    let peak = 0
    const onProgress = () => {
      peak = Math.max(peak, process.memoryUsage.rss())
    }
    const { rows } = await evaluate(endlessFile(blocks), { header: false, label: 'column 1', scores: 'logits', workers, onProgress })
    assert.equal(rows, blocks << 16)
    return peak
  }

  for (const workers of [1, 2]) {
    test(`does not grow with the file, ${workers} workers`, async () => {
      const small = await peakOf(24, workers)
      const large = await peakOf(240, workers)
      assert.ok(large - small < 100e6, `${small} and ${large} bytes`)
    })
  }
})

describe('a file that changes while it is read', () => {
  for (const workers of [1, 2]) {
    test(`is an error with ${workers} workers`, async () => {
      const bytes = new TextEncoder().encode(quotedText(1000))
      let reads = 0
      const read = async (start, end) => {
        reads++
        return bytes.slice(start, end)
      }
      const source = { name: 'log.csv', size: bytes.length, read, version: async () => String(reads > 30) }
      await assert.rejects(evaluate(source, { workers, rangeBytes: 2000 }), {
        name: 'DataError',
        message: 'log.csv: it changed while it was read',
      })
      const short = { ...source, size: bytes.length + 10, version: undefined }
      await assert.rejects(evaluate(short, { workers, rangeBytes: 2000 }), { name: 'DataError', message: /it ended at byte/ })
    })
  }
})
