// Unpacks groups of rows and evaluates them, each apart from the others.
import { takeBatch } from '../batch.js'
import { ChunkRows } from '../chunkRows.js'
import type { Evaluator } from '../evaluator.js'
import { type Group, type GroupReader as Unpacker, unpackGroup } from '../groups.js'
import { evaluated, plainOf } from '../keptRows.js'
import type { MainModule } from '../module.js'
import { type Counts, type PartSinks, type ReadTask, rowSource } from './readTask.js'

export class GroupReader {
  readonly #native: MainModule
  readonly #task: ReadTask
  readonly #unpacker: Unpacker
  readonly #rows: ChunkRows
  readonly #evaluator: Evaluator

  constructor(native: MainModule, task: ReadTask, unpacker: Unpacker, evaluator: Evaluator) {
    this.#native = native
    this.#task = task
    this.#unpacker = unpacker
    this.#rows = new ChunkRows(native, task.understanding.selection, task)
    this.#evaluator = evaluator
  }

  /** Returns how many they are. */
  async evaluate(group: Group, { part, problems, keep }: PartSinks): Promise<number> {
    const chunk = await unpackGroup(group, this.#unpacker)
    const source = rowSource(this.#native, this.#task)
    this.#evaluator.startPart(part)
    let read = 0
    for (const batch of this.#rows.batches(chunk, group.before, problems)) {
      takeBatch(source, this.#evaluator, batch, problems)
      if (!problems.isAny) {
        keep?.take(evaluated(plainOf(this.#native, batch, source.understanding.selection), this.#evaluator, keep.keeps))
      }
      read += batch.rows
    }
    return read
  }

  counts(): Counts {
    return { blankLines: 0, leftOut: this.#rows.leftOut }
  }

  dispose(): void {
    this.#rows.release()
  }
}
