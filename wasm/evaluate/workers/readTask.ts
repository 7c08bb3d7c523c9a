// What workers are told of a file.
import type { RowSource } from '../badRow.js'
import type { Origin } from '../chunkRows.js'
import type { EvaluatedBatch, KeptPart } from '../keptRows.js'
import type { LineForm } from '../lineForm.js'
import type { Understanding } from '../mapping.js'
import type { MainModule } from '../module.js'
import type { Settings } from '../options.js'
import type { Problems } from '../problems.js'
import type { LeftOutRows } from '../table.js'

/** Of the rows that are left out, so many are told. */
const shownRows = 5

/** What is to be done with every portion of a file. Plain data. */
export interface ReadTask extends Origin {
  /** Bytes of the file. */
  size: number
  /** By which its lines are read here, where they are not given. */
  descriptor?: number
  /** How the lines are written, where it is they that are read. */
  lines?: LineForm
  /** Where to load what unpacks its rows, where they come packed. */
  reader?: string
  understanding: Understanding
  settings: Settings
}

/** Settings as they can be sent to another thread. */
export const sendable = ({ labels, onInspection, onProgress, onPartial, signal, ...settings }: Settings): Settings => settings

export const rowSource = (native: MainModule, { file, names, understanding }: ReadTask): RowSource => ({
  native,
  understanding,
  table: { file: { name: file }, head: { names } },
})

export interface Keep {
  keeps: KeptPart
  take(rows: EvaluatedBatch): void
}

/** Which part of the file is evaluated, what becomes of rows at fault, and of all rows where they are to be kept. */
export interface PartSinks {
  part: number
  problems: Problems
  keep?: Keep
}

/** What was skipped or left out. */
export interface Counts {
  blankLines: number
  leftOut: LeftOutRows[]
}

/** Those of several threads together. */
export function mergedCounts(all: readonly Counts[]): Counts {
  const byReason = new Map<string, Counts['leftOut'][number]>()
  for (const { reason, said, rows, first } of all.flatMap(({ leftOut }) => leftOut)) {
    const known = byReason.get(reason) ?? { reason, said, rows: 0, first: [] }
    const numbers = [...known.first, ...first].sort((a, b) => a - b)
    byReason.set(reason, { reason, said, rows: known.rows + rows, first: numbers.slice(0, shownRows) })
  }
  // In the order they are met in the file.
  const leftOut = [...byReason.values()].sort((a, b) => a.first[0] - b.first[0])
  return { blankLines: all.reduce((sum, { blankLines }) => sum + blankLines, 0), leftOut }
}
