// Zip archives: what stands in them, and where.
import { DataError } from '../errors.js'
import { type Message, ofCore, say } from '../message.js'
import { type ByteRange, byteRanges, type FileSource, readRange } from './file.js'
import type { MainModule } from './module.js'
import { ByteQueue, type Content, skipping, streamed, unpack, wholeRows } from './packed.js'
import type { StoredArray } from './storedArrays.js'
import type { FilePiece } from './table.js'

interface ZipEntry {
  name: string
  method: number
  isEncrypted: boolean
  checksum: number
  compressedSize: number
  size: number
  header: number
}

/** What is deflated as gzip has it, so that whoever unpacks it checks that it is whole. */
async function* asGzip(deflated: AsyncIterable<ByteRange>, { checksum, size }: ZipEntry): AsyncGenerator<ByteRange> {
  const deflate = 8
  yield { bytes: Uint8Array.of(0x1f, 0x8b, deflate, 0, 0, 0, 0, 0, 0, 0xff), end: 0 }
  let last = 0
  for await (const range of deflated) {
    yield range
    last = range.end
  }
  const trailer = new DataView(new ArrayBuffer(8))
  trailer.setUint32(0, checksum, true)
  trailer.setUint32(4, size % 2 ** 32, true)
  yield { bytes: new Uint8Array(trailer.buffer), end: last }
}

/** A member of an archive, with its bytes from the first one on. */
export class Member {
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

  ranges(): AsyncGenerator<ByteRange> {
    const ranges = byteRanges(this.#file, { begin: this.#begin, end: this.#begin + this.#entry.compressedSize })
    return this.isStored ? ranges : unpack(asGzip(ranges, this.#entry), this.#file.name)
  }

  async head(size: number): Promise<Uint8Array> {
    const queue = new ByteQueue(this.ranges())
    const bytes = await queue.take(Math.min(size, this.#entry.size))
    await queue.close()
    return bytes
  }

  /** The array that stands in the member from `begin` to `end`. */
  array({ begin, end }: FilePiece): Pick<StoredArray, 'file' | 'stored'> {
    const stored = this.isStored
      ? { begin: this.#begin + begin, end: this.#begin + end }
      : (rowBytes: number) => wholeRows(skipping(this.ranges(), begin), rowBytes)
    return { file: this.#file, stored }
  }
}

export async function zipMembers(native: MainModule, file: FileSource): Promise<Member[]> {
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

/** Folders, and what systems add to an archive, are nobody's files. */
const isFile = ({ name }: Member) => !/\/$|(^|\/)(__MACOSX\/|\.)/.test(name)
const isOfOffice = ({ name }: Member) => name === '[Content_Types].xml' || name === 'META-INF/manifest.xml'

/** The one file of an archive. */
export function onlyFile(archive: FileSource, members: readonly Member[]): Content {
  const { name: file } = archive
  if (members.some(isOfOffice)) throw new DataError(say`the file is an Office document: save its sheet as CSV`, { file })
  const files = members.filter(isFile)
  const [only] = files
  if (only && files.length === 1) return streamed(archive, (begin) => skipping(only.ranges(), begin), { words: [`zip (${only.name})`] })
  const names = (only ? files : members).slice(0, 5).map(({ name }) => `"${name}"`)
  throw new DataError(
    say`the file is a zip archive with neither NumPy arrays nor tensors nor a single file in it, but ${names.length === 0 ? say`nothing` : names.join(', ')}; unpack it and choose what is meant`,
    { file },
  )
}
