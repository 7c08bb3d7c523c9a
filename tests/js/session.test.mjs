// Evaluations that stay open: settings changed and rows looked at in memory give what reading the file anew gives.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { evaluate, open } from 'losskit/evaluate'
import { fileOf, samples, textFile } from './tables.mjs'

const digits = fileOf(`${samples}/digits_logits.csv`)
const cancer = fileOf(`${samples}/cancer_scores.csv`)
const labels = textFile('name,y_a,y_b,logit_a,logit_b\nfirst,1,1,2,-1\nsecond,0,1,-3,0.5\nthird,0,0,1,-2\n')
const weighted = textFile(
  `id,label,logit_0,logit_1,weight\n${Array.from({ length: 50 }, (_, i) => `r${i},${i % 2},${Math.sin(i)},${Math.cos(i * i)},${i % 4}`).join('\n')}\n`,
)

/** The fit belongs to the scores: the same to the last bit only where it is fitted to the same rows in the same order. */
const comparable = (report) => JSON.parse(JSON.stringify(report))

const changes = [
  { gamma: 0.7 },
  { gammas: [] },
  { alpha: 0.6, bins: 7 },
  { labelSmoothing: 0.3 },
  { classWeight: 'effective' },
  { hardest: 3 },
  { temperature: 1.7 },
  { temperature: 0.5, gamma: 1 },
  { temperature: 1 },
]

