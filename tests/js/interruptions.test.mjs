// Files that change or end while they are read, and readings that are aborted: an error, never a number.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compare, evaluate, open } from 'losskit/evaluate'
import { textFile } from './tables.mjs'

const lines = Array.from({ length: 4000 }, (_, i) => `r${i},${i % 3},${Math.sin(i).toFixed(3)},${Math.cos(i).toFixed(3)},${(i % 7) / 4}`)
const text = `id,label,logit_0,logit_1,logit_2\n${lines.join('\n')}\n`
const steady = textFile(text, 'steady.csv')
const labels = `id,label\n${lines.map((line) => line.split(',').slice(0, 2).join()).join('\n')}\n`
const unlabelled = `id,logit_0,logit_1,logit_2\n${lines.map((line) => line.replace(/,\d/, '')).join('\n')}\n`

/** A file that counts its reads; `more` becomes part of it. */
function counted(content, more = {}) {
  const bytes = new TextEncoder().encode(content)
  const source = {
    name: 'counted.csv',
    size: bytes.length,
    reads: 0,
    async read(start, end) {
      source.reads++
      return bytes.slice(start, end)
    },
    ...more,
  }
  return source
}

/** All that reads a file to its end. */
const readers = {
  evaluate: (file, options) => evaluate(file, { workers: 1, ...options }),
  'evaluate with workers': (file, options) => evaluate(file, { workers: 2, ...options }),
  compare: (file, options) => compare([{ ...options, predictions: steady, labels: undefined }, file], options),
  open: (file, options) => open(file, options),
  'open where it is not kept': (file, options) => open(file, { ...options, memory: 0 }),
}

const small = { rangeBytes: 4000 }

for (const [name, read] of Object.entries(readers)) {
  describe(name, () => {
    const reads = async (file) => {
      await read(file, small)
      return file.reads
    }

    test('says that a file has changed while it was read', async () => {
      const last = await reads(counted(text))
      // At the beginning, on the way and with the last bytes.
      for (const at of [4, Math.floor(last / 2), last]) {
        const file = counted(text)
        file.version = async () => String(file.reads >= at)
        await assert.rejects(read(file, small), { name: 'DataError', message: 'counted.csv: it changed while it was read' })
      }
    })

    test('says so of a file of labels', async () => {
      const file = counted(labels, { name: 'labels.csv' })
      file.version = async () => String(file.reads > 3)
      const predictions = counted(unlabelled)
      await assert.rejects(read(predictions, { ...small, labels: file }), {
        name: 'DataError',
        message: 'labels.csv: it changed while it was read',
      })
    })

    test('and not that it is broken', async () => {
      const file = counted(text)
      const whole = file.read
      file.version = async () => String(file.reads > 20)
      file.read = async (start, end) => {
        const bytes = await whole(start, end)
        return file.reads > 20 ? bytes.fill(0x22) : bytes
      }
      await assert.rejects(read(file, small), { name: 'DataError', message: 'counted.csv: it changed while it was read' })
    })

    test('says that a file has ended before its size', async () => {
      const file = counted(text)
      file.size += 10_000
      await assert.rejects(read(file, small), {
        name: 'DataError',
        message: /^counted\.csv: it ended at byte \d+ of \d+ while it was read$/,
      })
    })

    test('says that bytes could not be read', async () => {
      const file = counted(text)
      const whole = file.read
      file.read = (start, end) => (file.reads > 15 ? Promise.reject(new Error('gone')) : whole(start, end))
      await assert.rejects(read(file, small), { name: 'DataError', message: /^counted\.csv: bytes \d+ to \d+ could not be read: gone$/ })
    })

    test('asks for nothing more once it is aborted', async () => {
      const reason = new Error('enough')
      for (const at of [1, 3, 12, 25]) {
        const controller = new AbortController()
        const file = counted(text)
        const whole = file.read
        file.read = (start, end) => {
          if (file.reads + 1 === at) controller.abort(reason)
          return whole(start, end)
        }
        await assert.rejects(read(file, { ...small, signal: controller.signal }), reason)
        assert.equal(file.reads, at)
        await new Promise((resolve) => setTimeout(resolve, 20))
        assert.equal(file.reads, at)
      }
    })

    test('waits for nothing more once it is aborted', async () => {
      const reason = new Error('enough')
      const controller = new AbortController()
      const file = counted(text)
      const whole = file.read
      file.read = (start, end) => {
        if (file.reads < 10) return whole(start, end)
        queueMicrotask(() => controller.abort(reason))
        return new Promise(() => {})
      }
      await assert.rejects(read(file, { ...small, signal: controller.signal }), reason)
    })
  })
}

test('an evaluation that reads again says that the file is another one', async () => {
  let version = 'first'
  const file = counted(text, { version: async () => version })
  const evaluation = await open(file, { memory: 0 })
  const { report } = evaluation
  await evaluation.update({ gamma: 3 })
  version = 'second'
  await assert.rejects(evaluation.update({ gamma: 4 }), { name: 'DataError', message: 'counted.csv: it changed while it was read' })
  assert.notEqual(evaluation.report, report)
  assert.equal(evaluation.report.losses.find(({ key }) => key === 'softmaxFocal').parameters.gamma, 3)
})
