// What the page and its evaluation worker say to each other. One job at a time has one id.
import type { EvaluateOptions, Mapping, Report } from 'losskit/evaluate'

/** The part of `evaluate`'s options that a person can set, and that can cross to a worker. */
export type Settings = Pick<EvaluateOptions, 'scores' | 'label' | 'ignoreIndex' | 'gamma' | 'alpha' | 'bins' | 'labelSmoothing'>

export interface Progress {
  bytes: number
  total: number
  rows: number
}

export interface Inspection {
  mapping: Mapping
  preview: string[][]
}

export interface Failure {
  /** 'data': what is in the file is at fault; 'unreadable': the browser cannot read it; 'cancelled': the person stopped it; 'internal': the program is at fault. */
  kind: 'data' | 'unreadable' | 'cancelled' | 'internal'
  message: string
  row?: number
  line?: number
  column?: string
}

export type Request = { id: number; kind: 'evaluate'; file: File; settings: Settings } | { id: number; kind: 'cancel' }

export type Reply = { id: number } & (
  | { kind: 'inspected'; inspection: Inspection }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'done'; report: Report }
  | { kind: 'failed'; failure: Failure }
)
