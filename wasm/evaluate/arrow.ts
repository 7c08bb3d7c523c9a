// Arrow IPC (streams, and files such as Feather), some record batches at a time, by flechette.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import { unreadable } from './arrowGroup.js'
import type { Chunk } from './chunkRows.js'
import type { ColumnSource } from './columnTable.js'
import { type Group, unpackGroup } from './groups.js'
import { ByteQueue, type Content } from './packed.js'
import { loadReader } from './readers.js'

const magic = 'ARROW1'
const continuation = 0xffffffff
/** Of a message, not of the data behind it. */
const mostMetadata = 1 << 26
/** Smaller record batches are unpacked together up to so many bytes: to begin with one, columns and dictionaries are gone through. */
const usualGroup = 1 << 20
/** Of those that are packed tightly. */
const mostRows = 1 << 14

/** Kinds of messages. */
const schema = 1
const dictionary = 2
const recordBatch = 3

interface Message {
  kind: number
  /** Of a record batch. */
  rows: number
  /** Metadata and body, as they stand in the file. */
  bytes: Uint8Array<ArrayBuffer>
}

/** Field `index` of a table of a flatbuffer: where its value stands, 0 when it has the default. */
function fieldAt(view: DataView, index: number, table: number): number {
  const vtable = table - view.getInt32(table, true)
  const entry = 4 + 2 * index
  if (entry >= view.getUint16(vtable, true)) return 0
  const offset = view.getUint16(vtable + entry, true)
  return offset === 0 ? 0 : table + offset
}

const tableAt = (view: DataView, place: number): number => place + view.getUint32(place, true)

function longAt(view: DataView, place: number): number {
  return place === 0 ? 0 : Number(view.getBigInt64(place, true))
}

/** Of a message's flatbuffer: its kind, the bytes of its body, and how many rows it has where it is a record batch. */
function readMessage(view: DataView): { kind: number; bodySize: number; rows: number } {
  const message = tableAt(view, 0)
  const kind = view.getUint8(fieldAt(view, 1, message))
  const bodySize = longAt(view, fieldAt(view, 3, message))
  const header = fieldAt(view, 2, message)
  const rows = kind === recordBatch && header !== 0 ? longAt(view, fieldAt(view, 0, tableAt(view, header))) : 0
  return { kind, bodySize, rows }
}

/** The messages of an IPC stream (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format). */
async function* messages(queue: ByteQueue): AsyncGenerator<Message> {
  for (;;) {
    const prefix = await queue.take(4)
    if (prefix.length < 4) return
    const word = new DataView(prefix.buffer, prefix.byteOffset).getUint32(0, true)
    const hasContinuation = word === continuation
    const sizeBytes = hasContinuation ? await queue.take(4) : prefix
    const size = new DataView(sizeBytes.buffer, sizeBytes.byteOffset).getInt32(0, true)
    if (size === 0) return
    if (size < 0 || size > mostMetadata) throw new RangeError('a message has no length')
    const metadata = await queue.take(size)
    const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength)
    const { kind, bodySize, rows } = readMessage(view)
    const body = await queue.take(bodySize)
    if (body.length < bodySize) throw new RangeError('it is cut off')
    const bytes = new Uint8Array(8 + size + bodySize)
    new DataView(bytes.buffer).setUint32(0, continuation, true)
    new DataView(bytes.buffer).setInt32(4, size, true)
    bytes.set(metadata, 8)
    bytes.set(body, 8 + size)
    yield { kind, rows, bytes }
  }
}

async function openMessages(content: Content): Promise<ByteQueue> {
  const { bytes } = await content.head(magic.length)
  const queue = new ByteQueue(content.ranges())
  // A file is a stream between its name and its index.
  if (new TextDecoder('latin1').decode(bytes) === magic) await queue.take(8)
  return queue
}

export async function openArrow(content: Content): Promise<ColumnSource> {
  const { file } = content
  const reader = await loadReader.arrow()

  async function* allMessages(): AsyncGenerator<Message & { end: number }> {
    const queue = await openMessages(content)
    try {
      for await (const message of messages(queue)) yield { ...message, end: queue.end }
    } catch (error) {
      throw unreadable(error, file.name)
    } finally {
      await queue.close()
    }
  }

  async function readNames(): Promise<string[]> {
    for await (const { kind, bytes } of allMessages()) {
      if (kind !== schema) continue
      try {
        return reader.tableFromIPC([bytes]).names as string[]
      } catch (error) {
        throw unreadable(error, file.name)
      }
    }
    throw new DataError(say`the Arrow file has no schema`, { file: file.name })
  }

  async function* all(columns: number[], groupBytes = usualGroup): AsyncGenerator<Group> {
    const told: Uint8Array[] = []
    let before = 0
    let pending = { rows: 0, size: 0, end: 0, batches: [] as Message['bytes'][] }
    function* taken(): Generator<Group> {
      const { rows, end, batches } = pending
      if (rows > 0) yield { rows, before, bytes: end, content: { kind: 'arrow', file: file.name, before: [...told], batches, columns } }
      before += rows
      pending = { rows: 0, size: 0, end: 0, batches: [] }
    }
    try {
      for await (const { kind, rows, bytes, end } of allMessages()) {
        if (kind === schema || kind === dictionary) {
          // It does not hold for the batches in front of it.
          yield* taken()
          told.push(bytes)
        }
        if (kind !== recordBatch || rows === 0) continue
        pending.rows += rows
        pending.size += bytes.length
        pending.end = end
        pending.batches.push(bytes)
        if (pending.size >= groupBytes || pending.rows >= mostRows) yield* taken()
      }
    } catch (error) {
      // What is wrong in the rows in front of it comes first.
      yield* taken()
      throw error
    }
    yield* taken()
  }

  async function* chunks(columns: number[]): AsyncGenerator<Chunk> {
    for await (const group of all(columns)) yield await unpackGroup(group, reader)
  }

  const names = await readNames()
  return { file, dialect: 'Arrow IPC', names, widths: names.map(() => undefined), chunks, groups: { reader: 'arrow', all } }
}
