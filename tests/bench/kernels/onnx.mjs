// ONNX models of one operation each, written as the protobuf messages of onnx.proto3; numbers in the comments are its field numbers.

const text = new TextEncoder()

function varint(value) {
  const bytes = []
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)]
    bytes.push(Number(rest & 127n) | 128)
  }
}

const integer = (field, value) => [...varint(field << 3), ...varint(value)]
const bytes = (field, content) => [...varint((field << 3) | 2), ...varint(content.length), ...content]
const string = (field, value) => bytes(field, text.encode(value))

const types = { float: 1, int32: 6 }

/** ValueInfoProto: name 1, type 2 = TypeProto: tensor_type 1: elem_type 1, shape 2: dim 1: dim_value 1. */
function valueInfo([name, type, shape]) {
  const dims = shape.flatMap((length) => bytes(1, integer(1, length)))
  return [...string(1, name), ...bytes(2, bytes(1, [...integer(1, types[type]), ...bytes(2, dims)]))]
}

/** TensorProto of one float: dims none, data_type 2, name 8, raw_data 9. */
function scalar([name, value]) {
  return [...integer(2, types.float), ...string(8, name), ...bytes(9, new Uint8Array(Float32Array.of(value).buffer))]
}

/** AttributeProto: name 1, i 3 or s 4, type 20 (INT 2, STRING 3). */
function attribute([name, value]) {
  const content = typeof value === 'string' ? [...string(4, value), ...integer(20, 3)] : [...integer(3, value), ...integer(20, 2)]
  return [...string(1, name), ...content]
}

/** NodeProto: input 1, output 2, op_type 4, attribute 5. */
function node([operator, inputs, output, attributes = {}]) {
  return [
    ...inputs.flatMap((name) => string(1, name)),
    ...string(2, output),
    ...string(4, operator),
    ...Object.entries(attributes).flatMap((one) => bytes(5, attribute(one))),
  ]
}

/**
 * ModelProto: ir_version 1, graph 7, opset_import 8; GraphProto: node 1, name 2, initializer 5, input 11, output 12.
 * nodes: [operator, inputs, output, attributes]; inputs and outputs: [name, type, shape]; scalars: [name, value].
 */
export function onnxModel({ nodes, inputs, outputs, scalars = [] }) {
  const graph = [
    ...nodes.flatMap((one) => bytes(1, node(one))),
    ...string(2, 'losskit-bench'),
    ...scalars.flatMap((one) => bytes(5, scalar(one))),
    ...inputs.flatMap((one) => bytes(11, valueInfo(one))),
    ...outputs.flatMap((one) => bytes(12, valueInfo(one))),
  ]
  return Uint8Array.from([...integer(1, 8), ...bytes(7, graph), ...bytes(8, integer(2, 17))])
}
