// Writes Parquet files: columns of numbers and of lists of numbers, in row groups, as they are or packed as gzip does it
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

const isMissing = (value) => value === null || Number.isNaN(value) || value === -(2 ** 31)

const encodings = { plain: 0, runs: 3, dictionary: 8 }

/**
 * A part of a column: the numbers that are there, and of each place for one a level, of which `highest` says that it is there; `repeats` is above 0 where it
 * is not the first of its row.
 */
function valuesOf(values, { optional }) {
  const levels = Uint8Array.from(values, (value) => (optional && isMissing(value) ? 0 : 1))
  return { numbers: values.filter((_, i) => levels[i] === 1), levels, highest: optional ? 1 : 0 }
}

const isTyped = (values) => ArrayBuffer.isView(values)

/** Whether what is in the lists are lists. */
const holdsLists = (lists) => lists.some((list) => list && !isTyped(list) && list.some((each) => each !== null && typeof each === 'object'))

/** Of the numbers in lists: plain ones are floats. */
function numbersOf(lists) {
  const inner = holdsLists(lists) ? lists.flatMap((list) => list ?? []) : lists
  return inner.find((list) => list && isTyped(list))?.constructor ?? Float32Array
}

/** 1 where a list, a list in it or a number in that can be missing: the first, second and third thing in a row. */
const optional = ({ required, isOld }, nth) => (required || (isOld && nth > 1) ? 0 : 1)

/** The places for values in a list of lists, if `depth` is 2: `level` says what is there, `repeat` in which of them it is not the first one. */
function placesIn(value, depth, form, nth = 1, level = 0) {
  const there = level + optional(form, nth)
  if (depth === 0) return there > level && isMissing(value) ? [{ level, repeat: 0 }] : [{ level: there, repeat: 0, value }]
  if (!value?.length) return [{ level: value ? there : level, repeat: 0 }]
  return Array.from(value).flatMap((each, i) => {
    const [first, ...others] = placesIn(each, depth - 1, form, nth + 1, there + 1)
    return [{ ...first, repeat: i === 0 ? 0 : nth }, ...others]
  })
}

const depthOf = (lists) => (holdsLists(lists) ? 2 : 1)

function listsOf(lists, depth, form, Numbers) {
  const places = lists.flatMap((list) => placesIn(list, depth, form))
  const highest = Array.from({ length: depth }, (_, i) => optional(form, i + 1) + 1).reduce(
    (sum, own) => sum + own,
    optional(form, depth + 1),
  )
  return {
    numbers: Numbers.from(
      places.filter(({ level }) => level === highest),
      ({ value }) => value,
    ),
    levels: places.map(({ level }) => level),
    repeats: places.map(({ repeat }) => repeat),
    highest,
    depth,
  }
}

/** The places of a column from `begin` to before `end`. */
function placesOf({ numbers, levels, repeats, highest, depth }, begin, end) {
  const there = (to) => levels.slice(0, to).reduce((sum, level) => sum + (highest === 0 || level === highest ? 1 : 0), 0)
  const ownRepeats = repeats?.slice(begin, end)
  const rows = ownRepeats ? ownRepeats.filter((repeat) => repeat === 0).length : end - begin
  return {
    rows,
    numbers: numbers.subarray(there(begin), there(end)),
    levels: levels.slice(begin, end),
    repeats: ownRepeats,
    highest,
    depth,
  }
}

/** A page of data, of version 1 or 2; `encoded` are its numbers. */
function page({ rows, numbers, levels, repeats, highest, depth }, encoded, encoding, { version, marks, gzip }) {
  const write = marks === 'packed' ? packed : runs
  const marked = [repeats ? write(repeats, depth) : undefined, highest > 0 ? write(levels, 32 - Math.clz32(highest)) : undefined]
  const pack = (bytes) => (gzip ? gzipSync(bytes) : bytes)
  if (version === 2) {
    const [begins = Buffer.alloc(0), ends = Buffer.alloc(0)] = marked
    const body = Buffer.concat([begins, ends, pack(encoded)])
    const size = begins.length + ends.length + encoded.length
    const about = { 1: ['i32', levels.length], 2: ['i32', levels.length - numbers.length], 3: ['i32', rows], 4: ['i32', encoding] }
    const header = { 1: ['i32', 3], 2: ['i32', size], 3: ['i32', body.length] }
    return [struct({ ...header, 8: ['struct', { ...about, 5: ['i32', ends.length], 6: ['i32', begins.length] }] }), body]
  }
  const lengthOf = (bytes) => {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes.length)
    return length
  }
  const whole = Buffer.concat([...marked.filter(Boolean).flatMap((bytes) => [lengthOf(bytes), bytes]), encoded])
  const body = pack(whole)
  const about = { 1: ['i32', levels.length], 2: ['i32', encoding], 3: ['i32', encodings.runs], 4: ['i32', encodings.runs] }
  return [struct({ 1: ['i32', 0], 2: ['i32', whole.length], 3: ['i32', body.length], 5: ['struct', about] }), body]
}

/** Where pages of so many rows begin among the places; of version 1 those of lists have as many places, wherever the rows begin. */
function pageBegins({ levels, repeats }, pageRows, { version }) {
  const all = Array.from(levels, (_, i) => i)
  const begins = repeats && version === 2 ? all.filter((i) => repeats[i] === 0) : all
  return begins.filter((_, i) => i % pageRows === 0)
}

