// losskit/evaluate as the page uses it.
import {
  type Comparison,
  compare as compareRuns,
  type EvaluateOptions,
  type Evaluation,
  type EvaluationSettings,
  type Inspection,
  inspect as inspectOne,
  open as openOne,
  type Report,
} from 'losskit/evaluate'
import type { Files } from './protocol'

type OpenOptions = EvaluateOptions & EvaluationSettings & { onPartial?(report: Report): void }

export const inspect = ([file, labels]: Files, options?: EvaluateOptions): Promise<Inspection> => inspectOne(file!, { ...options, labels })

export const open = ([file, labels]: Files, options: OpenOptions): Promise<Evaluation> => openOne(file!, { ...options, labels })

export const compare = (runs: { files: Files; settings: OpenOptions }[], options: OpenOptions): Promise<Comparison> =>
  compareRuns(
    runs.map(({ files: [predictions, labels], settings }) => ({ ...settings, predictions: predictions!, labels })),
    options,
  )
