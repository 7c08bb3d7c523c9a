// Rows of a file that is read here, whatever its format, in portions to be evaluated elsewhere.
import { copied, type PlainBatch, plainOf, sizeOf } from '../keptRows.js'
import type { Memory } from '../memory.js'
import type { Problems } from '../problems.js'
import type { Selection, TableReader } from '../table.js'
import type { Portion, Portions } from './portions.js'

/** Some milliseconds of work: a worker is asked seldom enough, and none has much left at the end. */
const portionBytes = 1 << 20

/** Batches side by side in memory that can be sent away. */
class Load {
  readonly batches: PlainBatch[] = []
  readonly room: ArrayBuffer
  #used = 0

  constructor(room: ArrayBuffer) {
    this.room = room
  }

  hasRoomFor(bytes: number): boolean {
    return this.#used + bytes <= this.room.byteLength
  }

  add(batch: PlainBatch, bytes: number): void {
    this.batches.push(copied(batch, this.room, this.#used))
    this.#used += bytes
  }
}

export class RowPortions implements Portions {
  readonly #memory: Memory
  readonly #table: TableReader
  readonly #selection: Selection
  readonly #problems: Problems
  readonly #bytes: number
  readonly #rooms: ArrayBuffer[] = []

  constructor(
    memory: Memory,
    table: TableReader,
    { selection, problems, rangeBytes = portionBytes }: { selection: Selection; problems: Problems; rangeBytes?: number },
  ) {
    this.#memory = memory
    this.#table = table
    this.#selection = selection
    this.#problems = problems
    this.#bytes = Math.min(rangeBytes, portionBytes)
  }

  async *all(): AsyncGenerator<Portion> {
    let load: Load | undefined
    let part = 0
    let end = 0
    let before = 0
    const portionOf = ({ room, batches }: Load): Portion => {
      const portion: Portion = { part: part++, content: { kind: 'rows', room, batches }, bytes: end - before }
      before = end
      return portion
    }
    for await (const batch of this.#table.batches(this.#selection, this.#problems)) {
      const rows = plainOf(this.#memory, batch, this.#selection)
      const size = sizeOf(rows)
      if (load && !load.hasRoomFor(size)) yield portionOf(load)
      if (!load?.hasRoomFor(size)) load = new Load(this.#roomFor(size))
      load.add(rows, size)
      end = batch.bytes
    }
    if (load) yield portionOf(load)
  }

  #roomFor(bytes: number): ArrayBuffer {
    const room = this.#rooms.pop()
    return room && room.byteLength >= bytes ? room : new ArrayBuffer(Math.max(bytes, this.#bytes))
  }

  giveBack(room: ArrayBuffer): void {
    this.#rooms.push(room)
  }

  finish(): void {}

  dispose(): void {}
}
