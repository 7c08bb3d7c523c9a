// Evaluates portions of one file, each apart from the others.
import { Evaluator } from '../evaluator.js'
import type { GroupReader as Unpacker } from '../groups.js'
import type { MainModule } from '../module.js'
import type { FilePiece } from '../table.js'
import { GroupReader } from './groupReader.js'
import { LineReader } from './lineReader.js'
import { type Look, PieceReader } from './pieceReader.js'
import type { Content } from './portions.js'
import { type Counts, mergedCounts, type PartSinks, type ReadTask } from './readTask.js'
import { RowReader } from './rowReader.js'

export class PortionReader {
  readonly #evaluator: Evaluator
  readonly #rows: RowReader
  readonly #pieces?: PieceReader
  readonly #makeGroups: () => GroupReader
  #groups?: GroupReader

  constructor(native: MainModule, task: ReadTask, unpacker?: Unpacker) {
    this.#evaluator = new Evaluator(native, task.understanding, task.settings)
    this.#rows = new RowReader(native, task, this.#evaluator)
    const { lines } = task
    this.#pieces = lines && new PieceReader(task, () => new LineReader(native, task, lines, this.#evaluator))
    this.#makeGroups = () => new GroupReader({ native, task, evaluator: this.#evaluator }, unpacker)
  }

  /** Returns its rows. One is read before the next one begins. */
  async read(content: Content, sinks: PartSinks): Promise<number> {
    if (sinks.keep?.keeps === 'rows') this.#evaluator.startKeeping()
    if (content.kind === 'rows') return this.#rows.evaluate(content.batches, sinks)
    if (content.kind === 'group') {
      this.#groups ??= this.#makeGroups()
      return this.#groups.evaluate(content.group, sinks)
    }
    const pieces = this.#given(this.#pieces)
    return content.kind === 'piece'
      ? pieces.read(content.number, content.lines, sinks)
      : pieces.readGiven(content.bytes, content.lines, sinks)
  }

  takePiece(number: number, piece: FilePiece): Look[] {
    return this.#given(this.#pieces).take(number, piece)
  }

  lookAtPiece(number: number, state: number): Look {
    return this.#given(this.#pieces).look(number, state)
  }

  /** What all portions so far come to. */
  sum(): { state: Uint8Array; counts: Counts } {
    const counts = [this.#pieces, this.#groups].flatMap((reader) => reader?.counts() ?? [])
    return { state: this.#evaluator.toBytes(), counts: mergedCounts(counts) }
  }

  dispose(): void {
    this.#pieces?.dispose()
    this.#groups?.dispose()
    this.#rows.dispose()
    this.#evaluator.dispose()
  }

  #given<Reader>(reader: Reader | undefined): Reader {
    if (!reader) throw new Error('a worker was given a portion of another kind than its file has')
    return reader
  }
}
