// losskit/evaluate as the page uses it.
import {
  type Comparison,
  type EvaluateOptions,
  type Evaluation,
  type EvaluationSettings,
  evaluate,
  type Inspection,
  inspect as inspectOne,
  type Report,
} from 'losskit/evaluate'
import type { Files } from './protocol'

export type OpenOptions = EvaluateOptions & EvaluationSettings & { onPartial?(report: Report): void }

export const inspect = ([file]: Files, options?: EvaluateOptions): Promise<Inspection> => inspectOne(file!, options)

export async function open([file]: Files, options: OpenOptions): Promise<Evaluation> {
  let report = await evaluate(file!, options)
  return {
    get report() {
      return report
    },
    isKept: false,
    update: async (settings) => {
      report = await evaluate(file!, { ...options, ...settings })
      return report
    },
    rows: async () => ({ total: 0, rows: [] }),
    dispose: () => {},
    [Symbol.dispose]: () => {},
  }
}

export async function compare(runs: Files[], options: OpenOptions): Promise<Comparison> {
  const reports = await Promise.all(runs.map(([file]) => evaluate(file!, options)))
  return { reports, pairs: [], disagreements: [] }
}
