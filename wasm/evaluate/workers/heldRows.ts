// Copies of rows that another thread has in memory, for a first look at their losses.
import { type LossRows, lossState } from '../firstLosses.js'
import { type PlainBatch, Scratch } from '../keptRows.js'
import type { Understanding } from '../mapping.js'
import type { MainModule } from '../module.js'
import type { Settings } from '../options.js'

/** Plain data. */
export interface Holding {
  id: number
  understanding: Understanding
  batches: PlainBatch[]
}

export class HeldRows {
  readonly #native: MainModule
  readonly #understanding: Understanding
  readonly #rows: LossRows[]
  readonly #scratch: Scratch

  constructor(native: MainModule, { understanding, batches }: Holding) {
    this.#native = native
    this.#understanding = understanding
    this.#rows = batches.map((plain) => ({ plain }))
    this.#scratch = new Scratch(native)
  }

  losses(settings: Settings): Uint8Array | undefined {
    return lossState({ native: this.#native, understanding: this.#understanding, settings }, this.#rows, this.#scratch)
  }

  dispose(): void {
    this.#scratch.free()
  }
}
