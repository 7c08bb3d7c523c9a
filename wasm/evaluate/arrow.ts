// Arrow IPC (streams, and files such as Feather), record batch by record batch, by flechette.
import { DataError } from '../errors.js'
import { say } from '../message.js'
import type { Chunk, ColumnSource } from './columnTable.js'
import { ByteQueue, type Content } from './packed.js'
import type { Values } from './values.js'

type Flechette = typeof import('../vendor/flechette.js')

const magic = 'ARROW1'
const continuation = 0xffffffff
/** Of a message, not of the data behind it. */
const mostMetadata = 1 << 26

/** Kinds of messages. */
const schema = 1
const dictionary = 2
const recordBatch = 3

interface Message {
  kind: number
  /** Metadata and body, as they stand in the file. */
  bytes: Uint8Array
}

/** Field `index` of the table that a flatbuffer begins with: where its value stands, 0 when it has the default. */
function fieldAt(view: DataView, index: number): number {
  const table = view.getUint32(0, true)
  const vtable = table - view.getInt32(table, true)
  const entry = 4 + 2 * index
  if (entry >= view.getUint16(vtable, true)) return 0
  const offset = view.getUint16(vtable + entry, true)
  return offset === 0 ? 0 : table + offset
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
    const kind = view.getUint8(fieldAt(view, 1))
    const length = fieldAt(view, 3)
    const bodySize = length === 0 ? 0 : Number(view.getBigInt64(length, true))
    const body = await queue.take(bodySize)
    if (body.length < bodySize) throw new RangeError('it is cut off')
    const bytes = new Uint8Array(8 + size + bodySize)
    new DataView(bytes.buffer).setUint32(0, continuation, true)
    new DataView(bytes.buffer).setInt32(4, size, true)
    bytes.set(metadata, 8)
    bytes.set(body, 8 + size)
    yield { kind, bytes }
  }
}

async function openMessages(content: Content): Promise<ByteQueue> {
  const { bytes } = await content.head(magic.length)
  const queue = new ByteQueue(content.ranges())
  // A file is a stream between its name and its index.
  if (new TextDecoder('latin1').decode(bytes) === magic) await queue.take(8)
  return queue
}

/** A list or number of flechette as everything here takes it. */
const plainValues = (column: { toArray(): unknown }): Values => column.toArray() as Values

export async function openArrow(content: Content): Promise<ColumnSource> {
  const { file } = content
  const { tableFromIPC }: Flechette = await import('../vendor/flechette.js')
  const explain = (error: unknown) => {
    if (error instanceof DataError) return error
    const reason = error instanceof Error ? error.message : String(error)
    return new DataError(say`the file is an Arrow file that cannot be read: ${reason}`, { file: file.name }, { cause: error })
  }

  async function* tables(): AsyncGenerator<{ table: ReturnType<Flechette['tableFromIPC']>; bytes: number }> {
    const queue = await openMessages(content)
    const before: Uint8Array[] = []
    try {
      for await (const { kind, bytes } of messages(queue)) {
        if (kind === schema || kind === dictionary) before.push(bytes)
        if (kind === schema) yield { table: tableFromIPC([bytes]), bytes: queue.end }
        if (kind === recordBatch) yield { table: tableFromIPC([...before, bytes]), bytes: queue.end }
      }
    } catch (error) {
      throw explain(error)
    } finally {
      await queue.close()
    }
  }

  async function firstNames(): Promise<string[]> {
    for await (const { table } of tables()) return table.names as string[]
    throw new DataError(say`the Arrow file has no schema`, { file: file.name })
  }

  async function* chunks(columns: number[]): AsyncGenerator<Chunk> {
    for await (const { table, bytes } of tables()) {
      if (table.numRows === 0) continue
      yield { rows: table.numRows, columns: columns.map((column) => plainValues(table.getChildAt(column))), bytes }
    }
  }

  const names = await firstNames()
  return { file, dialect: 'Arrow IPC', names, widths: names.map(() => undefined), chunks }
}
