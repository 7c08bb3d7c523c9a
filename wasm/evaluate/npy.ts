// .npy, .npz, safetensors and torch's .pt: their headers are read by the core, their arrays where they stand.
import { DataError } from '../errors.js'
import { type Message, ofCore, say } from '../message.js'
import { arrayColumns } from './arrays.js'
import type { ColumnSource } from './columnTable.js'
import { type FileSource, readRange } from './file.js'
import type { MainModule } from './module.js'
import { type Content, wholeRows } from './packed.js'
import type { ArrayInfo, StoredArray } from './storedArrays.js'
import type { Member } from './zip.js'

interface NpyHeader {
  array: ArrayInfo
  needed: number
  problem: string
}

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

/** .npz and .pt are both archives; nothing where one holds neither arrays nor tensors. */
export async function openArrays(
  native: MainModule,
  file: FileSource,
  members: readonly Member[],
  areTokens: boolean,
): Promise<ColumnSource | undefined> {
  const pickle = members.find(({ name }) => /(^|\/)data\.pkl$/.test(name))
  if (pickle) return arrayColumns(file, 'tensors of torch.save', await torchArrays(native, file, members, pickle), areTokens)
  const arrays = members.filter(({ name }) => name.endsWith('.npy'))
  return arrays.length === 0 ? undefined : arrayColumns(file, 'NumPy arrays', await npzArrays(native, file, arrays), areTokens)
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
