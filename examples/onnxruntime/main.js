// Token classification evaluated from an ONNX model: the tensors of onnxruntime-web go into the losses as they are.
import { load } from 'losskit'
import { InferenceSession, Tensor } from 'onnxruntime-web'
import { makeModel } from './model.js'

const [tokens, width, tags] = [128, 16, 10]
const batches = 3

const session = await InferenceSession.create(makeModel(tokens, width, tags))
const nn = await load({ variant: 'simd' })
const criterion = nn.crossEntropyLoss({ ignoreIndex: -100 })
const total = criterion.accumulator()

/** A sentence, and its tags: -100 for the padding behind it. */
function sentence(batch) {
  const length = 40 * (batch + 1)
  const hidden = Float32Array.from({ length: tokens * width }, (_, i) => Math.cos((batch + 1) * i * i))
  const labels = BigInt64Array.from({ length: tokens }, (_, i) => (i < length ? BigInt((i * 7) % tags) : -100n))
  return { hidden: new Tensor('float32', hidden, [tokens, width]), labels: new Tensor('int64', labels, [tokens]) }
}

for (let batch = 0; batch < batches; batch++) {
  const { hidden, labels } = sentence(batch)
  const { logits, loss } = await session.run({ hidden, labels })
  total.update(logits, labels)
  console.log(`logits ${logits.dims.join(' x ')}: ${criterion.forward(logits, labels).toFixed(5)}, by ONNX ${loss.data[0].toFixed(5)}`)
}

const { mean, rows, ignored } = total.result()
total.dispose()
console.log(`all tokens: ${mean.toFixed(5)}, ${rows} tokens, ${ignored} of them padding`)
