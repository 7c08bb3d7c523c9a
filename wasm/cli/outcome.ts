// What evaluating one of the files came to.
import { DataError } from '../errors.js'
import { evaluate } from '../evaluate/evaluate.js'
import type { EvaluateOptions } from '../evaluate/options.js'
import type { Report } from '../evaluate/report.js'
import { say } from '../message.js'
import { type DiskFile, openFile } from './file.js'
import { ProgressBar } from './progressBar.js'
import { openStandardInput } from './standardInput.js'

export type Outcome = { name: string; report: Report } | { name: string; error: DataError }

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'the file may not be read',
  EISDIR: 'it is not a file',
}

/** The file, or the standard input for '-'. */
export async function openPath(path: string, signal: AbortSignal): Promise<DiskFile> {
  if (path === '-') return openStandardInput(signal)
  return openFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new DataError(say`${reasons[error.code ?? ''] ?? error.message}`, { file: path })
  })
}

async function evaluateFile(file: DiskFile, labels: DiskFile | undefined, options: EvaluateOptions, signal: AbortSignal): Promise<Report> {
  const bar = new ProgressBar(file.name, process.stderr)
  try {
    return await evaluate(file, { ...options, labels, signal, onProgress: (progress) => bar.show(progress) })
  } finally {
    bar.clear()
    await file.close()
    await labels?.close()
  }
}

/** `labels` is the path of the file with the labels, where they are not in that of the predictions. */
export async function outcomeOf(path: string, labels: string | undefined, options: EvaluateOptions, signal: AbortSignal): Promise<Outcome> {
  try {
    const file = await openPath(path, signal)
    const labelsFile = labels === undefined ? undefined : await openPath(labels, signal)
    return { name: file.name, report: await evaluateFile(file, labelsFile, options, signal) }
  } catch (error) {
    if (error instanceof DataError) return { name: error.file, error }
    throw error
  }
}