describe('update', () => {
  for (const [name, file, options] of [
    ['multi-class', digits, {}],
    ['binary', cancer, {}],
    ['multi-label', labels, { id: 'name' }],
    ['weighted', weighted, { weight: 'weight', id: 'id' }],
  ]) {
    for (const memory of [undefined, 0]) {
      test(`${name}, ${memory === 0 ? 'read again' : 'in memory'}`, async () => {
        const evaluation = await open(file, { ...options, memory })
        assert.equal(evaluation.isKept, memory !== 0)
        assert.deepEqual(comparable(evaluation.report), comparable(await evaluate(file, options)))
        let settings = {}
        for (const change of changes) {
          settings = { ...settings, ...change }
          const report = await evaluation.update(change)
          assert.deepEqual(comparable(report), comparable(await evaluate(file, { ...options, ...settings })), JSON.stringify(change))
          assert.equal(evaluation.report, report)
        }
        evaluation.dispose()
        await assert.rejects(evaluation.update({}), TypeError)
        await assert.rejects(evaluation.rows(), TypeError)
      })
    }
  }

  test('of ignoreIndex changes which rows count, or says which label is none', async () => {
    const file = textFile('label,logit_0,logit_1,logit_2\n0,1,2,0\n2,0,1,0\n1,3,1,0\n2,0,0,4\n')
    const evaluation = await open(file)
    const report = await evaluation.update({ ignoreIndex: 2 })
    assert.deepEqual([report.rows, report.ignored], [2, 2])
    assert.deepEqual(comparable(report), comparable(await evaluate(file, { ignoreIndex: 2 })))
    const other = await open(textFile('label,logit_0,logit_1\n0,1,2\n-1,0,1\n'), { ignoreIndex: -1 })
    await assert.rejects(other.update({ ignoreIndex: -100 }), { name: 'DataError', row: 2, line: 3 })
    assert.equal(other.report.ignored, 1)
    assert.equal((await other.update({ gamma: 1 })).ignored, 1, 'a change that failed is none')
  })

  test('of ignoreIndex, one after the other and with other settings between', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `r${i},${(i * 7) % 3},${Math.sin(i)},${Math.cos(i * i)},${Math.sin(3 * i)},${i % 4}`)
    const file = textFile(`id,label,logit_0,logit_1,logit_2,weight\n${lines.join('\n')}\n`)
    const options = { id: 'id', weight: 'weight' }
    for (const first of [{}, { ignoreIndex: 1 }]) {
      const evaluation = await open(file, { ...options, ...first })
      let settings = first
      for (const change of [
        { ignoreIndex: 2 },
        { gamma: 3.3, bins: 4 },
        { ignoreIndex: 0 },
        { temperature: 2 },
        { ignoreIndex: -100 },
        { hardest: 2 },
      ]) {
        settings = { ...settings, ...change }
        const report = await evaluation.update(change)
        assert.deepEqual(comparable(report), comparable(await evaluate(file, { ...options, ...settings })), JSON.stringify(settings))
        assert.equal((await evaluation.rows()).total, report.rows)
      }
    }
  })

  test('of scores that a row far behind has none for leaves everything as it was', async () => {
    const lines = Array.from({ length: 9000 }, (_, i) => `${i % 2},${(1 + (i % 7)) / 8},${(1 + (i % 4)) / 8}`)
    const file = textFile(`label,p_0,p_1\n${[...lines, '1,0,0'].join('\n')}\n`)
    const evaluation = await open(file)
    const all = await evaluation.rows({ limit: 10_000 })
    for (const change of [{ renormalise: true }, { renormalise: true, temperature: 3 }]) {
      await assert.rejects(evaluation.update(change), { name: 'DataError', row: 9001, line: 9002 })
      assert.deepEqual(await evaluation.rows({ limit: 10_000 }), all)
      const report = await evaluation.update({ gamma: 1 })
      assert.deepEqual(comparable(report), comparable(await evaluate(file, { gamma: 1 })))
    }
  })

  test('goes before rows that are still looked for, which are then those it leaves', async () => {
    const lines = Array.from({ length: 9000 }, (_, i) => `${i % 2},${Math.sin(i).toFixed(4)},${Math.cos(i * i).toFixed(4)}`)
    const evaluation = await open(textFile(`label,logit_0,logit_1\n${lines.join('\n')}\n`))
    const [looked] = await Promise.all([evaluation.rows({ limit: 5 }), evaluation.update({ temperature: 3 })])
    assert.deepEqual(looked, await evaluation.rows({ limit: 5 }))
    assert.deepEqual(looked.rows, evaluation.report.hardest.slice(0, 5))
  })

  test('of several settings at once, each from where the one before has left it', async () => {
    for (const memory of [undefined, 0]) {
      const evaluation = await open(digits, { memory })
      const reports = await Promise.all(
        [{ gamma: 3 }, { gamma: -1 }, { bins: 5 }].map((change) => evaluation.update(change).catch(() => null)),
      )
      assert.equal(reports[1], null)
      assert.deepEqual(comparable(reports[2]), comparable(await evaluate(digits, { gamma: 3, bins: 5 })))
      assert.equal(evaluation.report, reports[2])
    }
  })

  test('tells the losses before all else where that is work', async () => {
    for (const [name, file, options, changes] of [
      ['multi-class', digits, {}, [{ temperature: 1.7 }, { ignoreIndex: 3 }, { ignoreIndex: 4 }, { temperature: 0.6, ignoreIndex: -100 }]],
      ['binary', cancer, {}, [{ temperature: 1.7 }, { ignoreIndex: 1 }, { ignoreIndex: -100 }]],
      ['multi-label', labels, { id: 'name' }, [{ temperature: 1.7 }]],
      ['weighted', weighted, { weight: 'weight', id: 'id' }, [{ temperature: 1.7 }, { ignoreIndex: 1 }]],
    ]) {
      const evaluation = await open(file, options)
      for (const change of changes) {
        let before
        const report = await evaluation.update(change, { onLosses: (losses) => (before = losses) })
        const first = report.losses.filter(({ key }) => !/Gamma/.test(key))
        assert.deepEqual(
          before.map(({ key }) => key),
          first.map(({ key }) => key),
          name,
        )
        for (const [i, { key, mean, sum, weight, parameters }] of first.entries()) {
          assert.deepEqual([before[i].weight, before[i].parameters], [weight, parameters], key)
          const most = /Focal|Smoothed/.test(key) ? 1e-6 : 0
          for (const [early, late] of [
            [before[i].mean, mean],
            [before[i].sum, sum],
          ]) {
            assert.ok(Math.abs(early - late) <= most * Math.abs(late), `${name}, ${JSON.stringify(change)}, ${key}: ${early} and ${late}`)
          }
        }
      }
      if (name !== 'multi-label') await evaluation.update({ gamma: 3 }, { onLosses: () => assert.fail('all is as soon there') })
    }
  })

  test('tells the same losses first where several threads work them, or one of them is lost', async () => {
    const row = (i) => `${i % 3},${[1, 2, 3].map((c) => (5 * Math.sin(i * c + c)).toFixed(5))}`
    const file = textFile(`label,logit_0,logit_1,logit_2\n${Array.from({ length: 60_000 }, (_, i) => row(i)).join('\n')}\n`)
    const [alone, shared] = await Promise.all([open(file, { workers: 1 }), open(file, { workers: 3 })])
    const { postMessage } = Worker.prototype
    const asked = []
    let isLosing = false
    Worker.prototype.postMessage = function (...message) {
      if (message[0].kind === 'losses') asked.push(this)
      if (message[0].kind === 'losses' && isLosing) this.terminate()
      postMessage.apply(this, message)
    }
    const firstOf = async (evaluation, change) => {
      let first
      await evaluation.update(change, { onLosses: (losses) => (first = losses) })
      return first
    }
    try {
      await shared.prepare()
      assert.equal(asked.length, 0)
      assert.deepEqual(await firstOf(shared, { temperature: 1.1 }), await firstOf(alone, { temperature: 1.1 }))
      assert.equal(new Set(asked).size, 2)
      for (const change of [{ temperature: 1.7 }, { temperature: 0.4, gamma: 1 }]) {
        assert.deepEqual(await firstOf(shared, change), await firstOf(alone, change))
      }
      isLosing = true
      assert.deepEqual(await firstOf(shared, { temperature: 3 }), await firstOf(alone, { temperature: 3 }))
      isLosing = false
      const before = asked.length
      assert.deepEqual(await firstOf(shared, { temperature: 1 }), await firstOf(alone, { temperature: 1 }))
      assert.equal(asked.length, before)
    } finally {
      Worker.prototype.postMessage = postMessage
      shared.dispose()
      alone.dispose()
    }
  })

  test('has other threads prepare for the next change by itself once that is of use', async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => `${i % 2},${(5 * Math.sin(i)).toFixed(5)}`)
    const evaluation = await open(textFile(`label,logit\n${lines.join('\n')}\n`), { workers: 2 })
    const { postMessage } = Worker.prototype
    let isAsked = false
    Worker.prototype.postMessage = function (...message) {
      isAsked ||= message[0].kind === 'losses'
      postMessage.apply(this, message)
    }
    try {
      for (let turn = 1; !isAsked; turn++) await evaluation.update({ temperature: 1 + turn / 100 }, { onLosses() {} })
    } finally {
      Worker.prototype.postMessage = postMessage
      evaluation.dispose()
    }
    await assert.rejects(evaluation.prepare(), TypeError)
  })

  test('tells the first focal loss before the others where all of them change', async () => {
    const evaluation = await open(cancer)
    let first
    const report = await evaluation.update({ alpha: 0.4 }, { onLosses: (losses) => (first = losses) })
    assert.deepEqual(
      first,
      report.losses.filter(({ key }) => !/Gamma/.test(key)),
    )
    assert.deepEqual(comparable(report), comparable(await evaluate(cancer, { alpha: 0.4 })))
    // As a page does, at once or when the losses have come to it.
    for (const end of [(ending) => ending.abort(), (ending) => setTimeout(() => ending.abort())]) {
      const ending = new AbortController()
      await assert.rejects(evaluation.update({ alpha: 0.9 }, { signal: ending.signal, onLosses: () => end(ending) }), {
        name: 'AbortError',
      })
      assert.equal(evaluation.report, report)
    }
    assert.deepEqual(comparable(await evaluation.update({ bins: 5 })), comparable(await evaluate(cancer, { alpha: 0.4, bins: 5 })))
  })

  test('tells of several labels the losses that differ first', async () => {
    const lines = ['label_0,label_1,label_2,logit_0,logit_1,logit_2,weight']
    for (let i = 0; i < 300; i++) {
      const scores = [1, 2, 3].map((c) => (5 * Math.sin(i * c + c)).toFixed(5))
      lines.push([i % 2, i % 3 ? 0 : 1, i % 5 ? 1 : 0, ...scores, (i % 4) / 2].join(','))
    }
    const file = textFile(`${lines.join('\n')}\n`)
    for (const options of [{}, { weight: 'weight' }]) {
      const evaluation = await open(file, options)
      for (const change of [
        { gamma: 0.7 },
        { alpha: 0.4 },
        { bins: 7 },
        { gamma: 1.5, bins: 20, alpha: 0.9 },
        { bins: 6, momentum: 0.5 },
      ]) {
        let first
        const report = await evaluation.update(change, { onLosses: (losses) => (first = losses) })
        assert.deepEqual(
          first,
          report.losses.filter(({ key }) => !/Gamma/.test(key)),
          JSON.stringify(change),
        )
      }
    }
  })

  test('can be ended, and is none then', async () => {
    const evaluation = await open(digits)
    const before = evaluation.report
    for (const change of [{ temperature: 2 }, { ignoreIndex: 3 }]) {
      const ending = new AbortController()
      const updated = evaluation.update(change, { signal: ending.signal, onLosses: () => ending.abort() })
      await assert.rejects(updated, { name: 'AbortError' })
      await assert.rejects(evaluation.update(change, { signal: ending.signal }), { name: 'AbortError' })
      assert.equal(evaluation.report, before)
    }
    assert.deepEqual(comparable(await evaluation.update({ gamma: 3 })), comparable(await evaluate(digits, { gamma: 3 })))
    const other = await open(digits, { memory: 0 })
    await assert.rejects(other.update({ gamma: 3 }, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  })

  test('of a soft truth ignores no class', async () => {
    const evaluation = await open(textFile('y_a,y_b,logit_a,logit_b\n0.5,0.5,1,2\n1,0,0,1\n0.2,0.8,0,3\n'), { task: 'multiClass' })
    const report = await evaluation.update({ ignoreIndex: 0 })
    assert.equal(report.rows, 3)
    assert.equal((await evaluation.rows()).total, 3)
  })

  test('refuses what makes no sense and stays as it was', async () => {
    const evaluation = await open(digits)
    await assert.rejects(evaluation.update({ gamma: -1 }), RangeError)
    await assert.rejects(evaluation.update({ classWeight: [1] }), RangeError)
    assert.equal((await evaluation.update({ bins: 5 })).ghm.counts.length, 5)
  })
})

