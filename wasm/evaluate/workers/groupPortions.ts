// A file whose rows are packed in groups: they are read here and unpacked elsewhere.
import type { RowGroups, Selection } from '../table.js'
import type { Portion, Portions } from './portions.js'
import { type Counts, mergedCounts } from './readTask.js'

export class GroupPortions implements Portions {
  readonly #groups: RowGroups
  readonly #selection: Selection

  constructor(groups: RowGroups, selection: Selection) {
    this.#groups = groups
    this.#selection = selection
  }

  async *all(): AsyncGenerator<Portion> {
    let part = 0
    let before = 0
    for await (const group of this.#groups.all(this.#selection)) {
      yield { part: part++, content: { kind: 'group', group }, bytes: group.bytes - before }
      before = group.bytes
    }
  }

  giveBack(): void {}

  finish(counts: Counts[]): void {
    this.#groups.finish(mergedCounts(counts))
  }

  dispose(): void {}
}
