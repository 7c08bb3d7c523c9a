// Sources that give a stream of their bytes.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { evaluate } from 'losskit/evaluate'
import { textFile } from './tables.mjs'

const lines = Array.from({ length: 20_000 }, (_, i) => `${i % 3},${Math.sin(i).toFixed(4)},${Math.cos(i).toFixed(4)},${(i % 7) / 4}`)
const bytes = new TextEncoder().encode(`label,logit_0,logit_1,logit_2\n${lines.join('\n')}\n`)
const rangeBytes = 4096
const ways = [1, 2].map((workers) => ({ workers, rangeBytes }))

/** `pull` is given the place of the next byte and answers as a byte stream's does. */
function sourceOf(pull, more = {}) {
  const source = {
    name: 'stream.csv',
    size: bytes.length,
    reads: [],
    cancelled: 0,
    givesAway: true,
    read: async (start, end) => {
      source.reads.push([start, end])
      return bytes.slice(start, end)
    },
    stream(start) {
      let next = start
      return new ReadableStream({
        type: 'bytes',
        async pull(controller) {
          next += await pull(controller, next)
          if (next < bytes.length) return
          controller.close()
          controller.byobRequest?.respond(0)
        },
        cancel: () => {
          source.cancelled++
        },
      })
    },
    ...more,
  }
  return source
}

/** Some bytes of as many as are wanted, as pipes give them. */
async function give({ byobRequest: { view } = {} }, next, most = 700) {
  const some = bytes.subarray(next, next + Math.min(view.byteLength, most))
  new Uint8Array(view.buffer, view.byteOffset, some.length).set(some)
  return some.length
}

const piecewise = async (controller, next) => {
  const count = await give(controller, next)
  controller.byobRequest.respond(count)
  return count
}

describe('a source with a stream', () => {
  const expected = evaluate(textFile(new TextDecoder().decode(bytes), 'stream.csv'), { workers: 1 })

  for (const options of ways) {
    test(`is read through it, ${options.workers} workers`, async () => {
      const source = sourceOf(piecewise)
      assert.deepEqual(await evaluate(source, options), await expected)
      // Its beginning alone, to be understood.
      assert.deepEqual([...new Set(source.reads.map(([start]) => start))], [0])
      assert.ok(source.reads.every(([, end]) => end < bytes.length))
    })

    test(`is read by ranges where its stream does not fill given memory, ${options.workers} workers`, async () => {
      const source = sourceOf(piecewise, { stream: () => new ReadableStream() })
      assert.deepEqual(await evaluate(source, options), await expected)
      assert.ok(source.reads.some(([, end]) => end === bytes.length))
    })

    test(`that breaks off is an error that tells where, ${options.workers} workers`, async () => {
      const source = sourceOf(async (controller, next) => {
        if (next > 400_000) throw new Error('the disk is gone')
        return piecewise(controller, next)
      })
      await assert.rejects(evaluate(source, options), {
        name: 'DataError',
        message: /^stream.csv: bytes 397312 to 401408 could not be read: the disk is gone/,
      })
    })

    test(`that ends too early is an error that tells where, ${options.workers} workers`, async () => {
      const source = sourceOf(piecewise, { size: bytes.length + 10 })
      await assert.rejects(evaluate(source, options), {
        name: 'DataError',
        message: `stream.csv: it ended at byte ${bytes.length} of ${bytes.length + 10} while it was read`,
      })
    })

    test(`is left at once when the signal says so, ${options.workers} workers`, async () => {
      const controller = new AbortController()
      const source = sourceOf((stream, next) => {
        if (next < 400_000) return piecewise(stream, next)
        controller.abort(new Error('enough'))
        return new Promise(() => {})
      })
      await assert.rejects(evaluate(source, { ...options, signal: controller.signal }), { message: 'enough' })
    })
  }

  test('is told when no more of it is wanted', async () => {
    const source = sourceOf(piecewise)
    await assert.rejects(
      evaluate(source, {
        ...ways[0],
        onProgress() {
          throw new Error('not further')
        },
      }),
    )
    assert.ok(source.cancelled > 0)
  })
})
