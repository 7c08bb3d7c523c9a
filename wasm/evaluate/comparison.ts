// What comparing runs gives: plain JSON, like a report.
import type { FileSource } from './file.js'
import type { EvaluateOptions } from './options.js'
import type { Report } from './report.js'

/** A run with options of its own, such as a file of labels or the names of its columns. */
export interface ComparedRun extends Omit<EvaluateOptions, 'signal' | 'onProgress' | 'onPartial'> {
  predictions: Blob | FileSource
}

/** Two or more runs on the same rows. */
export interface Comparison {
  reports: Report[]
  /** Every two runs, by the first loss and by accuracy. */
  pairs: RunPair[]
  /** Rows whose prediction is not the same in all runs; those first whose losses are furthest apart. */
  disagreements: Disagreement[]
}

export interface RunPair {
  /** Numbers of the runs, from 0. */
  a: number
  b: number
  /** `LossResult.key`, or 'accuracy'. */
  key: string
  /** Mean of a minus mean of b. */
  difference: number
  /** Interval of the difference by a Poisson bootstrap over the rows. */
  low: number
  high: number
  confidence: 0.95
  /** `winner`: the run with the better mean; null when neither is, or the class has no rows. */
  perClass: { name: string; difference: number | null; winner: number | null }[]
}

export interface Disagreement {
  row: number
  line?: number
  id?: string
  label: string
  /** One per run. */
  runs: { predicted: string; probability: number; loss: number }[]
}
