import { checkChoice, checkIndex, checkNonNegative, checkNumber, checkShare } from '../arguments.js'
import { SettingError } from '../errors.js'
import { say } from '../message.js'
import type { VariantOptions } from '../variant.js'
import { isDelimiter } from './dialect.js'
import type { FileSource } from './file.js'
import type { Mapping, Precision, Report, ScoreKind, Task } from './report.js'
import type { ClassWeightSetting, EvaluationSettings } from './session.js'

/** How far an evaluation is. */
export interface Progress {
  /** Bytes of the file that are evaluated. */
  bytes: number
  /** All it has. */
  total: number
  /** Rows that are evaluated. */
  rows: number
  /** Since the evaluation began. */
  bytesPerSecond: number
  /** At that rate; null before anything has been read. */
  secondsLeft: number | null
}

/** A file, understood but not evaluated. */
export interface Inspection {
  /** The role of each column, with the evidence. */
  mapping: Mapping
  /** The first data rows, as text. */
  preview: string[][]
}

/** What is not said here of the file is found out from it. */
export interface EvaluateOptions extends VariantOptions, EvaluationSettings {
  /** Which losses fit. */
  task?: Task
  /** What the scores are. */
  scores?: ScoreKind
  /**
   * A file with the labels, where they are not in that of the predictions: rows of both are joined by the id column that both have (the
   * option id names it), else in their order.
   */
  labels?: Blob | FileSource
  /**
   * Name of the column with the true class; with the task 'binary' it may be the probability of class 1, from 0 to 1. A file without header has
   * 'column 1', 'column 2', …
   */
  label?: string
  /** Instead of it, names of columns with a number from 0 to 1 for each class, in the order of the scores; of one score that of class 1. */
  targets?: readonly string[]
  /** Names of the score columns, in the order of the classes. */
  columns?: readonly string[]
  /** Name of the column with the rows' names; null where none has. */
  id?: string | null
  /** Name of the column with the rows' weights; null where every row counts the same. */
  weight?: string | null
  /** Names of the classes, in the order of the score columns (binary: of the classes 0 and 1). Labels may be these names. */
  classNames?: readonly string[]
  /** Whether the first row holds names. */
  header?: boolean
  /** One character between cells. */
  delimiter?: string
  /** Of a JSON object with several arrays of rows, the key of the one to read; of one in another object 'outer.inner'. */
  member?: string
  /** Rows in which a score, label or weight is missing: the first one is an error (the default), or they are left out and counted. */
  missing?: 'error' | 'leaveOut'
  /**
   * What scores are read as. With 'float64' every decimal number is the double nearest to it, columns of doubles are taken as they are, and losses,
   * gradient norms, confidences and Brier scores are worked in double and summed without rounding; bins, the fitted temperature and the intervals of
   * `compare` are of these. Single rows, the order of the hardest ones and the distribution of losses are of them rounded to float. Several times
   * slower. Default 'float32'.
   */
  precision?: Precision
  /** Of `open`: bytes that rows may take in memory. Default 512 MiB. */
  memory?: number
  /**
   * Threads that evaluate a file at the same time, beside the calling one. Of delimited text, JSON Lines and arrays that are not packed they take
   * pieces, of Parquet and Arrow they unpack groups of rows; of other formats, and of files that are joined by ids or as text, they take the rows
   * that the calling one has read. 1 does all of it in the calling one. The report is the same to the last bit. By default as many as the machine
   * has, up to 4, for files of more than 8 MB that are no packed text, where the page's bundler took the workers along: Vite and webpack do,
   * esbuild and Rollup alone do not. A number asked for that cannot be had is an error. `compare` takes so many for each of its runs; by default
   * they share what the machine has.
   */
  workers?: number
  /** Bytes of a file that are read at a time, by each worker. Default 1 MiB, 2 MiB where workers read it themselves. */
  rangeBytes?: number
  /** Called once, when the file is understood and before its rows are evaluated. */
  onInspection?(inspection: Inspection): void
  /** Called as the file is read. */
  onProgress?(progress: Progress): void
  /** A first report after some milliseconds and others on the way, of the rows so far; without a fitted temperature. */
  onPartial?(report: Report): void
  /** Aborts the evaluation, which then throws the signal's reason. */
  signal?: AbortSignal
}

