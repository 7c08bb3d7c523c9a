// Reports of the rows so far.
import type { Evaluator } from './evaluator.js'
import { type Opened, reportOf } from './opening.js'

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
