// Writes Parquet files: columns of numbers, in row groups, as they are or packed as gzip does it
// (https://parquet.apache.org/docs/file-format/, thrift's compact protocol for its structures).
import { gzipSync } from 'node:zlib'

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

const bytesOf = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)

/** Bits of as many numbers, eight groups of which are packed side by side, the first one lowest. */
function packed(numbers, width) {
  const bytes = Buffer.alloc(Math.ceil(numbers.length / 8) * width)
  numbers.forEach((number, i) => {
    for (let bit = 0; bit < width; bit++) {
      const at = i * width + bit
      bytes[at >> 3] |= ((number >> bit) & 1) << (at & 7)
    }
  })
  return Buffer.concat([Buffer.from(varint((Math.ceil(numbers.length / 8) << 1) | 1)), bytes])
}

/** The same numbers in runs of equal ones. */
function runs(numbers, width) {
  const pieces = []
  for (let begin = 0; begin < numbers.length; ) {
    let end = begin + 1
    while (end < numbers.length && numbers[end] === numbers[begin]) end++
    const value = Buffer.alloc(Math.ceil(width / 8))
    value.writeUIntLE(numbers[begin], 0, value.length)
    pieces.push(Buffer.from(varint((end - begin) << 1)), value)
    begin = end
  }
  return Buffer.concat(pieces)
}

const isMissing = (value) => Number.isNaN(value) || value === -(2 ** 31)

const encodings = { plain: 0, runs: 3, dictionary: 8 }

/** A page of data, of version 1 or 2; `encoded` are those of its values that are there. */
function page(values, encoded, encoding, { optional, version, marks, gzip }) {
  const isThere = Array.from(values, (value) => (isMissing(value) ? 0 : 1))
  const levels = optional ? (marks === 'packed' ? packed(isThere, 1) : runs(isThere, 1)) : Buffer.alloc(0)
  const pack = (bytes) => (gzip ? gzipSync(bytes) : bytes)
  if (version === 2) {
    const body = Buffer.concat([levels, pack(encoded)])
    const size = levels.length + encoded.length
    const missing = isThere.filter((is) => !is).length
    const about = { 1: ['i32', values.length], 2: ['i32', missing], 3: ['i32', values.length], 4: ['i32', encoding] }
    const header = { 1: ['i32', 3], 2: ['i32', size], 3: ['i32', body.length] }
    return [struct({ ...header, 8: ['struct', { ...about, 5: ['i32', levels.length], 6: ['i32', 0] }] }), body]
  }
  const length = Buffer.alloc(optional ? 4 : 0)
  if (optional) length.writeUInt32LE(levels.length)
  const whole = Buffer.concat([length, levels, encoded])
  const body = pack(whole)
  const about = { 1: ['i32', values.length], 2: ['i32', encoding], 3: ['i32', encodings.runs], 4: ['i32', encodings.runs] }
  return [struct({ 1: ['i32', 0], 2: ['i32', whole.length], 3: ['i32', body.length], 5: ['struct', about] }), body]
}

/** The pages of a column of a row group. */
function pages(values, pageRows, form) {
  const there = form.optional ? values.filter((value) => !isMissing(value)) : values
  const distinct = form.dictionary ? there.constructor.from(new Set(there)) : undefined
  const places = new Map(distinct && Array.from(distinct, (value, i) => [value, i]))
  const width = distinct && Math.max(32 - Math.clz32(distinct.length - 1), 1)
  const encode = (part) => {
    if (!distinct) return bytesOf(part)
    return Buffer.concat([
      Buffer.from([width]),
      packed(
        Array.from(part, (value) => places.get(value)),
        width,
      ),
    ])
  }
  const data = Array.from({ length: Math.ceil(values.length / pageRows) }, (_, i) => {
    const part = values.subarray(i * pageRows, (i + 1) * pageRows)
    const present = form.optional ? part.filter((value) => !isMissing(value)) : part
    return page(part, encode(present), distinct ? encodings.dictionary : encodings.plain, form)
  })
  if (distinct) {
    const whole = bytesOf(distinct)
    const body = form.gzip ? gzipSync(whole) : whole
    const about = { 1: ['i32', distinct.length], 2: ['i32', encodings.plain] }
    data.unshift([struct({ 1: ['i32', 2], 2: ['i32', whole.length], 3: ['i32', body.length], 7: ['struct', about] }), body])
  }
  return Buffer.concat(data.flatMap(([header, body]) => [Buffer.from(header), body]))
}

/**
 * `columns`: typed arrays of as many numbers each, by their names. Pages of the first one have half as many rows. Of `form`: `optional`, whether NaN
 * and the least integer are missing; `marks`, what says so, in 'runs' or 'packed'; `version` of the pages; `dictionary`; `gzip`.
 */
export function parquet(columns, groupRows, pageRows = 2 * groupRows, form = {}) {
  const pieces = [Buffer.from('PAR1')]
  let end = 4
  const [{ length: rows }] = Object.values(columns)
  const groups = []
  for (let begin = 0; begin < rows; begin += groupRows) {
    const chunks = Object.entries(columns).map(([name, values], i) => {
      const part = values.subarray(begin, begin + groupRows)
      const bytes = pages(part, i === 0 ? Math.ceil(pageRows / 2) : pageRows, form)
      const place = end
      pieces.push(bytes)
      end += bytes.length
      const size = ['i64', bytes.length]
      const about = {
        1: ['i32', types.get(values.constructor)],
        2: ['list', [0, 3], 'i32'],
        3: ['list', [name], 'text'],
        4: ['i32', form.gzip ? 2 : 0],
      }
      return { 2: ['i64', place], 3: ['struct', { ...about, 5: ['i64', part.length], 6: size, 7: size, 9: ['i64', place] }] }
    })
    groups.push({ 1: ['list', chunks, 'struct'], 2: ['i64', 0], 3: ['i64', Math.min(groupRows, rows - begin)] })
  }
  const leaves = Object.entries(columns).map(([name, values]) => ({
    1: ['i32', types.get(values.constructor)],
    3: ['i32', form.optional ? 1 : 0],
    4: ['text', name],
  }))
  const schema = [{ 4: ['text', 'root'], 5: ['i32', leaves.length] }, ...leaves]
  const footer = struct({ 1: ['i32', 1], 2: ['list', schema, 'struct'], 3: ['i64', rows], 4: ['list', groups, 'struct'] })
  const size = Buffer.alloc(4)
  size.writeUInt32LE(footer.length)
  return Buffer.concat([...pieces, Buffer.from(footer), size, Buffer.from('PAR1')])
}
