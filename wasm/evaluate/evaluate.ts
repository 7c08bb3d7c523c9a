import type { FileSource } from './file.js'
import { inspectionOf, withSource } from './opening.js'
import { checkOptions, type EvaluateOptions, type Inspection } from './options.js'
import { readReport } from './reading.js'
import type { Report } from './report.js'

/**
 * Reads a file of predictions once, in constant memory, and reports every loss that fits it. What the options leave open is found out from the
 * file and told in the report. Throws a DataError that says where and why when the file cannot be evaluated, a TypeError or RangeError
 * for options that make no sense, and the signal's reason when it is aborted.
 */
export async function evaluate(source: Blob | FileSource, options: EvaluateOptions = {}): Promise<Report> {
  const settings = checkOptions(options)
  return withSource(source, settings, (opened) => {
    settings.onInspection?.(inspectionOf(opened))
    return readReport(opened)
  })
}

/** How `evaluate` would understand a file, from its beginning alone. */
export async function inspect(source: Blob | FileSource, options: EvaluateOptions = {}): Promise<Inspection> {
  return withSource(source, checkOptions(options), inspectionOf)
}
