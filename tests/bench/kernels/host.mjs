// The contenders of one JavaScript place, Node or a page: each prepared for a case, run and timed here, told what to do from outside.
import { openJax } from './jax.mjs'
import { openCopiedIn, openInPlace, openPublic } from './losskit.mjs'
import { openOnnxruntime } from './onnxruntime.mjs'
import { figuresOf, operations } from './operations.mjs'
import { openLimit, openLoop } from './plain.mjs'
import { openTfjs } from './tfjs.mjs'

/**
 * read(name): the bytes of a file of build/bench, as an ArrayBuffer. tfjs, wasmFolder: see openTfjs.
 * versions: { losskit, engine }. peers: whether what needs the packages
 * of this folder takes part.
 */
export async function createHost({ read, tfjs, wasmFolder, versions, variants, peers }) {
  const contenders = [openLoop(versions.engine)]
  for (const variant of variants) {
    for (const open of [openPublic, openCopiedIn, openInPlace]) contenders.push(await open(variant, versions.losskit))
  }
  if (peers) {
    contenders.push(await openLimit(await read('limit.wasm')))
    contenders.push(await openTfjs({ library: tfjs, wasmFolder }), await openOnnxruntime(), await openJax())
  }
  let current = {}

  return {
    contenders: () => contenders.map(({ name, version, isLimit = false }) => ({ name, version, isLimit })),

    /** Reads a case's data; the runs that follow are for it. */
    async open(operation, files) {
      const { isBinary } = operations[operation]
      const scores = new Float32Array(await read(`data/${files.scores}`))
      const target = new (isBinary ? Float32Array : Int32Array)(await read(`data/${files.target}`))
      current = { operation, data: { ...files, scores, target } }
    },

    /** Makes a contender ready; the figures of its result, or undefined when it does not have the operation. */
    async start(index) {
      const { operation, data } = current
      const prepared = await contenders[index].prepare(operation, data, operations[operation])
      if (prepared === undefined) return undefined
      current[index] = prepared
      const result = await prepared.result()
      return contenders[index].isLimit ? [result] : figuresOf(operation, result, data.rows)
    },

    /** Milliseconds of one run. */
    async run(index) {
      const { run } = current[index]
      const start = performance.now()
      const pending = run()
      if (pending) await pending
      return performance.now() - start
    },

    async close() {
      for (let index = 0; index < contenders.length; index++) await current[index]?.close()
      current = {}
    },
  }
}
