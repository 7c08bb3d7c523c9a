// Batches as views of wasm memory: valid until the next call into it, which may move the memory.
import type { Batch } from './table.js'

export interface Memory {
  HEAPU8: Uint8Array
}

export const scoresOf = (memory: Memory, { scores, rows }: Batch, columns: number): Float32Array =>
  new Float32Array(memory.HEAPU8.buffer, scores, rows * columns)

export const labelsOf = (memory: Memory, { labels, rows }: Batch): Int32Array => new Int32Array(memory.HEAPU8.buffer, labels, rows)
