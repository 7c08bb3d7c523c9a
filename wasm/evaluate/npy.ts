// .npy, .npz, safetensors and torch's .pt: their headers are read by the core, their arrays where they stand.
import { DataError } from '../errors.js'
import { type Message, say } from '../message.js'
import { arrayColumns } from './arrays.js'
import type { ColumnSource } from './columnTable.js'
import { type ByteRange, byteRanges, type FileSource, readRange } from './file.js'
import type { MainModule } from './module.js'
import { ByteQueue, type Content, inPieces, skipping, unpack } from './packed.js'
import type { ArrayInfo, StoredArray } from './storedArrays.js'
import type { FilePiece } from './table.js'

interface NpyHeader {
  array: ArrayInfo
  needed: number
  problem: string
}

/** What the core says, which has no values of its own. */
const ofCore = (problem: string): Message => ({ code: problem, values: [] })

/** The header at the beginning of bytes that `read` gives as many of as are asked for. */
async function npyHeader(native: MainModule, read: (size: number) => Promise<Uint8Array>, what: Message, file: string): Promise<ArrayInfo> {
  for (let wanted = 1 << 12; ; ) {
    const bytes = await read(wanted)
    const { array, needed, problem }: NpyHeader = native.readNpyHeader(bytes)
    if (needed > bytes.length && bytes.length < wanted) throw new DataError(say`${what} is cut off`, { file })
    if (problem !== '') throw new DataError(say`${what} cannot be read: ${ofCore(problem)}`, { file })
    if (needed === 0) return array
    wanted = needed
  }
}

const unpackedBytes = 1 << 20

/** What is unpacked comes in pieces of any size. */
const wholeRows = (ranges: AsyncIterable<ByteRange>, rowBytes: number): AsyncGenerator<ByteRange> =>
  inPieces(ranges, Math.max(Math.floor(unpackedBytes / rowBytes), 1) * rowBytes)

export async function openNpy(native: MainModule, content: Content, areTokens: boolean): Promise<ColumnSource> {
  const { file } = content
  const read = async (size: number) => (await content.head(size)).bytes
  const info = await npyHeader(native, read, say`the array`, file.name)
  const array: StoredArray = {
    ...info,
    name: 'array',
    file,
    stored: content.isPacked ? (rowBytes) => wholeRows(content.ranges(info.begin), rowBytes) : { begin: info.begin, end: info.end },
  }
  return arrayColumns(file, 'NumPy array', [array], areTokens)
}

interface ZipEntry {
  name: string
  method: number
  isEncrypted: boolean
  compressedSize: number
  size: number
  header: number
}

/** A member of an archive, with its bytes from the first one on. */
class Member {
  readonly name: string
  readonly #file: FileSource
  readonly #entry: ZipEntry
  readonly #begin: number

  constructor(file: FileSource, entry: ZipEntry, begin: number) {
    this.#file = file
    this.#entry = entry
    this.#begin = begin
    this.name = entry.name
  }

  get isStored(): boolean {
    return this.#entry.method === 0
  }

  get size(): number {
    return this.#entry.size
  }

