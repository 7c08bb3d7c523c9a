// Batches as views of wasm memory: valid until the next call into it, which may move the memory.
import type { Batch } from './table.js'

export interface Memory {
  HEAPU8: Uint8Array
}

export const scoresOf = (memory: Memory, { scores, rows }: Batch, columns: number): Float32Array =>
  new Float32Array(memory.HEAPU8.buffer, scores, rows * columns)

export const labelsOf = (memory: Memory, { labels, rows }: Batch): Int32Array => new Int32Array(memory.HEAPU8.buffer, labels, rows)

export const targetsOf = (memory: Memory, { targets, rows }: Batch, classes: number): Float32Array =>
  new Float32Array(memory.HEAPU8.buffer, targets, rows * classes)

/** The name of a row; undefined when the batch has none. */
export function idOf(memory: Memory, { ids, rows }: Batch, row: number): string | undefined {
  if (!ids) return undefined
  const offsets = new Uint32Array(memory.HEAPU8.buffer, ids.offsets, rows + 1)
  return new TextDecoder().decode(memory.HEAPU8.slice(ids.bytes + offsets[row], ids.bytes + offsets[row + 1]))
}
