// What comparing runs gives: plain JSON, like a report.
import type { FileSource } from './file.js'
import type { EvaluateOptions } from './options.js'
import type { Report, RowResult } from './report.js'

/** A run with options of its own, such as a file of labels or the names of its columns. */
export interface ComparedRun extends Omit<EvaluateOptions, 'signal' | 'onInspection' | 'onProgress' | 'onPartial'> {
  /** The file with the run's scores. */
  predictions: Blob | FileSource
}

/** Two or more runs on the same rows. */
export interface Comparison {
  /** One per run, in the order they were given. */
  reports: Report[]
  /** Every two runs, by the first loss and by accuracy. */
  pairs: RunPair[]
  /** Rows whose prediction is not the same in all runs; those first whose losses are furthest apart. */
  disagreements: Disagreement[]
}

/** Two runs, compared row by row. */
export interface RunPair {
  /** Number of the first run, from 0. */
  a: number
  /** Number of the second run, greater than `a`. */
  b: number
  /** `LossResult.key`, or 'accuracy'. */
  key: string
  /** Mean of a minus mean of b: nats, or share of rows for the accuracy. */
  difference: number
  /** Lower end of the difference's interval, by a Poisson bootstrap over the rows. */
  low: number
  /** Its upper end. */
  high: number
  /** How often such intervals hold the true difference. */
  confidence: 0.95
  /** The same difference for the rows of each class. */
  perClass: {
    /** Of the class. */
    name: string
    /** Mean of a minus mean of b; null when the class has no rows. */
    difference: number | null
    /** Number of the run with the better mean; null when neither is, or the class has no rows. */
    winner: number | null
  }[]
}

/** A row that the runs do not predict alike. */
export interface Disagreement extends Pick<RowResult, 'row' | 'line' | 'id' | 'label'> {
  /** What each run says of it. */
  runs: Pick<RowResult, 'predicted' | 'probability' | 'loss'>[]
}
