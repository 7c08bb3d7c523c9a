// A loss on tensors of transformers.js: what a model returns as `logits` goes in as it is.
import { Tensor } from '@huggingface/transformers'
import { load } from 'losskit'

const nn = await load({ variant: 'simd' })

// Two sentences of three tokens with four tags each: as a token classification model returns them, and as its labels are kept.
const logits = new Tensor(
  'float32',
  Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  [2, 3, 4],
)
const labels = new Tensor('int64', BigInt64Array.of(1n, 2n, -100n, 3n, -100n, -100n), [2, 3])

// The classes stand last here, and second in the loss; one row a token needs no copying about.
const tokens = logits.view(-1, 4)
const criterion = nn.crossEntropyLoss({ ignoreIndex: -100 })
console.log(`loss ${criterion.forward(tokens, labels.view(-1)).toFixed(6)}`)

const { mean, rows, ignored } = criterion.accumulator().update(tokens, labels.view(-1)).result()
console.log(`${rows} tokens, ${ignored} of them padding, mean ${mean.toFixed(6)}`)

// And back: a result is { data, shape }.
const { data, shape } = nn.softmax(logits)
console.log(`probabilities ${new Tensor('float32', data, shape).dims.join(' x ')}`)
