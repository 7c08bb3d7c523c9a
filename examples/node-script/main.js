// A loss with its gradient, one criterion over many batches, and the losses of a file.
import { openAsBlob } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { load } from 'losskit'
import { evaluate } from 'losskit/evaluate'

// 'simd' gives the same bits on every machine; without it the faster kernels run where there are some.
const nn = await load({ variant: 'simd' })

const criterion = nn.crossEntropyLoss({ weight: [1, 2, 3], ignoreIndex: -100 })
const { value, grad } = criterion.valueAndGrad(
  [
    [1, 2, 3],
    [0, 0, 0],
    [9, 9, 9],
  ],
  [2, 0, -100],
)
console.log(`loss ${value.toFixed(6)}, gradient of shape ${grad.shape.join(' x ')}`)

// Batches of any size: the sums are exact, so how the rows are split changes nothing.
const batches = [
  {
    logits: [
      [1, 2, 3],
      [0, 0, 0],
    ],
    labels: [2, 0],
  },
  { logits: [[9, 9, 9]], labels: [-100] },
]
const accumulator = criterion.accumulator()
for (const { logits, labels } of batches) accumulator.update(logits, labels)
const { mean, rows, ignored } = accumulator.result()
accumulator.dispose()
console.log(`over batches ${mean.toFixed(6)}, ${rows} rows, ${ignored} ignored`)

const path = process.argv[2] ?? fileURLToPath(new URL('../data/digits_logits.csv', import.meta.url))
const report = await evaluate(new File([await openAsBlob(path)], path))
for (const loss of report.losses) console.log(`${loss.title}: ${loss.mean.toFixed(6)}`)
