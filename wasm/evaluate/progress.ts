// How far an evaluation is, and how fast.
import type { Progress } from './options.js'

/** Counts what is read and tells it, at most every few milliseconds. */
export class Meter {
  readonly #total: number
  readonly #onProgress?: (progress: Progress) => void
  readonly #begin = performance.now()
  #bytes = 0
  #rows = 0
  #told = this.#begin

  constructor(total: number, onProgress?: (progress: Progress) => void) {
    this.#total = total
    this.#onProgress = onProgress
  }

  get rows(): number {
    return this.#rows
  }

  /** More bytes and rows have been read. */
  add(bytes: number, rows: number): void {
    this.reach(this.#bytes + bytes, rows)
  }

  /** More rows have been read, and the file up to this byte. */
  reach(bytes: number, rows: number): void {
    this.#bytes = bytes
    this.#rows += rows
    if (performance.now() - this.#told >= Meter.interval) this.#tell()
  }

  /** Everything has been read. */
  end(): void {
    this.#bytes = this.#total
    this.#tell()
  }

  #tell(): void {
    this.#told = performance.now()
    const seconds = (this.#told - this.#begin) / 1000
    const bytesPerSecond = seconds > 0 ? this.#bytes / seconds : 0
    const left = this.#total - this.#bytes
    const secondsLeft = left === 0 ? 0 : bytesPerSecond === 0 ? null : left / bytesPerSecond
    this.#onProgress?.({ bytes: this.#bytes, total: this.#total, rows: this.#rows, bytesPerSecond, secondsLeft })
  }

  static readonly interval = 25
}
