import { parentPort, workerData } from 'node:worker_threads'
import { load } from 'losskit'

// id, label, ten logits
const rows = workerData.map((line) => line.split(',').map(Number))
const nn = await load({ variant: 'simd' })
const accumulator = nn.crossEntropyLoss().accumulator()
const logits = Float32Array.from(rows.flatMap((row) => row.slice(2)))
accumulator.update(
  { data: logits, shape: [rows.length, 10] },
  rows.map((row) => row[1]),
)
parentPort.postMessage(accumulator.toBytes())
