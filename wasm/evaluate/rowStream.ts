// What came of the rows of a file in its order, for one who takes it while the file is being read.
import { type EvaluatedBatch, type Keeper, KeptBatch } from './keptRows.js'

/** A part of the file: to be taken when it is whole. */
interface Part {
  number: number
  batches: KeptBatch[]
  isWhole: boolean
}

/** Bytes that wait to be taken before no more is read. */
const enough = 16 << 20

export class RowStream implements Keeper {
  readonly keeps = 'terms'
  readonly #parts: Part[] = []
  #bytes = 0
  #isStopped = false
  #end: { error?: unknown } | undefined
  #wake = () => {}

  get isFull(): boolean {
    return this.#isStopped
  }

  take(part: number, rows: EvaluatedBatch): void {
    const begun = this.#parts.find(({ number, isWhole }) => number === part && !isWhole)
    // What had begun before is in front of all that is missing.
    if (this.#isStopped && !begun) return
    const batch = new KeptBatch(rows)
    this.#bytes += batch.bytes
    if (begun) begun.batches.push(batch)
    else this.#parts.push({ number: part, batches: [batch], isWhole: true })
    this.#tell()
  }

  begin(part: number): void {
    this.#parts.push({ number: part, batches: [], isWhole: false })
  }

  end(part: number): void {
    for (const each of this.#parts) if (each.number === part) each.isWhole = true
    this.#tell()
  }

  /** Nothing more is to be taken, but what has begun. */
  stop(): void {
    this.#isStopped = true
    this.#tell()
  }

  /** All has been read, or an error ended it. */
  close(end: { error?: unknown } = {}): void {
    this.#end = end
    this.#tell()
  }

  async ready(): Promise<void> {
    while (this.#bytes > enough && !this.#isStopped) await this.#change()
  }

  /** The next rows; nothing at the end. An error comes behind the rows in front of it. */
  async next(): Promise<KeptBatch | undefined> {
    for (;;) {
      while (this.#parts[0]?.isWhole && this.#parts[0].batches.length === 0) this.#parts.shift()
      const batch = this.#parts[0]?.isWhole ? this.#parts[0].batches.shift() : undefined
      if (batch) {
        this.#bytes -= batch.bytes
        this.#tell()
        return batch
      }
      if (this.#end) {
        if ('error' in this.#end) throw this.#end.error
        return undefined
      }
      await this.#change()
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const others = this.#wake
      this.#wake = () => {
        others()
        resolve()
      }
    })
  }

  #tell(): void {
    const wake = this.#wake
    this.#wake = () => {}
    wake()
  }
}
