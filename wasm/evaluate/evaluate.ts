import { takeBatch } from './batch.js'
import { Evaluator } from './evaluator.js'
import { type FileSource, toFileSource, whileUnchanged } from './file.js'
import { mappingOf, type Opened, openSource, reportOf } from './opening.js'
import { checkOptions, type EvaluateOptions } from './options.js'
import { PartialReports } from './partialReports.js'
import { readAll } from './reading.js'
import type { Mapping, Report } from './report.js'
import type { Batch } from './table.js'
import { readInWorkers } from './workers/readInWorkers.js'

export interface Inspection {
  mapping: Mapping
  /** The first data rows, as text. */
  preview: string[][]
}

const previewRows = 10

/**
 * Reads a file of predictions once, in constant memory, and reports every loss that fits it. What the options leave open is found out from the
 * file and told in the report. Throws a DataError that says where and why when the file cannot be evaluated, a TypeError or RangeError
 * for options that make no sense, and the signal's reason when it is aborted.
 */
export async function evaluate(source: Blob | FileSource, options: EvaluateOptions = {}): Promise<Report> {
  const settings = checkOptions(options)
  const file = toFileSource(source)
  return whileUnchanged(file, async () => evaluateFile(await openSource(file, settings)))
}

async function evaluateFile(opened: Opened): Promise<Report> {
  const evaluator = new Evaluator(opened.native, opened.understanding, opened.settings)
  const partial = new PartialReports(opened)
  try {
    if (!(await readInWorkers(opened, evaluator, partial))) {
      const use = (batch: Batch) => takeBatch(opened, evaluator, batch)
      await readAll(opened, use, (rows) => {
        if (partial.isDue(rows)) partial.tell(rows, evaluator)
      })
    }
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
