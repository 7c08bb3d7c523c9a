// What the page and its evaluation worker say to each other. Every request has an id, which all replies to it bear.
import type {
  Comparison,
  EvaluateOptions,
  EvaluationSettings,
  Inspection,
  LossResult,
  Message,
  Report,
  RowPage,
  RowQuery,
} from 'losskit/evaluate'

/** How a file is understood, where the person says it. */
export type ReadingSettings = Pick<
  EvaluateOptions,
  'task' | 'scores' | 'label' | 'targets' | 'columns' | 'id' | 'weight' | 'classNames' | 'missing'
>
export type Settings = ReadingSettings & EvaluationSettings

export interface Progress {
  bytes: number
  total: number
  rows: number
}

/** One thing that is wrong with a file, where, and how to mend it. */
interface FileProblem {
  message: string
  /** The same, to be said in the person's language. */
  said: Message
  file?: string
  row?: number
  line?: number
  column?: string
  remedy?: string
  remedySaid?: Message
  /** Reading with these does without what is wrong. */
  remedySettings?: ReadingSettings
}

export interface Failure {
  /** 'data': what is in the file is at fault; 'unreadable': the browser cannot read it; 'cancelled': the person stopped it; 'memory': there is too little; 'lost': its session went with a worker that was replaced for another task's sake; 'internal': the program is at fault. */
  kind: 'data' | 'unreadable' | 'cancelled' | 'memory' | 'lost' | 'internal'
  message: string
  /** The same, to be said in the person's language, of a setting that makes no sense. */
  said?: Message
  row?: number
  line?: number
  column?: string
  /** 'data': all that is wrong, or the first of it. */
  problems?: readonly FileProblem[]
  /** There is more that is wrong. */
  moreProblems?: boolean
}

/** What a run is made of: one file, or predictions and labels. */
export type Files = File[]

export type Task =
  /** What the first file will need, before there is one. */
  | { kind: 'prepare' }
  | { kind: 'open'; files: Files; settings: Settings }
  | { kind: 'update'; session: number; settings: EvaluationSettings }
  | { kind: 'rows'; session: number; query: RowQuery }
  | { kind: 'compare'; runs: { files: Files; settings: Settings }[] }
  /** Which of these files are runs by themselves, and which belong together. */
  | { kind: 'sort'; files: Files }

export interface Results {
  prepare: undefined
  open: { report: Report; isKept: boolean }
  update: Report
  rows: RowPage
  compare: Comparison
  sort: Files[]
}

export type Request = ({ id: number } & Task) | { id: number; kind: 'cancel' } | { id: number; kind: 'close'; session: number }

/** The session of a run has the id of the request that opened it. */
export type Reply = { id: number } & (
  | { kind: 'inspected'; inspection: Inspection }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'partial'; report: Report }
  /** Of an update, before all else. */
  | { kind: 'losses'; losses: LossResult[] }
  | { kind: 'done'; result: Results[keyof Results] }
  | { kind: 'failed'; failure: Failure }
)
