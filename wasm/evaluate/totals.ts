// What the core gathered of an evaluation, as it crosses over.
export interface Tally {
  counts: number[]
  /** Sums of the weights of what is counted; the counts where rows have none. */
  weights: number[]
}

export interface BinTotals extends Tally {
  sums: number[]
}

export interface RankedRow {
  /** Part of the file * 2^32 + row in it: the order of the file. */
  key: number
  /** Groups of the truth and the prediction; -1 where a row has several. */
  group: number
  predicted: number
  loss: number
  miss: number
  confidence: number
}

/** Groups are classes, or two for each label: not set and set. */
export interface Totals {
  rows: number
  ignored: number
  /** Rows or elements whose truth is divided between groups. */
  soft: number
  truth: Tally
  predicted: Tally
  correct: Tally
  /** By group: losses, gradient norms, then the focal loss of each gamma. */
  measures: number[][]
  /** The same over all groups, each rounded once. */
  sums: number[]
  /** Of rows of several labels: the losses of rows, each the mean over its labels. */
  rowLoss: number
  brier: number
  smooth: number
  /**
   * By class, of rows whose truth is divided: its shares in them, and of the shares times -log of its probability. With one label a row by
   * group, and of rows of a divided truth what these are more than `truth` and the measures have.
   */
  shares: number[]
  shareLosses: number[]
  /** By top probability, with the sums of it; and those of them that are right. */
  confidence: BinTotals
  right: Tally
  /** By gradient norm, with the sums of the losses. */
  norms: BinTotals
  ghm: BinTotals
  losses: number[]
  lossEdges: number[]
  probabilities: number[]
  confusions: { truth: number; predicted: number; rows: number }[]
  hardest: RankedRow[]
  labelErrors: RankedRow[]
}

export const lossMeasure = 0
const firstFocal = 2
export const focalMeasure = (gamma: number): number => firstFocal + gamma

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

export const ratio = (part: number, of: number): number => (of === 0 ? 0 : part / of)

export const ratioOrNull = (part: number, of: number): number | null => (of === 0 ? null : part / of)
