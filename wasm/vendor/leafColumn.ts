// Columns of Parquet whose rows hold a value, a list of values or a list of such lists, page by page, as hyparquet decodes them.
// Its own way through a column in which values may be missing, or are of lists, notes of each that it is there, and puts it into an array of anything:
// where none is missing that is ten times the work of decoding.
import { type FileMetaData, parquetSchema } from 'hyparquet'
import { parquetHeader, readPage } from 'hyparquet/src/column.js'
import { convert, convertWithDictionary, DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { decompressPage, readDataPage } from 'hyparquet/src/datapage.js'
import { getMaxDefinitionLevel, getTreePath, isListLike } from 'hyparquet/src/schema.js'
import { compressors } from 'hyparquet-compressors'
import type { ListPiece, Piece } from '../evaluate/columnValues.js'
import { firstOf, slice } from './pieces.js'
import { areHighest, beginsIn, bitsOf, readerOf, readRuns } from './runs.js'

type Decoder = Parameters<typeof readPage>[2]
type Header = ReturnType<typeof parquetHeader>
type Path = ReturnType<typeof getTreePath>
type Values = NonNullable<ReturnType<typeof readPage>['data']>
type Numbers = Exclude<Values, unknown[]>

/** Such a column of a row group, and where it stands in the file. */
export interface LeafColumn {
  begin: number
  end: number
  /** Of its values, without what says which of them are missing and where lists begin. */
  decoder: Decoder
  /** The level of a value that is there; 0 where all are. */
  highest: number
  /** Where rows hold lists, the least level of what is in one, and of what is in the lists in it. One less is that of a list with nothing in it. */
  inLists: readonly number[]
}

/** The places in the path of what is repeated, from `at` on, where that are lists of values, or of lists, and nothing else. */
function repeatedIn(path: Path, at = 1): number[] | undefined {
  const [{ element, children }, repeated, inner] = path.slice(at)
  if (children.length === 0) return element.repetition_type === 'REPEATED' ? [at] : []
  if (!isListLike(path[at])) return undefined
  if (!inner) return [at + 1]
  // Old writers leave out what stands between a list and a list in it.
  const others = repeatedIn(path, isListLike(repeated) ? at + 1 : at + 2)
  return others && [at + 1, ...others]
}

/** Those of the first row group, by their names. */
export function leafColumns(metadata: FileMetaData): Map<string, LeafColumn> {
  const tree = parquetSchema(metadata)
  const found = new Map<string, LeafColumn>()
  for (const { meta_data: meta, file_path } of metadata.row_groups[0].columns) {
    if (!meta || file_path) continue
    const { path_in_schema: pathInSchema, type, codec } = meta
    const path = getTreePath(tree, pathInSchema)
    const repeated = repeatedIn(path)
    if (!repeated || repeated.length > 2) continue
    const [root] = path
    const leaf = path[path.length - 1]
    const element = { ...leaf.element, repetition_type: 'REQUIRED' as const }
    const begin = Number(meta.dictionary_page_offset || meta.data_page_offset)
    found.set(pathInSchema[0], {
      begin,
      end: begin + Number(meta.total_compressed_size),
      decoder: { pathInSchema, type, codec, element, schemaPath: [root, { ...leaf, element }], parsers: DEFAULT_PARSERS, compressors },
      highest: getMaxDefinitionLevel(path),
      inLists: repeated.map((at) => getMaxDefinitionLevel(path.slice(0, at + 1))),
    })
  }
  return found
}

/** A page of data, unpacked. */
interface Page {
  /** Values, the missing ones and lists with nothing in them too. */
  count: number
  encoding: NonNullable<Header['data_page_header']>['encoding']
  /** Those that are there. */
  values: Uint8Array
  /** A level for each value, which says whether it is there. Nothing where all are. */
  levels?: Uint8Array
  /** A level for each value of lists: 0 where it is the first of a row, 1 where it is the first of a list in a list. */
  repeats?: Uint8Array
}

/** As the first version of the format has it: levels and values are packed together. */
function firstPage(
  { data_page_header: about, uncompressed_page_size }: Header,
  bytes: Uint8Array,
  { decoder, highest, inLists }: LeafColumn,
): Page {
  if (!about) throw new Error('parquet page has no header of data')
  const { num_values: count, encoding } = about
  const unpacked = decompressPage(bytes, uncompressed_page_size, decoder.codec, decoder.compressors)
  let begin = 0
  const taken = () => {
    const end = begin + 4 + readerOf(unpacked).view.getUint32(begin, true)
    const part = unpacked.subarray(begin + 4, end)
    begin = end
    return part
  }
  const repeats = inLists.length > 0 ? taken() : undefined
  const levels = highest > 0 ? taken() : undefined
  return { count, encoding, values: unpacked.subarray(begin), levels, repeats }
}

/** As the second one has it: levels stand in front of what is packed. */
function secondPage(
  header: Header,
  about: NonNullable<Header['data_page_header_v2']>,
  bytes: Uint8Array,
  { decoder, inLists }: LeafColumn,
): Page {
  const { num_values: count, num_nulls, encoding, repetition_levels_byte_length: begin, definition_levels_byte_length } = about
  const end = begin + definition_levels_byte_length
  const packed = bytes.subarray(end)
  const size = header.uncompressed_page_size - end
  const isPacked = about.is_compressed !== false && size > 0
  const values = isPacked ? decompressPage(packed, size, decoder.codec, decoder.compressors) : packed
  const isList = inLists.length > 0
  const levels = isList || num_nulls > 0 ? bytes.subarray(begin, end) : undefined
  return { count, encoding, values, levels, repeats: isList ? bytes.subarray(0, begin) : undefined }
}

/** What is there, with null for what is not. */
function spread(values: Values, isThere: Uint8Array): Values {
  let next = 0
  return Array.from(isThere, (is) => (is === 1 ? values[next++] : null))
}

const isNumbers = (values: Values | undefined): values is Numbers => ArrayBuffer.isView(values)

const wordsOf = ({ buffer, byteOffset, byteLength }: Numbers) => new Uint32Array(buffer, byteOffset, byteLength / 4)

/** Numbers by their places in the dictionary. */
function lookedUp(bytes: Uint8Array, count: number, dictionary: Numbers): Numbers {
  const [bits] = bytes
  const places = new Uint32Array(count)
  if (bits > 0) readRuns(bytes.subarray(1), bits, places)
  const { length } = dictionary
  for (let i = 0; i < count; i++) {
    if (places[i] >= length) throw new RangeError(`parquet dictionary has no value ${places[i]}`)
  }
  const values = new (dictionary.constructor as Float64ArrayConstructor)(count)
  // Of whatever type they are, they are one or two words.
  const from = wordsOf(dictionary)
  const to = wordsOf(values)
  if (dictionary.BYTES_PER_ELEMENT === 4) {
    for (let i = 0; i < count; i++) to[i] = from[places[i]]
  } else {
    for (let i = 0; i < count; i++) {
      to[2 * i] = from[2 * places[i]]
      to[2 * i + 1] = from[2 * places[i] + 1]
    }
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

/** The values of which `isThere` says whether they are there. */
function decodeThere(page: Page, isThere: Uint8Array, decoder: Decoder, dictionary: Values | undefined): Values {
  const there = isThere.reduce((sum, is) => sum + is, 0)
  const values = decode(page, there, decoder, dictionary)
  return there === isThere.length ? values : spread(values, isThere)
}

const fractions = { FLOAT: Float32Array, DOUBLE: Float64Array }

/** Values, each of which is there or not. Fractions that are missing are NaN. */
function valuesOf(page: Page, isThere: Uint8Array, decoder: Decoder, dictionary: Values | undefined): Piece {
  const Numbers = fractions[decoder.type as keyof typeof fractions]
  if (!Numbers) return { values: decodeThere(page, isThere, decoder, dictionary) }
  const there = isThere.reduce((sum, is) => sum + is, 0)
  const present = decode(page, there, decoder, dictionary) as ArrayLike<number>
  if (there === isThere.length) return { values: present }
  const values = new Numbers(isThere.length)
  let next = 0
  for (let i = 0; i < values.length; i++) values[i] = isThere[i] === 1 ? present[next++] : Number.NaN
  return { values, absent: isThere.map((is) => 1 - is) }
}

type Lists = Omit<ListPiece, 'elements'>

/** The lists of a page in which some of them, or values, are missing, the outer ones first; and of each place for a value in one whether it is there. */
function listsIn(levels: Uint8Array, repeats: Uint8Array, { highest, inLists }: LeafColumn): { lists: Lists[]; isThere: Uint8Array } {
  const { length } = levels
  const found = inLists.map(() => ({ count: 0, begins: new Int32Array(length), absent: new Uint8Array(length) }))
  const isThere = new Uint8Array(length)
  const depth = inLists.length
  let values = 0
  for (let i = 0; i < length; i++) {
    const level = levels[i]
    // Lists with nothing in them and missing ones have a level, but nothing behind it.
    for (let k = repeats[i]; k < depth && (k === 0 || level >= inLists[k - 1]); k++) {
      const list = found[k]
      list.begins[list.count] = found[k + 1]?.count ?? values
      list.absent[list.count++] = level < inLists[k] - 1 ? 1 : 0
    }
    if (level >= inLists[depth - 1]) isThere[values++] = level === highest ? 1 : 0
  }
  const lists = found.map(({ count, begins, absent }) => ({ begins: begins.slice(0, count), absent: absent.slice(0, count) }))
  return { lists, isThere: isThere.subarray(0, values) }
}

const around = (values: Piece, lists: readonly Lists[]): Piece =>
  lists.reduceRight<Piece>((elements, { begins, absent }) => ({ elements, begins, absent }), values)

function pieceOf(page: Page, column: LeafColumn, dictionary: Values | undefined): Piece {
  const { count, levels, repeats } = page
  const { decoder, highest, inLists } = column
  const depth = inLists.length as 1 | 2
  if (!levels || areHighest(levels, highest, count)) {
    const begins = repeats ? beginsIn(repeats, depth, count) : []
    return around(
      { values: decode(page, count, decoder, dictionary) },
      begins.map((each) => ({ begins: each })),
    )
  }
  const read = readRuns(levels, bitsOf(highest), new Uint8Array(count))
  if (!repeats) {
    return valuesOf(
      page,
      read.map((level) => (level === highest ? 1 : 0)),
      decoder,
      dictionary,
    )
  }
  const { lists, isThere } = listsIn(read, readRuns(repeats, bitsOf(depth), new Uint8Array(count)), column)
  return around(valuesOf(page, isThere, decoder, dictionary), lists)
}

function dictionaryOf(header: Header, bytes: Uint8Array, decoder: Decoder): Values | undefined {
  const { data } = readPage(readerOf(bytes), header, decoder, undefined, undefined, 0)
  return data && convert(data, decoder)
}

/** Without its first rows; what lists hold in front of the first one that is left stands there all the same. */
function behind(piece: Piece, rows: number): Piece {
  if (rows <= 0) return piece
  const absent = piece.absent?.subarray(rows)
  return 'begins' in piece
    ? { elements: piece.elements, begins: piece.begins.subarray(rows), absent }
    : { values: slice(piece.values, rows), absent }
}

/** Without its last list, which may go on behind it. */
function withoutLast(piece: Piece): Piece {
  return 'begins' in piece && piece.begins.length > 0 ? firstOf(piece, piece.begins.length - 1) : piece
}

/**
 * The values of the rows of a group from `from` to before `to`, and maybe of some behind them, in the pieces they come in. `bytes`: the column as it
 * stands in the file.
 */
export function readLeafColumn(bytes: Uint8Array, column: LeafColumn, from: number, to: number): Piece[] {
  const reader = readerOf(bytes)
  const pieces: Piece[] = []
  const isList = column.inLists.length > 0
  let dictionary: Values | undefined
  let row = 0
  // A list is known to end where the next one begins.
  while ((isList ? row <= to : row < to) && reader.offset < bytes.length - 1) {
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
    const count = second?.num_rows ?? first?.num_values ?? 0
    const isBefore = (rows: number) => row + rows <= from
    if ((!isList || second) && isBefore(count)) {
      row += count
      continue
    }
    const page = second ? secondPage(header, second, packed, column) : firstPage(header, packed, column)
    const piece = pieceOf(page, column, dictionary)
    const rows = 'begins' in piece ? piece.begins.length : count
    if (pieces.length > 0 || !isBefore(rows)) pieces.push(behind(piece, from - row))
    row += rows
  }
  const last = pieces.at(-1)
  return isList && last && reader.offset < bytes.length - 1 ? [...pieces.slice(0, -1), withoutLast(last)] : pieces
}
