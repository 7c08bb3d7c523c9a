// An evaluation that stays open, as its users see it.
import type { LossResult, Report, RowResult } from './report.js'

/** An evaluation that stays open: settings can be changed and rows looked at without reading the files again where they fit into memory. */
export interface Evaluation {
  /** With the settings as they are now. */
  readonly report: Report
  /** Whether the rows are kept in memory. Else `update` reads the files again, and `rows` knows the hardest rows alone. */
  readonly isKept: boolean
  /** The report with these settings changed; becomes `report`. Where it throws, as `evaluate` does, the evaluation stays as it was. */
  update(settings: EvaluationSettings, meanwhile?: UpdateOptions): Promise<Report>
  /**
   * Gives other threads copies of part of the rows, where they are many and there is room in `options.memory`, so that `onLosses` is called
   * sooner. Without it that is done after the first update that would have been sooner so.
   */
  prepare(): Promise<void>
  /** The rows that a query fits, a page of them. */
  rows(query?: RowQuery): Promise<RowPage>
  /** Frees the memory. */
  dispose(): void
  /** As `dispose`, for `using`. */
  [Symbol.dispose](): void
}

/** What can be heard of an update before its end, and the means to end it. */
export interface UpdateOptions {
  /**
   * Called with losses as soon as they are known, where all else takes longer: with another temperature, rescaling or ignored label, of rows
   * that are kept. Those of further gammas are not among them, and focal losses are within 1e-6 of those of the report.
   */
  onLosses?(losses: LossResult[]): void
  /** Aborts the update, which then throws the signal's reason; the evaluation stays as it was. */
  signal?: AbortSignal
}

/** What can be changed without reading the files anew where they are kept; each as in `EvaluateOptions`. */
export interface EvaluationSettings {
  /** Of the focal loss, >= 0. Default 2. */
  gamma?: number
  /** More gammas to have focal losses of. Default 0.5, 1, 2 and 5. */
  gammas?: readonly number[]
  /** Of the sigmoid focal loss, 0 to 1; -1 switches it off. Default 0.25. */
  alpha?: number
  /** Of the GHM-C loss, 1 to 1000. Default 10. */
  bins?: number
  /**
   * Of the GHM-C loss, in [0, 1): the file counts as the first batch, as for a criterion that has seen none before, so that the loss is
   * 1 / (1 - momentum) times as great. Default 0.
   */
  momentum?: number
  /** Of the smoothed cross entropy, 0 to 1. Default 0.1. */
  labelSmoothing?: number
  /** Of the weighted cross entropy (multi-class and binary): a scheme (default 'balanced') or a weight for each class. */
  classWeight?: ClassWeightSetting
  /** Logits are divided by it; probabilities by way of their logits. Default 1. */
  temperature?: number
  /** Rescales the probabilities of a row to sum 1. */
  renormalise?: boolean
  /** Probabilities count as at least this, and at most as 1 minus it: 1e-15 for Kaggle's log loss. Default 0. */
  eps?: number
  /** Rows with this label are left out and counted. Default -100. */
  ignoreIndex?: number
  /** How many of the hardest rows and of the likely label errors to list, up to 10,000. Default 20. */
  hardest?: number
}

/** A scheme, or one weight per class. */
export type ClassWeightSetting = 'balanced' | 'effective' | 'complement' | readonly number[]

/** Measures of a row that can be filtered and sorted by. */
export type RowMeasure = 'loss' | 'probability' | 'gradientNorm' | 'confidence'

/** Which rows to give, and in which order. */
export interface RowQuery {
  /** Name of the true class. Default: any. */
  label?: string
  /** Name of the predicted class. Default: any. */
  predicted?: string
  /** The measure that `from` (included) and `to` (not included) bound and that rows are sorted by. Default 'loss'. */
  by?: RowMeasure
  /** Least value of the measure. */
  from?: number
  /** Value that the measure stays below. */
  to?: number
  /**
   * Of rows of several labels: whether the bounds hold for the mean over the labels (default), or for at least one of them, as in the bins of a
   * report, which count labels. The latter needs the rows in memory.
   */
  within?: 'mean' | 'any'
  /** Default 'descending'. Of equal ones the first in the file comes first. */
  sort?: 'descending' | 'ascending'
  /** Rows of the page. Default 100. */
  limit?: number
  /** Rows before the page. Default 0. */
  offset?: number
}

/** A page of rows. */
export interface RowPage {
  /** All rows that the query fits, on this page or not. */
  total: number
  /** In the order asked for. */
  rows: RowResult[]
}