describe('rows', () => {
  test('are those of the report, hardest first', async () => {
    for (const [file, options] of [
      [digits, {}],
      [cancer, {}],
      [labels, { id: 'name' }],
    ]) {
      const evaluation = await open(file, options)
      const { total, rows } = await evaluation.rows({ limit: 20 })
      assert.equal(total, evaluation.report.rows)
      assert.deepEqual(rows, evaluation.report.hardest)
    }
  })

  test('by class and measure, sorted, in pages', async () => {
    const evaluation = await open(digits)
    const everything = (await evaluation.rows({ limit: 10_000 })).rows
    const all = everything.toSorted((a, b) => a.row - b.row)
    const queries = [
      { label: '8', predicted: '1' },
      { label: '3', sort: 'ascending' },
      { by: 'probability', from: 0.2, to: 0.6, sort: 'ascending', limit: 7, offset: 5 },
      { by: 'confidence', to: 0.5, predicted: '9' },
      { by: 'gradientNorm', from: 0.9, limit: 3 },
      { limit: 0 },
      { offset: 5000 },
    ]
    for (const query of queries) {
      const { by = 'loss', from = -Infinity, to = Infinity, limit = 100, offset = 0, label, predicted, sort } = query
      const matching = all
        .filter((row) => (label === undefined || row.label === label) && (predicted === undefined || row.predicted === predicted))
        .filter((row) => row[by] >= from && row[by] < to)
        .toSorted((a, b) => (sort === 'ascending' ? a[by] - b[by] : b[by] - a[by]) || a.row - b.row)
      assert.deepEqual(await evaluation.rows(query), { total: matching.length, rows: matching.slice(offset, offset + limit) })
    }
    await assert.rejects(evaluation.rows({ label: 'x' }), /label is "x"; there is no such class/)
    await assert.rejects(evaluation.rows({ by: 'row' }), RangeError)
    await assert.rejects(evaluation.rows({ limit: -1 }), RangeError)
  })

  test('of equal ones the first in the file comes first, on every page', async () => {
    const scores = [1, 3, 2]
    const lines = Array.from({ length: 5000 }, (_, i) => `0,0,${scores[i % 3]}`)
    const evaluation = await open(textFile(`label,logit_0,logit_1\n${lines.join('\n')}\n`))
    const numbers = async (query) => (await evaluation.rows({ limit: 3, ...query })).rows.map(({ row }) => row)
    assert.deepEqual(await numbers({}), [2, 5, 8])
    assert.deepEqual(await numbers({ offset: 1665 }), [4997, 5000, 3], 'where one value ends and the next begins')
    assert.deepEqual(await numbers({ sort: 'ascending' }), [1, 4, 7])
    assert.deepEqual(await numbers({ offset: 4999 }), [4999])
  })

  test('with a label among several', async () => {
    const evaluation = await open(labels, { id: 'name' })
    const ids = async (query) => (await evaluation.rows(query)).rows.map(({ id }) => id)
    assert.deepEqual((await ids({ label: 'b' })).sort(), ['first', 'second'])
    assert.deepEqual((await ids({ predicted: 'a' })).sort(), ['first', 'third'])
  })

  test('with one of their labels within bounds, as the bins of the report count them', async () => {
    const evaluation = await open(labels, { id: 'name' })
    const { gradientNorm, classes } = evaluation.report
    for (const [bin, count] of gradientNorm.counts.entries()) {
      const isLast = bin === gradientNorm.counts.length - 1
      const bounds = { from: gradientNorm.edges[bin], to: isLast ? undefined : gradientNorm.edges[bin + 1] }
      const { total } = await evaluation.rows({ by: 'gradientNorm', ...bounds, within: 'any' })
      assert.ok(total <= count && total * classes.length >= count, `bin ${bin}: ${total} rows for ${count} labels`)
    }
    const away = await open(labels, { id: 'name', memory: 0 })
    await assert.rejects(away.rows({ within: 'any' }), RangeError)
  })

  test('are the hardest alone where they are not kept', async () => {
    const evaluation = await open(digits, { memory: 1000, hardest: 5 })
    assert.equal(evaluation.isKept, false)
    const { total, rows } = await evaluation.rows({ limit: 2, offset: 1 })
    assert.equal(total, 5)
    assert.deepEqual(rows, evaluation.report.hardest.slice(1, 3))
  })

  test('follow the settings', async () => {
    const evaluation = await open(digits)
    const before = (await evaluation.rows({ limit: 1 })).rows[0]
    await evaluation.update({ temperature: 4 })
    const after = (await evaluation.rows({ limit: 1 })).rows[0]
    assert.ok(after.loss < before.loss)
    assert.deepEqual(after, evaluation.report.hardest[0])
  })
})