  #ranges(): AsyncGenerator<ByteRange> {
    const ranges = byteRanges(this.#file, { begin: this.#begin, end: this.#begin + this.#entry.compressedSize })
    return this.isStored ? ranges : unpack(ranges, 'deflate-raw', this.#file.name)
  }

  async head(size: number): Promise<Uint8Array> {
    const queue = new ByteQueue(this.#ranges())
    const bytes = await queue.take(Math.min(size, this.#entry.size))
    await queue.close()
    return bytes
  }

  /** The array that stands in the member from `begin` to `end`. */
  array({ begin, end }: FilePiece): Pick<StoredArray, 'file' | 'stored'> {
    const stored = this.isStored
      ? { begin: this.#begin + begin, end: this.#begin + end }
      : (rowBytes: number) => wholeRows(skipping(this.#ranges(), begin), rowBytes)
    return { file: this.#file, stored }
  }
}

async function zipMembers(native: MainModule, file: FileSource): Promise<Member[]> {
  const refuse = (problem: Message) => new DataError(problem, { file: file.name })
  const tail = await readRange(file, Math.max(file.size - native.zipTailBytes(), 0), file.size)
  const place: { begin: number; size: number; problem: string } = native.findZipDirectory(tail, file.size)
  if (place.problem !== '') throw refuse(ofCore(place.problem))
  const bytes = await readRange(file, place.begin, place.begin + place.size)
  const { entries, problem }: { entries: ZipEntry[]; problem: string } = native.readZipDirectory(bytes)
  if (problem !== '') throw refuse(ofCore(problem))
  const members: Member[] = []
  for (const entry of entries) {
    if (entry.isEncrypted) throw refuse(say`its member "${entry.name}" is encrypted`)
    if (entry.method !== 0 && entry.method !== 8)
      throw refuse(say`its member "${entry.name}" is packed with method ${entry.method}, not deflated`)
    const header = await readRange(file, entry.header, Math.min(entry.header + 30, file.size))
    const skip = native.zipLocalHeaderSize(header)
    if (skip === 0) throw refuse(say`its member "${entry.name}" is not where the directory says`)
    members.push(new Member(file, entry, entry.header + skip))
  }
  return members
}

async function npzArrays(native: MainModule, file: FileSource, members: readonly Member[]): Promise<StoredArray[]> {
  const arrays: StoredArray[] = []
  for (const member of members) {
    const name = member.name.replace(/\.npy$/, '')
    const info = await npyHeader(native, (size) => member.head(size), say`the array "${name}"`, file.name)
    arrays.push({ ...info, name, ...member.array(info) })
  }
  return arrays
}

interface ArrayList {
  arrays: ArrayInfo[]
  problem: string
}

/** The text that torch writes beside the pickle on a machine of the other byte order. */
async function isBigEndian(members: readonly Member[], folder: string): Promise<boolean> {
  const member = members.find(({ name }) => name === `${folder}byteorder`)
  return member !== undefined && new TextDecoder().decode(await member.head(8)).startsWith('big')
}

async function torchArrays(native: MainModule, file: FileSource, members: readonly Member[], pickle: Member): Promise<StoredArray[]> {
  const folder = pickle.name.slice(0, -'data.pkl'.length)
  const { arrays, problem }: ArrayList = native.readTorchPickle(await pickle.head(pickle.size))
  if (problem !== '') throw new DataError(say`the file is one of torch.save, but ${ofCore(problem)}`, { file: file.name })
  const swapped = await isBigEndian(members, folder)
  return arrays.map((info) => {
    const member = members.find(({ name }) => name === folder + info.member)
    if (!member || member.size < info.end)
      throw new DataError(say`the numbers of the tensor "${info.name}" are not in it`, { file: file.name })
    return { ...info, isBigEndian: swapped, ...member.array(info) }
  })
}

/** .npz and .pt are both archives. */
export async function openZip(native: MainModule, file: FileSource, areTokens: boolean): Promise<ColumnSource> {
  const members = await zipMembers(native, file)
  const pickle = members.find(({ name }) => /(^|\/)data\.pkl$/.test(name))
  if (pickle) return arrayColumns(file, 'tensors of torch.save', await torchArrays(native, file, members, pickle), areTokens)
  const arrays = members.filter(({ name }) => name.endsWith('.npy'))
  if (arrays.length > 0) return arrayColumns(file, 'NumPy arrays', await npzArrays(native, file, arrays), areTokens)
  const names = members.slice(0, 5).map(({ name }) => `"${name}"`)
  throw new DataError(say`the file is a zip archive, but holds neither NumPy arrays nor tensors: ${names.join(', ')}`, { file: file.name })
}

export async function openSafetensors(
  native: MainModule,
  file: FileSource,
  headerBytes: number,
  areTokens: boolean,
): Promise<ColumnSource> {
  const begin = 8 + headerBytes
  const header = await readRange(file, 8, Math.min(begin, file.size))
  const { arrays, problem }: ArrayList = native.readSafetensorsHeader(header, begin, file.size)
  if (problem !== '') throw new DataError(say`the file is one of safetensors, but ${ofCore(problem)}`, { file: file.name })
  const stored = arrays.map((info) => ({ ...info, file, stored: { begin: info.begin, end: info.end } }))
  return arrayColumns(file, 'safetensors', stored, areTokens)
}
