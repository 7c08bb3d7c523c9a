// Rows in memory of which other workers have copies, so that several threads give a first look at their losses.
import { chooseVariant } from '../../variant.js'
import { copied, type PlainBatch, sizeOf } from '../keptRows.js'
import { compiledModule } from '../module.js'
import type { Opened } from '../opening.js'
import type { Settings } from '../options.js'
import { turn } from '../turn.js'
import { giveBack, takeWorkers } from './pool.js'
import type { PortionWorker } from './portionWorker.js'
import { sendable } from './readTask.js'
import { threadsFor } from './thread.js'

/** What a loss is made of, in memory of its own. */
function copyOf({ rows, arrays }: PlainBatch): PlainBatch {
  const bare: PlainBatch = { rows, arrays, places: { each: [] } }
  return copied(bare, new ArrayBuffer(sizeOf(bare)))
}

export class SharedRows {
  static #last = 0

  readonly #id = ++SharedRows.#last
  readonly #workers: PortionWorker[]

  private constructor(workers: PortionWorker[]) {
    this.#workers = workers
  }

  /** Every so many of the batches are another thread's. */
  get #threads(): number {
    return this.#workers.length + 1
  }

  /**
   * Gives other workers copies of the rows, as many as there are threads for; nothing where there is no other thread, or where the copies would
   * take more than `room` bytes.
   */
  static async of(opened: Opened, batches: readonly PlainBatch[], room: number): Promise<SharedRows | undefined> {
    const bytes = batches.reduce((sum, batch) => sum + sizeOf(batch), 0)
    const others = threadsFor(opened.settings, bytes) - 1
    if (others < 1 || batches.length <= others || (bytes * others) / (others + 1) > room) return undefined
    const variant = chooseVariant(opened.settings.variant)
    const module = await compiledModule(variant)
    const workers = takeWorkers(others, variant)
    const shared = new SharedRows(workers)
    // They stay where others may have them read a file meanwhile.
    giveBack(workers)
    const holds: Promise<void>[] = []
    for (const [i, worker] of workers.entries()) {
      const copies = shared.#partOf(batches, i + 1).map(copyOf)
      holds.push(worker.hold(module, { id: shared.#id, understanding: opened.understanding, batches: copies }))
      await turn()
    }
    await Promise.all(holds)
    return shared
  }

  #partOf<Batch>(batches: readonly Batch[], thread: number): Batch[] {
    return batches.filter((_, i) => i % this.#threads === thread)
  }

  /** Those that no other worker has. */
  own<Batch>(batches: readonly Batch[]): Batch[] {
    return this.#partOf(batches, 0)
  }

  /** What the rows of each worker come to; rejects where one is lost. */
  losses(settings: Settings): Promise<(Uint8Array | undefined)[]> {
    return Promise.all(this.#workers.map((worker) => worker.losses(this.#id, sendable(settings))))
  }

  release(): void {
    for (const worker of this.#workers) worker.release(this.#id)
    // Those that nobody needs any more end some time.
    giveBack([])
  }
}
