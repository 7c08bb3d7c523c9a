// Groups of rows as columnar formats have them: found in one thread, unpacked in any.
import { type ArraysContent, Rooms, unpackArrays } from './arraysGroup.js'
import { type ArrowContent, unpackArrow } from './arrowGroup.js'
import type { Chunk } from './chunkRows.js'
import type { Values } from './columnValues.js'
import { type ParquetContent, unpackParquet } from './parquetGroup.js'
import type { ReaderName } from './readers.js'

/** Plain data. */
export interface Group {
  rows: number
  /** Rows of the file in front of it. */
  before: number
  /** Bytes of the file that are used up behind it. */
  bytes: number
  content: ParquetContent | ArrowContent | ArraysContent
}

/** What a thread has loaded to unpack groups, where their format has a reader. */
export type GroupReader = Awaited<ReturnType<typeof import('./readers.js')['loadReader'][ReaderName]>>

/** Memory that may go to another thread with it. */
export function memoryOf({ content }: Group): ArrayBuffer[] {
  if (content.kind === 'parquet') return content.ranges.map(({ bytes }) => bytes)
  if (content.kind === 'arrow') return content.batches.map(({ buffer }) => buffer)
  return [...new Set(content.columns.flatMap(({ stored }) => (stored instanceof Uint8Array ? [stored.buffer] : [])))]
}

/** What stands in front of several groups goes to a thread with the first of them that needs it. */
export class Sent {
  #messages = 0

  /** The group as it is sent behind those before. */
  rest(group: Group): Group {
    const { content } = group
    if (content.kind !== 'arrow') return group
    const known = this.#messages
    this.#messages = content.before.length
    return { ...group, content: { ...content, before: content.before.slice(known) } }
  }
}

/** The other end of it. */
export class Received {
  readonly #messages: Uint8Array[] = []

  whole(group: Group): Group {
    const { content } = group
    if (content.kind !== 'arrow') return group
    this.#messages.push(...content.before)
    return { ...group, content: { ...content, before: this.#messages } }
  }
}

async function valuesOf({ content, rows }: Group, reader: GroupReader | undefined, rooms: Rooms): Promise<Values[]> {
  if (content.kind === 'arrays') return unpackArrays(content, rooms)
  return content.kind === 'parquet'
    ? unpackParquet(content, reader as Parameters<typeof unpackParquet>[1])
    : unpackArrow(content, rows, reader as Parameters<typeof unpackArrow>[2])
}

/** Its rows, until the rooms are used again. */
export const unpackGroup = async (group: Group, reader: GroupReader | undefined, rooms = new Rooms()): Promise<Chunk> => ({
  rows: group.rows,
  columns: await valuesOf(group, reader, rooms),
  bytes: group.bytes,
})
