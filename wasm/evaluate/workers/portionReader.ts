// Evaluates portions of one file, each apart from the others.
import { Evaluator } from '../evaluator.js'
import type { MainModule } from '../module.js'
import { LineReader } from './lineReader.js'
import type { Content } from './portions.js'
import type { Counts, PartSinks, ReadTask } from './readTask.js'
import { RowReader } from './rowReader.js'

export class PortionReader {
  readonly #evaluator: Evaluator
  readonly #rows: RowReader
  readonly #lines?: LineReader

  constructor(native: MainModule, task: ReadTask) {
    this.#evaluator = new Evaluator(native, task.understanding, task.settings)
    this.#rows = new RowReader(native, task, this.#evaluator)
    this.#lines = task.lines && new LineReader(native, task, task.lines, this.#evaluator)
  }

  /** Returns its rows. */
  read(content: Content, sinks: PartSinks): number {
    if (sinks.keep?.keeps === 'rows') this.#evaluator.startKeeping()
    if (content.kind === 'rows') return this.#rows.evaluate(content.batches, sinks)
    if (!this.#lines) throw new Error('a worker was given lines of a file that has none')
    return this.#lines.readLines(content.bytes, content.lines, sinks)
  }

  /** What all portions so far come to. */
  sum(): { state: Uint8Array; counts: Counts } {
    return { state: this.#evaluator.toBytes(), counts: this.#lines?.counts() ?? { blankLines: 0, leftOut: [] } }
  }

  dispose(): void {
    this.#lines?.dispose()
    this.#rows.dispose()
    this.#evaluator.dispose()
  }
}
