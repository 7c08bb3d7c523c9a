// An Apache Beam CombineFn: the cross entropy over shards of predictions. Its accumulator is the state of the loss, as bytes.
import { readFileSync } from 'node:fs'
import coders from 'apache-beam/coders/required_coders'
import serialization from 'apache-beam/serialization'
import { load } from 'losskit'

// Beam calls the functions below synchronously, so the kernels are loaded before; 'simd' gives the same bits on every worker.
const nn = await load({ variant: 'simd' })
const criterion = nn.crossEntropyLoss()
const classes = 10

/** Header, then id, label and one logit per class. */
function readShard(path) {
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number))
  return {
    logits: { data: Float32Array.from(rows.flatMap((row) => row.slice(2))), shape: [rows.length, classes] },
    labels: rows.map((row) => row[1]),
  }
}

/** Calls `use` with an accumulator, from `state` on or empty, and frees it. */
function withAccumulator(state, use) {
  const accumulator = criterion.accumulator(state)
  try {
    return use(accumulator)
  } finally {
    accumulator.dispose()
  }
}

/** An element is the path of one shard. */
export const lossOfShards = {
  createAccumulator: () => withAccumulator(undefined, (empty) => empty.toBytes()),
  addInput(state, path) {
    const { logits, labels } = readShard(path)
    return withAccumulator(state, (accumulator) => accumulator.update(logits, labels).toBytes())
  },
  mergeAccumulators: (states) =>
    withAccumulator(undefined, (total) => {
      for (const state of states) withAccumulator(state, (part) => total.merge(part))
      return total.toBytes()
    }),
  extractOutput: (state) => withAccumulator(state, (total) => total.result()),
  accumulatorCoder: () => coders.BytesCoder.INSTANCE,
}

// Beam sends functions about as their source; these reach into wasm and go by name.
serialization.requireForSerialization('losskit-example-beam', { lossOfShards, ...lossOfShards })
