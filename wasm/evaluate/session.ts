// An evaluation that stays open, as its users see it.
import type { Report, RowResult } from './report.js'

/** An evaluation that stays open: settings can be changed and rows looked at without reading the files again where they fit into memory. */
export interface Evaluation {
  readonly report: Report
  /** Whether the rows are kept in memory. Else `update` reads the files again, and `rows` knows the hardest rows alone. */
  readonly isKept: boolean
  /** The report with these settings changed; becomes `report`. */
  update(settings: EvaluationSettings): Promise<Report>
  rows(query?: RowQuery): Promise<RowPage>
  /** Frees the memory. */
  dispose(): void
  [Symbol.dispose](): void
}

/** What can be changed without looking at the files anew. */
export interface EvaluationSettings {
  gamma?: number
  gammas?: readonly number[]
  alpha?: number
  bins?: number
  labelSmoothing?: number
  classWeight?: ClassWeightSetting
  temperature?: number
  ignoreIndex?: number
  hardest?: number
}

/** A scheme, or one weight per class. */
export type ClassWeightSetting = 'balanced' | 'effective' | 'complement' | readonly number[]

/** Measures of a row that can be filtered and sorted by. */
export type RowMeasure = 'loss' | 'probability' | 'gradientNorm' | 'confidence'

export interface RowQuery {
  /** Names of classes. */
  label?: string
  predicted?: string
  /** The measure that `from` (included) and `to` (not included) bound and that rows are sorted by. Default 'loss'. */
  by?: RowMeasure
  from?: number
  to?: number
  /** Default 'descending'. Of equal ones the first in the file comes first. */
  sort?: 'descending' | 'ascending'
  /** Default 100. */
  limit?: number
  offset?: number
}

export interface RowPage {
  /** All rows that the query fits, on this page or not. */
  total: number
  rows: RowResult[]
}
