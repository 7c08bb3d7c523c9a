// What an evaluation found, as the part of the report that depends on the task.
import type { LossResult, Report } from './report.js'

export type Results = Pick<Report, 'rows' | 'ignored' | 'losses' | 'accuracy' | 'classes' | 'gradientNorm'>

/** Evaluates batches of rows in wasm memory. */
export interface Evaluator {
  /** Takes the rows, or returns the number of the first one that is at fault. Returns `rows` when all are taken. */
  update(scores: number, labels: number, rows: number): number
  results(): Results
  dispose(): void
}

export const ratio = (part: number, of: number): number => (of === 0 ? 0 : part / of)

export const meanOrNull = (sum: number, count: number): number | null => (count === 0 ? null : sum / count)

/** A factor of 0 switches a term off, infinite or not. */
export const scaled = (factor: number, term: number): number => (factor === 0 ? 0 : factor * term)

export const loss = (name: string, key: string, title: string, parameters: LossResult['parameters'], mean: number | null): LossResult => ({
  name,
  key,
  title,
  parameters,
  mean,
})
