// A small token classifier as an ONNX file: logits = hidden · weight, and ONNX's own loss of them to compare with.
import onnxProto from 'onnx-proto'

const { ModelProto, TensorProto, AttributeProto } = onnxProto.onnx
const { FLOAT, INT64 } = TensorProto.DataType

const valueInfo = (name, elemType, lengths) => ({
  name,
  type: { tensorType: { elemType, shape: { dim: lengths.map((dimValue) => ({ dimValue })) } } },
})

/** The model's bytes: inputs hidden [tokens, width] and labels [tokens], outputs logits [tokens, tags] and loss []. */
export function makeModel(tokens, width, tags) {
  const weight = Array.from({ length: width * tags }, (_, i) => Math.sin(i))
  const loss = {
    opType: 'SoftmaxCrossEntropyLoss',
    input: ['logits', 'labels'],
    output: ['loss'],
    attribute: [
      { name: 'ignore_index', type: AttributeProto.AttributeType.INT, i: -100 },
      { name: 'reduction', type: AttributeProto.AttributeType.STRING, s: new TextEncoder().encode('mean') },
    ],
  }
  const graph = {
    name: 'tokens',
    node: [{ opType: 'MatMul', input: ['hidden', 'weight'], output: ['logits'] }, loss],
    initializer: [{ name: 'weight', dataType: FLOAT, dims: [width, tags], floatData: weight }],
    input: [valueInfo('hidden', FLOAT, [tokens, width]), valueInfo('labels', INT64, [tokens])],
    output: [valueInfo('logits', FLOAT, [tokens, tags]), valueInfo('loss', FLOAT, [])],
  }
  return ModelProto.encode(ModelProto.create({ irVersion: 8, opsetImport: [{ domain: '', version: 13 }], graph })).finish()
}
