// Unpacks groups of rows and evaluates them, each apart from the others.
import { Rooms } from '../arraysGroup.js'
import { ChunkRows } from '../chunkRows.js'
import { type Group, Received, type GroupReader as Unpacker, unpackGroup } from '../groups.js'
import { type Evaluating, evaluateBatches } from './evaluateBatches.js'
import type { Counts, PartSinks } from './readTask.js'

export class GroupReader {
  readonly #evaluating: Evaluating
  readonly #unpacker?: Unpacker
  readonly #rooms = new Rooms()
  readonly #rows: ChunkRows
  readonly #received = new Received()

  constructor(evaluating: Evaluating, unpacker?: Unpacker) {
    const { native, task } = evaluating
    this.#evaluating = evaluating
    this.#unpacker = unpacker
    this.#rows = new ChunkRows(native, task.understanding.selection, task)
  }

  /** Returns how many they are. */
  async evaluate(group: Group, sinks: PartSinks): Promise<number> {
    const chunk = await unpackGroup(this.#received.whole(group), this.#unpacker, this.#rooms)
    return evaluateBatches(this.#evaluating, this.#rows.batches(chunk, group.before, sinks.problems), sinks)
  }

  counts(): Counts {
    return { blankLines: 0, leftOut: this.#rows.leftOut }
  }

  dispose(): void {
    this.#rows.release()
  }
}
