import type { Message } from '../message.js'
/** What `evaluate` returns: plain JSON, the same in the page, the command line and library code. Losses are in nats. */
export interface Report {
  /** Tells a report from other JSON. */
  format: 'losskit-report'
  /** Raised when a field changes its meaning or goes away. */
  version: 1
  /** What was read: the predictions, and the labels where they stand in a file of their own. */
  files: ReportFile[]
  /** Which losses fit: `mapping.task` says why. */
  task: Task
  /** How the file was understood. */
  mapping: Mapping
  /** Of the scores and of the losses that are summed. */
  precision: Precision
  /** Rows that count in the losses. */
  rows: number
  /** Rows whose label is the ignored one. */
  ignored: number
  /** Rows left out because the caller asked for it. */
  leftOut: LeftOut
  /** Every loss that fits the task, in the order to show them. */
  losses: LossResult[]
  /** Share of rows (multi-label: of labels) whose prediction is right, 0 to 1. Null when no row counts. */
  accuracy: number | null
  /**
   * Brier score: mean of the squared distances between probabilities and truth. Multi-class: summed over the classes, 0 to 2; binary and
   * multi-label: of the one probability, 0 to 1. Null when no row counts.
   */
  brier: number | null
  /** One per class; for the binary task the classes 0 and 1; for the multi-label task one per label. */
  classes: ClassResult[]
  /** Rows by [true class][predicted class]. Null for the multi-label task and above 200 classes. */
  confusion: {
    /** counts[true class][predicted class], in the order of `classes`. */
    counts: number[][]
  } | null
  /** The pairs of true and predicted class that are mistaken most, most first. Empty for the multi-label task. */
  topConfusions: Confusion[]
  /** Confidence against accuracy, and the temperature that mends it. */
  calibration: Calibration
  /** Distribution of the gradient norm in 30 bins. */
  gradientNorm: GradientNorm
  /** The same in the bins of GHM-C (option `bins`): its densities and weights. */
  ghm: GradientNorm
  /** Of the first loss, `key` is its. Edges are fixed, 0 and then spaced evenly in the logarithm; the last bin holds all that is greater. */
  lossDistribution: Histogram & {
    /** `LossResult.key` of the loss. */
    key: string
  }
  /** Of the probability given to the true class (multi-label: to the truth of each label). */
  probabilityDistribution: Histogram
  /** The rows with the greatest loss, greatest first; of equal ones the first in the file. */
  hardest: RowResult[]
  /**
   * Rows whose label is likely wrong: another class is predicted, with at least the probability that rows of that class get for it on
   * average. The clearest first, by the probability of the predicted class minus that of the label, among the most confident ones of each
   * predicted class. Northcutt, Jiang, Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels", section 3. Empty for the multi-label task.
   */
  labelErrors: RowResult[]
}

/** 'tokenClassification': multi-class with a label for every position of a sequence, positions without one ignored. */
export type Task = 'binary' | 'multiClass' | 'multiLabel' | 'tokenClassification'
/** What the scores are: logits of any size, probabilities from 0 to 1, or their natural logarithms up to 0. */
export type ScoreKind = 'logits' | 'probabilities' | 'logProbabilities'

/** A file that was read. */
export interface ReportFile {
  /** Without its folder. */
  name: string
  /** Its size as it lies there: of a compressed file, compressed. */
  bytes: number
  /** 'labels': of the file that the option `labels` gave. */
  role: 'predictions' | 'labels'
}

/** What the caller asked to leave out, counted. */
export interface LeftOut {
  /** All rows left out. */
  rows: number
  /** By reason. */
  reasons: {
    /** In words: 'the score is missing'. */
    reason: string
    /** The same as code and values, to be said in another language. */
    said: Message
    /** Rows left out for it. */
    rows: number
    /** Numbers of the first few of these rows, from 1. */
    first: number[]
  }[]
}

/** A loss over all rows that count. */
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
  /** The same with PyTorch's reduction 'sum'. */
  sum: number
  /** What the sum is divided by for the mean: the sum of the weights of what counts; for GHM-C the number of filled bins. */
  weight: number
}

/** A class, or for the multi-label task a label. */
export interface ClassResult {
  /** As in `mapping.classNames`. */
  name: string
  /** Rows with this class as label (multi-label: rows with this label set). */
  count: number
  /** count / rows. */
  share: number
  /** Of these rows, how many are predicted right (recall). Null when count is 0. */
  accuracy: number | null
  /** Of the rows predicted as this class, how many have it as label. Null when it is never predicted. */
  precision: number | null
  /** Rows predicted as this class. */
  predicted: number
  /**
   * Mean loss of the rows of this class (multi-label: of all rows, for this label) by `LossResult.key`; null when there are none. Only losses
   * that are a mean over rows have one.
   */
  losses: Record<string, number | null>
}

/** A pair of classes that are mistaken. */
export interface Confusion {
  /** Name of the true class. */
  label: string
  /** Name of the predicted class, another one. */
  predicted: string
  /** Rows of the true class that are predicted so. */
  rows: number
}