/** The pages of a column of a row group. */
function pages(column, pageRows, form) {
  const distinct = form.dictionary ? column.numbers.constructor.from(new Set(column.numbers)) : undefined
  const places = new Map(distinct && Array.from(distinct, (value, i) => [value, i]))
  const width = distinct && Math.max(32 - Math.clz32(distinct.length - 1), 1)
  const encode = (numbers) => {
    if (!distinct) return bytesOf(numbers)
    return Buffer.concat([
      Buffer.from([width]),
      packed(
        Array.from(numbers, (value) => places.get(value)),
        width,
      ),
    ])
  }
  const data = pageBegins(column, pageRows, form).map((begin, i, begins) => {
    const part = placesOf(column, begin, begins[i + 1] ?? column.levels.length)
    return page(part, encode(part.numbers), distinct ? encodings.dictionary : encodings.plain, form)
  })
  if (distinct) {
    const whole = bytesOf(distinct)
    const body = form.gzip ? gzipSync(whole) : whole
    const about = { 1: ['i32', distinct.length], 2: ['i32', encodings.plain] }
    data.unshift([struct({ 1: ['i32', 2], 2: ['i32', whole.length], 3: ['i32', body.length], 7: ['struct', about] }), body])
  }
  return Buffer.concat(data.flatMap(([header, body]) => [Buffer.from(header), body]))
}

const typeOf = (values) => types.get(Array.isArray(values) ? numbersOf(values) : values.constructor)

/** What lists and what is in them are called: before there was a word for the latter, one was in the other. */
const spelled = ({ isOld, spelling = ['list', 'element'] }) => (isOld ? ['array'] : spelling)

const pathOf = (name, values, form) => (Array.isArray(values) ? [name, ...Array(depthOf(values)).fill(spelled(form)).flat()] : [name])

/** What the schema says of a column. */
function elementsOf([name, values], form) {
  if (!Array.isArray(values)) return [{ 1: ['i32', typeOf(values)], 3: ['i32', form.optional ? 1 : 0], 4: ['text', name] }]
  const [list, element] = spelled(form)
  const isList = { 5: ['i32', 1], 6: ['i32', 3] }
  const second = depthOf(values) === 2
  const repeated = { 3: ['i32', 2], 4: ['text', list] }
  const last = { 1: ['i32', typeOf(values)], 3: ['i32', element ? optional(form, second ? 3 : 2) : 2], 4: ['text', element ?? list] }
  const first = { 3: ['i32', optional(form, 1)], 4: ['text', name], ...isList }
  if (!element) return [first, ...(second ? [{ ...repeated, ...isList }] : []), last]
  const inner = { 3: ['i32', optional(form, 2)], 4: ['text', element], ...isList }
  const group = { ...repeated, 5: ['i32', 1] }
  return [first, group, ...(second ? [inner, group] : []), last]
}

/**
 * `columns`: typed arrays of as many numbers each, or arrays of lists of numbers, or of lists of these, by their names. Pages of the first one have half as
 * many rows. Of `form`: `optional`, whether NaN and the least integer are missing, as they are in lists unless `required`; `marks`, what says so, in 'runs'
 * or 'packed'; `version` of the pages; `dictionary`; `gzip`; `spelling`, what a list in a column and what is in it are called; `isOld`, lists as they
 * were written before.
 */
export function parquet(columns, groupRows, pageRows = 2 * groupRows, form = {}) {
  const pieces = [Buffer.from('PAR1')]
  let end = 4
  const [{ length: rows }] = Object.values(columns)
  const groups = []
  for (let begin = 0; begin < rows; begin += groupRows) {
    const chunks = Object.entries(columns).map(([name, values], i) => {
      const part = values.slice(begin, begin + groupRows)
      const column = Array.isArray(part) ? listsOf(part, depthOf(values), form, numbersOf(values)) : valuesOf(part, form)
      const bytes = pages(column, i === 0 ? Math.ceil(pageRows / 2) : pageRows, form)
      const place = end
      pieces.push(bytes)
      end += bytes.length
      const size = ['i64', bytes.length]
      const about = {
        1: ['i32', typeOf(values)],
        2: ['list', [0, 3], 'i32'],
        3: ['list', pathOf(name, values, form), 'text'],
        4: ['i32', form.gzip ? 2 : 0],
      }
      return { 2: ['i64', place], 3: ['struct', { ...about, 5: ['i64', column.levels.length], 6: size, 7: size, 9: ['i64', place] }] }
    })
    groups.push({ 1: ['list', chunks, 'struct'], 2: ['i64', 0], 3: ['i64', Math.min(groupRows, rows - begin)] })
  }
  const entries = Object.entries(columns)
  const schema = [{ 4: ['text', 'root'], 5: ['i32', entries.length] }, ...entries.flatMap((entry) => elementsOf(entry, form))]
  const footer = struct({ 1: ['i32', 1], 2: ['list', schema, 'struct'], 3: ['i64', rows], 4: ['list', groups, 'struct'] })
  const size = Buffer.alloc(4)
  size.writeUInt32LE(footer.length)
  return Buffer.concat([...pieces, Buffer.from(footer), size, Buffer.from('PAR1')])
}
