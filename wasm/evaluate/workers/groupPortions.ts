// A file whose rows stand in it in groups: these are unpacked elsewhere, and read there too where that can be.
import type { RowGroups, Selection } from '../table.js'
import type { Portion, Portions } from './portions.js'
import { type Counts, mergedCounts } from './readTask.js'

export class GroupPortions implements Portions {
  readonly #groups: RowGroups
  readonly #selection: Selection
  readonly #rangeBytes?: number

  constructor(groups: RowGroups, selection: Selection, rangeBytes?: number) {
    this.#groups = groups
    this.#selection = selection
    this.#rangeBytes = rangeBytes
  }

  async *all(): AsyncGenerator<Portion> {
    let part = 0
    let before = 0
    for await (const group of this.#groups.all(this.#selection, this.#rangeBytes)) {
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