/** How far the top probability can be believed. Guo et al. 2017, "On Calibration of Modern Neural Networks". */
export interface Calibration {
  /** Expected calibration error: mean distance between confidence and accuracy over the bins, weighted by their rows. Null when no row counts. */
  ece: number | null
  /** 15 equal bins of the top probability; a bin holds its lower edge. Multi-label: of the probability of each label's predicted side. */
  bins: CalibrationBin[]
  /**
   * Null where it cannot be fitted: no row counts, the loss only falls towards temperature 0 (nothing is predicted wrong) or infinity (guessing
   * does better), it is infinite, or truths are probabilities of classes.
   */
  temperature: Temperature | null
}

/** The rows whose top probability lies between two edges. */
export interface CalibrationBin {
  /** Lower edge, which the bin holds. */
  from: number
  /** Upper edge, which only the last bin holds. */
  to: number
  /** Rows in the bin (multi-label: labels of rows). */
  rows: number
  /** Mean top probability, 0 to 1; null when the bin is empty. */
  confidence: number | null
  /** Share of right predictions, 0 to 1; null when the bin is empty. */
  accuracy: number | null
}

/**
 * The temperature T > 0 that makes the mean log loss of softmax(logits / T) (sigmoid for single scores) least. Where there are more than 8192
 * rows (elements; above 254 classes fewer) it is fitted to a sample of as many, the same for any number of workers: within 5 % of that of all
 * rows in 24 measured sets of 60,000 to 200,000 rows, 1 % on average, which is less than 0.1 % of the loss.
 */
export interface Temperature {
  /** T: above 1 the predictions were too sure, below 1 too unsure. */
  value: number
  /** Mean log loss with it, in nats, of the rows it was fitted on. */
  loss: number
  /** Expected calibration error with it, 0 to 1, of the same rows. */
  ece: number
  /** Rows it was fitted on: all, or a sample of so many where there are more. */
  rows: number
}

/**
 * Distribution of the gradient norm g: |sigmoid(x) - t| of each score for the binary and multi-label tasks, 1 - p of the true class for
 * multi-class. Li, Liu, Wang 2019, "Gradient Harmonized Single-stage Detector".
 */
export interface GradientNorm {
  /** bins + 1 edges from 0 to 1. A bin holds its lower edge. */
  edges: number[]
  /** Rows per bin (binary, multi-label: scores). */
  counts: number[]
  /** Gradient density: count / width of the bin, eq. 5. */
  density: number[]
  /** GHM-C weight of a bin: total / count, 0 for an empty bin. */
  weights: number[]
  /** Mean of the first loss in the bin; null when empty. */
  meanLoss: (number | null)[]
}

/** A distribution in bins. */
export interface Histogram {
  /** bins + 1 edges. A bin holds its lower edge. */
  edges: number[]
  /** Rows per bin (multi-label: labels of rows). */
  counts: number[]
}

/** A row of the file. */
export interface RowResult {
  /** Data row from 1, the header not counted. */
  row: number
  /** Line of the file from 1, where the format has lines. */
  line?: number
  /** What stands in its id column, where there is one. */
  id?: string
  /** Name of the true class, of a divided truth that with the greatest share; of several labels joined by '|'. */
  label: string
  /** Name of the class with the top probability; of several labels joined by '|'. */
  predicted: string
  /** Given to the true class (multi-label: mean over the labels of that given to their truth). */
  probability: number
  /** The top probability (multi-label: mean over the labels). */
  confidence: number
  /** The first loss of the report. */
  loss: number
  /** As in `GradientNorm`, 0 to 1 (multi-label: mean over the labels). */
  gradientNorm: number
}

/** What a column is taken for. */
export interface ColumnRole {
  /** Its name; 'column 1', 'column 2', … in a file without header. */
  column: string
  /** Position in the file, from 0. */
  index: number
  /** 'unused' columns are not read. */
  role: 'id' | 'label' | 'score' | 'weight' | 'unused'
  /** Why this role was chosen, in words: 'the name "label"', '10 columns named logit_<class>'. */
  evidence: string
  /** The same as code and values, to be said in another language. */
  said: Message
}

/** Of the numbers that scores are read as and losses are worked in. */
export type Precision = 'float32' | 'float64'

/** How a file was understood, with the evidence for it. */
export interface Mapping {
  /** In the file's order. */
  columns: ColumnRole[]
  /** In the order of the scores (binary: of the classes 0 and 1). */
  classNames: string[]
  /** What the scores are. */
  scores: {
    /** The kind that was said or found. */
    kind: ScoreKind
    /** Why, in words. */
    evidence: string
    /** The same as code and values. */
    said: Message
  }
  /** Which losses fit. */
  task: {
    /** The task that was said or found. */
    kind: Task
    /** Why, in words. */
    evidence: string
    /** The same as code and values. */
    said: Message
  }
  /** For people: 'comma, header, UTF-8'. */
  dialect: string
}
