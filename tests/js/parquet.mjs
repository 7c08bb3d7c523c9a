// Writes Parquet files: required columns of numbers, in row groups, neither packed nor with dictionaries
// (https://parquet.apache.org/docs/file-format/, thrift's compact protocol for its structures).

const kinds = { i32: 5, i64: 6, text: 8, list: 9, struct: 12 }

function varint(value) {
  const bytes = []
  let rest = BigInt(value)
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return [...bytes, Number(rest)]
}

const zigzag = (value) => varint(BigInt(value) * 2n)

function valueBytes([kind, value, of]) {
  if (kind === 'text') return [...varint(value.length), ...Buffer.from(value)]
  if (kind === 'struct') return struct(value)
  if (kind !== 'list') return zigzag(value)
  const head = value.length < 15 ? [(value.length << 4) | kinds[of]] : [0xf0 | kinds[of], ...varint(value.length)]
  return [...head, ...value.flatMap((each) => valueBytes([of, each]))]
}

/** Fields by their numbers, each as [kind, value, kind of its elements]. */
function struct(fields) {
  let last = 0
  const bytes = Object.entries(fields).flatMap(([id, field]) => {
    const head = ((Number(id) - last) << 4) | kinds[field[0]]
    last = Number(id)
    return [head, ...valueBytes(field)]
  })
  return [...bytes, 0]
}

const types = new Map([
  [Int32Array, 1],
  [Float32Array, 4],
])

function page(values) {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  const sizes = { 1: ['i32', 0], 2: ['i32', bytes.length], 3: ['i32', bytes.length] }
  // Numbers as they are; levels, of which there are none, in runs.
  const header = { 1: ['i32', values.length], 2: ['i32', 0], 3: ['i32', 3], 4: ['i32', 3] }
  return Buffer.concat([Buffer.from(struct({ ...sizes, 5: ['struct', header] })), bytes])
}

const pages = (values, pageRows) =>
  Buffer.concat(
    Array.from({ length: Math.ceil(values.length / pageRows) }, (_, i) => page(values.subarray(i * pageRows, (i + 1) * pageRows))),
  )

/** `columns`: typed arrays of as many numbers each, by their names. Pages of the first one have half as many rows. */
export function parquet(columns, groupRows, pageRows = 2 * groupRows) {
  const pieces = [Buffer.from('PAR1')]
  let end = 4
  const [{ length: rows }] = Object.values(columns)
  const groups = []
  for (let begin = 0; begin < rows; begin += groupRows) {
    const chunks = Object.entries(columns).map(([name, values], i) => {
      const part = values.subarray(begin, begin + groupRows)
      const bytes = pages(part, i === 0 ? Math.ceil(pageRows / 2) : pageRows)
      const place = end
      pieces.push(bytes)
      end += bytes.length
      const size = ['i64', bytes.length]
      const about = { 1: ['i32', types.get(values.constructor)], 2: ['list', [0, 3], 'i32'], 3: ['list', [name], 'text'], 4: ['i32', 0] }
      return { 2: ['i64', place], 3: ['struct', { ...about, 5: ['i64', part.length], 6: size, 7: size, 9: ['i64', place] }] }
    })
    groups.push({ 1: ['list', chunks, 'struct'], 2: ['i64', 0], 3: ['i64', Math.min(groupRows, rows - begin)] })
  }
  const leaves = Object.entries(columns).map(([name, values]) => ({
    1: ['i32', types.get(values.constructor)],
    3: ['i32', 0],
    4: ['text', name],
  }))
  const schema = [{ 4: ['text', 'root'], 5: ['i32', leaves.length] }, ...leaves]
  const footer = struct({ 1: ['i32', 1], 2: ['list', schema, 'struct'], 3: ['i64', rows], 4: ['list', groups, 'struct'] })
  const size = Buffer.alloc(4)
  size.writeUInt32LE(footer.length)
  return Buffer.concat([...pieces, Buffer.from(footer), size, Buffer.from('PAR1')])
}
