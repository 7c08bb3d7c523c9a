// Columns of Parquet whose values are no lists, page by page, as hyparquet decodes them. Its own way through a column in which values may be missing
// notes of each that it is there, and puts it into an array of anything: where none is missing that is ten times the work of decoding.
import { type FileMetaData, parquetSchema } from 'hyparquet'
import { parquetHeader, readPage } from 'hyparquet/src/column.js'
import { convert, convertWithDictionary, DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { decompressPage, readDataPage } from 'hyparquet/src/datapage.js'
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js'
import { getTreePath, isFlatColumn } from 'hyparquet/src/schema.js'
import { readVarInt } from 'hyparquet/src/thrift.js'
import { compressors } from 'hyparquet-compressors'

type Decoder = Parameters<typeof readPage>[2]
type Header = ReturnType<typeof parquetHeader>
type Reader = Parameters<typeof parquetHeader>[0]
type Values = NonNullable<ReturnType<typeof readPage>['data']>
type Numbers = Exclude<Values, unknown[]>

/** Such a column of a row group, and where it stands in the file. */
export interface FlatColumn {
  begin: number
  end: number
  /** Of its values, without what says which of them are missing. */
  decoder: Decoder
  mayLack: boolean
}

/** Those of the first row group, by their names. */
export function flatColumns(metadata: FileMetaData): Map<string, FlatColumn> {
  const tree = parquetSchema(metadata)
  const found = new Map<string, FlatColumn>()
  for (const { meta_data: meta, file_path } of metadata.row_groups[0].columns) {
    if (!meta || file_path) continue
    const { path_in_schema: pathInSchema, type, codec } = meta
    const schemaPath = getTreePath(tree, pathInSchema)
    if (!isFlatColumn(schemaPath)) continue
    const [root, leaf] = schemaPath
    const element = { ...leaf.element, repetition_type: 'REQUIRED' as const }
    const begin = Number(meta.dictionary_page_offset || meta.data_page_offset)
    found.set(pathInSchema[0], {
      begin,
      end: begin + Number(meta.total_compressed_size),
      decoder: { pathInSchema, type, codec, element, schemaPath: [root, { ...leaf, element }], parsers: DEFAULT_PARSERS, compressors },
      mayLack: leaf.element.repetition_type !== 'REQUIRED',
    })
  }
  return found
}

const readerOf = (bytes: Uint8Array): Reader => ({ view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 })

/** A page of data, unpacked. */
interface Page {
  /** Values, the missing ones too. */
  count: number
  encoding: NonNullable<Header['data_page_header']>['encoding']
  /** Those that are there. */
  values: Uint8Array
  /** A bit for each value, in runs. Nothing where all are there. */
  marks?: Uint8Array
}

/** As the first version of the format has it: marks and values are packed together. */
function firstPage({ data_page_header: about, uncompressed_page_size }: Header, bytes: Uint8Array, { decoder, mayLack }: FlatColumn): Page {
  if (!about) throw new Error('parquet page has no header of data')
  const { num_values: count, encoding } = about
  const unpacked = decompressPage(bytes, uncompressed_page_size, decoder.codec, decoder.compressors)
  if (!mayLack) return { count, encoding, values: unpacked }
  const end = 4 + readerOf(unpacked).view.getUint32(0, true)
  return { count, encoding, values: unpacked.subarray(end), marks: unpacked.subarray(4, end) }
}

/** As the second one has it: marks stand in front of what is packed. */
function secondPage(header: Header, about: NonNullable<Header['data_page_header_v2']>, bytes: Uint8Array, { decoder }: FlatColumn): Page {
  const { num_values: count, num_nulls, encoding, repetition_levels_byte_length: begin, definition_levels_byte_length } = about
  const end = begin + definition_levels_byte_length
  const packed = bytes.subarray(end)
  const size = header.uncompressed_page_size - end
  const isPacked = about.is_compressed !== false && size > 0
  const values = isPacked ? decompressPage(packed, size, decoder.codec, decoder.compressors) : packed
  return { count, encoding, values, marks: num_nulls > 0 ? bytes.subarray(begin, end) : undefined }
}

/** Whether so many marks are all set: in one run, or packed by eight. */
function areSet(marks: Uint8Array, count: number): boolean {
  const reader = readerOf(marks)
  for (let seen = 0; seen < count; ) {
    const run = readVarInt(reader)
    const isPacked = (run & 1) === 1
    const length = isPacked ? run >>> 1 : 1
    const part = marks.subarray(reader.offset, reader.offset + length)
    reader.offset += length
    seen += isPacked ? 8 * length : run >>> 1
    const last = 0xff >> Math.max(seen - count, 0)
    const areAll = isPacked ? part.every((byte, i) => byte === 0xff || (i === length - 1 && (byte & last) === last)) : part[0] === 1
    if (!areAll || length === 0) return false
  }
  return true
}

/** What is there, with null for what is not. */
function spread(values: Values, isThere: Uint8Array): Values {
  let next = 0
  return Array.from(isThere, (is) => (is === 1 ? values[next++] : null))
}

const isNumbers = (values: Values | undefined): values is Numbers => ArrayBuffer.isView(values)

/** Numbers by their places in the dictionary. */
function lookedUp(bytes: Uint8Array, count: number, dictionary: Numbers): Numbers {
  const places = new Uint32Array(count)
  const reader = readerOf(bytes)
  const bits = reader.view.getUint8(reader.offset++)
  if (bits > 0) readRleBitPackedHybrid(reader, bits, places, bytes.length - 1)
  const values = new (dictionary.constructor as Float64ArrayConstructor)(count)
  for (let i = 0; i < count; i++) {
    if (places[i] >= dictionary.length) throw new RangeError(`parquet dictionary has no value ${places[i]}`)
    values[i] = dictionary[places[i]] as number
  }
  return values
}

function decode({ values, encoding }: Page, count: number, decoder: Decoder, dictionary: Values | undefined): Values {
  if (count === 0) return []
  if (encoding.endsWith('_DICTIONARY') && isNumbers(dictionary)) return lookedUp(values, count, dictionary)
  const about = { num_values: count, encoding, definition_level_encoding: encoding, repetition_level_encoding: encoding }
  const { dataPage } = readDataPage(values, about, decoder)
  return convertWithDictionary(dataPage, dictionary, encoding, decoder)
}

function valuesOf(page: Page, decoder: Decoder, dictionary: Values | undefined): Values {
  const { count, marks } = page
  if (!marks || areSet(marks, count)) return decode(page, count, decoder, dictionary)
  const isThere = new Uint8Array(count)
  readRleBitPackedHybrid(readerOf(marks), 1, isThere, marks.length)
  const there = isThere.reduce((sum, is) => sum + is, 0)
  return spread(decode(page, there, decoder, dictionary), isThere)
}

function dictionaryOf(header: Header, bytes: Uint8Array, decoder: Decoder): Values | undefined {
  const { data } = readPage(readerOf(bytes), header, decoder, undefined, undefined, 0)
  return data && convert(data, decoder)
}

/**
 * The values of the rows of a group from `from` to before `to`, and maybe of some behind them, in the pieces they come in. `bytes`: the column as it
 * stands in the file.
 */
export function readFlatColumn(bytes: Uint8Array, column: FlatColumn, from: number, to: number): Values[] {
  const reader = readerOf(bytes)
  const pieces: Values[] = []
  let dictionary: Values | undefined
  for (let row = 0; row < to && reader.offset < bytes.length - 1; ) {
    const header = parquetHeader(reader)
    const begin = reader.offset
    reader.offset += header.compressed_page_size
    if (reader.offset > bytes.length) throw new RangeError('parquet page is cut off')
    const packed = bytes.subarray(begin, reader.offset)
    if (header.type === 'DICTIONARY_PAGE') {
      dictionary = dictionaryOf(header, packed, column.decoder)
      continue
    }
    const { data_page_header: first, data_page_header_v2: second } = header
    const rows = (second ?? first)?.num_values ?? 0
    if (row + rows > from) {
      const page = second ? secondPage(header, second, packed, column) : firstPage(header, packed, column)
      const values = valuesOf(page, column.decoder, dictionary)
      pieces.push(row < from ? values.slice(from - row) : values)
    }
    row += rows
  }
  return pieces
}