type Defaulted =
  | 'ignoreIndex'
  | 'gamma'
  | 'gammas'
  | 'alpha'
  | 'bins'
  | 'momentum'
  | 'labelSmoothing'
  | 'classWeight'
  | 'temperature'
  | 'renormalise'
  | 'eps'
  | 'hardest'
  | 'memory'
/** `gammas` has all there are, `gamma` first. */
export type Settings = EvaluateOptions & Required<Pick<EvaluateOptions, Defaulted>>

const tasks: readonly Task[] = ['binary', 'multiClass', 'multiLabel', 'tokenClassification']
const scoreKinds: readonly ScoreKind[] = ['logits', 'probabilities', 'logProbabilities']
const schemes = ['balanced', 'effective', 'complement']
const maxBins = 1000
const defaultMemory = 512 * 2 ** 20
const maxHardest = 10_000
const commonGammas = [0.5, 1, 2, 5]
const maxWorkers = 64
const maxRangeBytes = 1 << 30

const checkCount = (name: string, value: number, max: number) =>
  checkNumber(name, value, (v) => Number.isInteger(v) && v >= 1 && v <= max, say`an integer from 1 to ${max}`)

function checkArray<T>(name: string, values: readonly T[], check: (name: string, value: T) => T): T[] {
  if (!Array.isArray(values)) throw new TypeError(`${name} must be an array of numbers`)
  return values.map((value, i) => check(`${name}[${i}]`, value))
}

function checkClassWeight(weight: ClassWeightSetting): ClassWeightSetting {
  if (typeof weight !== 'string') return checkArray('classWeight', weight, checkNonNegative)
  return checkChoice<string>('classWeight', weight, schemes) as ClassWeightSetting
}

function checkHardest(hardest: number): number {
  return checkNumber('hardest', hardest, (v) => Number.isInteger(v) && v >= 0 && v <= maxHardest, say`an integer from 0 to ${maxHardest}`)
}

/** The options with their defaults, or an error that names the one that makes no sense. */
export function checkOptions(options: EvaluateOptions): Settings {
  const { task, scores, delimiter, ignoreIndex = -100, gamma = 2, alpha = 0.25, bins = 10, labelSmoothing = 0.1 } = options
  const { gammas = commonGammas, classWeight = 'balanced', temperature = 1, eps = 0, hardest = 20, renormalise = false } = options
  const { memory = defaultMemory, momentum = 0 } = options
  if (options.label !== undefined && options.targets)
    throw new TypeError('label and targets are two ways to say the same: give one of them')
  if (task !== undefined) checkChoice('task', task, tasks)
  if (scores !== undefined) checkChoice('scores', scores, scoreKinds)
  if (options.precision !== undefined) checkChoice('precision', options.precision, ['float32', 'float64'])
  if (options.missing !== undefined) checkChoice('missing', options.missing, ['error', 'leaveOut'])
  if (delimiter !== undefined && !isDelimiter(delimiter)) {
    throw new SettingError(say`delimiter is ${JSON.stringify(delimiter)}; it must be one ASCII character such as ',', ';', '|' or a tab`)
  }
  return {
    ...options,
    ignoreIndex: checkIndex('ignoreIndex', ignoreIndex),
    gamma: checkNonNegative('gamma', gamma),
    gammas: [...new Set([gamma, ...checkArray('gammas', gammas, checkNonNegative)])],
    alpha: alpha === -1 ? alpha : checkShare('alpha', alpha),
    bins: checkCount('bins', bins, maxBins),
    momentum: checkNumber('momentum', momentum, (v) => v >= 0 && v < 1, say`in [0, 1)`),
    labelSmoothing: checkShare('labelSmoothing', labelSmoothing),
    classWeight: checkClassWeight(classWeight),
    temperature: checkNumber('temperature', temperature, (v) => v > 0 && v < Number.POSITIVE_INFINITY, say`finite and > 0`),
    renormalise,
    eps: checkNumber('eps', eps, (v) => v >= 0 && v < 0.5, say`in [0, 0.5)`),
    hardest: checkHardest(hardest),
    memory: checkNumber('memory', memory, (v) => v >= 0, say`a number of bytes >= 0`),
    workers: options.workers === undefined ? undefined : checkCount('workers', options.workers, maxWorkers),
    rangeBytes: options.rangeBytes === undefined ? undefined : checkCount('rangeBytes', options.rangeBytes, maxRangeBytes),
  }
}
