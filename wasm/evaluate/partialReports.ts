// Reports of the rows so far.
import { takeBatch } from './batch.js'
import { Evaluator } from './evaluator.js'
import { type Opened, reportOf } from './opening.js'
import { Problems } from './problems.js'

/** First numbers early, then each time the rows have doubled. */
export class PartialReports {
  readonly #opened: Opened
  #next = 1

  constructor(opened: Opened) {
    this.#opened = opened
  }

  isDue(rows: number): boolean {
    return this.#opened.settings.onPartial !== undefined && rows >= this.#next
  }

  tellWhenDue(rows: number, evaluator: Evaluator): void {
    if (this.isDue(rows)) this.tell(rows, evaluator)
  }

  tell(rows: number, evaluator: Evaluator): void {
    this.#next = 2 * rows
    this.#opened.settings.onPartial?.(reportOf(this.#opened, evaluator.results({ temperature: null })))
  }
}

/** Tells the first numbers while others get ready to read the file: of its first batch, which they read again. */
export async function tellBeginning(opened: Opened, partial: PartialReports): Promise<void> {
  const { native, table, understanding, settings } = opened
  const evaluator = new Evaluator(native, understanding, settings)
  const problems = new Problems()
  try {
    for await (const batch of table.batches(understanding.selection, problems)) {
      takeBatch(opened, evaluator, batch, problems)
      if (!problems.isAny) partial.tell(batch.rows, evaluator)
      break
    }
  } catch {
    // What is wrong is told by those who read all of it.
  } finally {
    evaluator.dispose()
  }
}
