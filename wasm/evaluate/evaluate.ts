import { explainBadRow } from './badRow.js'
import { Evaluator } from './evaluator.js'
import type { FileSource } from './file.js'
import { mappingOf, type Opened, openSource, reportOf } from './opening.js'
import { checkOptions, type EvaluateOptions } from './options.js'
import { readAll } from './reading.js'
import type { Mapping, Report } from './report.js'

export interface Inspection {
  mapping: Mapping
  /** The first data rows, as text. */
  preview: string[][]
}

const previewRows = 10

/** First numbers early, then each time the rows have doubled. */
function partialReports(opened: Opened, evaluator: Evaluator): (rows: number) => void {
  const { onPartial } = opened.settings
  let next = 0
  return (rows) => {
    if (!onPartial || rows < next) return
    next = 2 * rows
    onPartial(reportOf(opened, evaluator.results({ isPartial: true })))
  }
}

/**
 * Reads a file of predictions once, in constant memory, and reports every loss that fits it. What the options leave open is found out from the
 * file and told in the report. Throws a DataError that says where and why when the file cannot be evaluated, a TypeError or RangeError
 * for options that make no sense, and the signal's reason when it is aborted.
 */
export async function evaluate(source: Blob | FileSource, options: EvaluateOptions = {}): Promise<Report> {
  const opened = await openSource(source, checkOptions(options))
  const { native, understanding, settings } = opened
  const evaluator = new Evaluator(native, understanding, settings)
  try {
    await readAll(
      opened,
      (batch) => {
        const taken = evaluator.update(batch)
        if (taken < batch.rows) throw explainBadRow(opened, batch, taken)
      },
      partialReports(opened, evaluator),
    )
    return reportOf(opened, evaluator.results())
  } finally {
    evaluator.dispose()
  }
}

/** How `evaluate` would understand a file, from its beginning alone. */
export async function inspect(source: Blob | FileSource, options: EvaluateOptions = {}): Promise<Inspection> {
  const opened = await openSource(source, checkOptions(options))
  return { mapping: mappingOf(opened), preview: opened.table.head.rows.slice(0, previewRows) }
}
