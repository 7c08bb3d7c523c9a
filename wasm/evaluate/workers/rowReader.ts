// Evaluates rows that were read in another thread.
import { takeBatch } from '../batch.js'
import type { Evaluator } from '../evaluator.js'
import { asBatch, evaluated, everything, type PlainBatch, Scratch } from '../keptRows.js'
import type { MainModule } from '../module.js'
import { type PartSinks, type ReadTask, rowSource } from './readTask.js'

export class RowReader {
  readonly #native: MainModule
  readonly #task: ReadTask
  readonly #evaluator: Evaluator
  readonly #scratch: Scratch

  constructor(native: MainModule, task: ReadTask, evaluator: Evaluator) {
    this.#native = native
    this.#task = task
    this.#evaluator = evaluator
    this.#scratch = new Scratch(native)
  }

  /** Returns how many they are. */
  evaluate(batches: readonly PlainBatch[], { part, problems, keep }: PartSinks): number {
    const source = rowSource(this.#native, this.#task)
    this.#evaluator.startPart(part)
    for (const batch of batches) {
      takeBatch(source, this.#evaluator, asBatch(batch, this.#scratch, everything), problems)
      if (!problems.isAny) keep?.take(evaluated(batch, this.#evaluator, keep.keeps))
    }
    return batches.reduce((sum, { rows }) => sum + rows, 0)
  }

  dispose(): void {
    this.#scratch.free()
  }
}
