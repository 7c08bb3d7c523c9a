import { type FileSource, toFileSource, whileUnchanged } from './file.js'
import { mappingOf, openSource } from './opening.js'
import { checkOptions, type EvaluateOptions } from './options.js'
import { readReport } from './reading.js'
import type { Mapping, Report } from './report.js'

/** A file, understood but not evaluated. */
export interface Inspection {
  /** The role of each column, with the evidence. */
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
  return whileUnchanged(file, async () => readReport(await openSource(file, settings)))
}

/** How `evaluate` would understand a file, from its beginning alone. */
export async function inspect(source: Blob | FileSource, options: EvaluateOptions = {}): Promise<Inspection> {
  const opened = await openSource(source, checkOptions(options))
  return { mapping: mappingOf(opened), preview: (opened.table.head.preview ?? opened.table.head.rows).slice(0, previewRows) }
}
