/** What `evaluate` returns: plain JSON, the same in the page, the command line and library code. Losses are in nats. */
export interface Report {
  format: 'losskit-report'
  /** Raised when a field changes its meaning or goes away. */
  version: 1
  files: { name: string; bytes: number }[]
  task: Task
  mapping: Mapping
  /** Rows that count in the losses. */
  rows: number
  /** Rows whose label is the ignored one. */
  ignored: number
  /** Every loss that fits the task, in the order to show them. */
  losses: LossResult[]
  /** Share of rows (multi-label: of labels) whose prediction is right, 0 to 1. */
  accuracy: number
  /** One per class; for the binary task the classes 0 and 1; for the multi-label task one per label. */
  classes: ClassResult[]
  /** Distribution of the gradient norm g = |sigmoid(x) - t|; binary and multi-label tasks only. */
  gradientNorm?: GradientNorm
}

export type Task = 'binary' | 'multiClass' | 'multiLabel'
export type ScoreKind = 'logits' | 'probabilities' | 'logProbabilities'

export interface LossResult {
  /** Name of the criterion in the package: 'crossEntropyLoss', 'softmaxFocalLoss', 'bceWithLogitsLoss', … */
  name: string
  /** Tells results of one criterion with different parameters apart; unique in a report: 'crossEntropyBalanced'. */
  key: string
  /** For people: 'Cross entropy, balanced'. */
  title: string
  /** The criterion's options that differ from its defaults or matter to the reader: { gamma: 2 }. */
  parameters: Record<string, number | string>
  /** Mean over the rows (multi-class) or elements (binary, multi-label), as PyTorch's reduction 'mean'. NaN never appears: null when no row counts. */
  mean: number | null
}

export interface ClassResult {
  name: string
  /** Rows with this class as label (multi-label: rows with this label set). */
  count: number
  /** count / rows. */
  share: number
  /** Of these rows, how many are predicted right (recall). Null when count is 0. */
  accuracy: number | null
  /** Mean loss of these rows by `LossResult.key`; null when count is 0. Only losses that are a mean over rows have one. */
  losses: Record<string, number | null>
}

export interface GradientNorm {
  /** bins + 1 edges from 0 to 1. */
  edges: number[]
  counts: number[]
  /** GHM-C weight of a bin: total / count, 0 for an empty bin. */
  weights: number[]
  /** Mean binary cross entropy in the bin; null when empty. */
  meanLoss: (number | null)[]
}

export interface ColumnRole {
  column: string
  /** Position in the file, from 0. */
  index: number
  role: 'id' | 'label' | 'score' | 'unused'
  /** Why this role was chosen, in words: 'the name "label"', '10 columns named logit_<class>'. */
  evidence: string
}

export interface Mapping {
  columns: ColumnRole[]
  classNames: string[]
  scores: { kind: ScoreKind; evidence: string }
  task: { kind: Task; evidence: string }
  /** For people: 'comma, header, UTF-8'. */
  dialect: string
}
