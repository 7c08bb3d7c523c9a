// Evaluates the batches of a part of a file, which are in wasm memory until the next one is asked for.
import { takeBatch } from '../batch.js'
import type { Evaluator } from '../evaluator.js'
import { evaluated, plainOf } from '../keptRows.js'
import type { MainModule } from '../module.js'
import type { Batch } from '../table.js'
import { type PartSinks, type ReadTask, rowSource } from './readTask.js'

/** Who evaluates, and what the rows are of. */
export interface Evaluating {
  native: MainModule
  task: ReadTask
  evaluator: Evaluator
}

/** Returns their rows. */
export function evaluateBatches({ native, task, evaluator }: Evaluating, batches: Iterable<Batch>, sinks: PartSinks): number {
  const { part, problems, keep } = sinks
  const source = rowSource(native, task)
  evaluator.startPart(part)
  let read = 0
  for (const batch of batches) {
    takeBatch(source, evaluator, batch, problems)
    if (!problems.isAny) keep?.take(evaluated(plainOf(native, batch, source.understanding.selection), evaluator, keep.keeps))
    read += batch.rows
  }
  return read
}
