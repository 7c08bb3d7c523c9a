// A file that is understood and can be read.

import { DataError } from '../errors.js'
import { chooseVariant } from '../variant.js'
import { type FileSource, FileVersions, untilAborted } from './file.js'
import { openTable } from './formats.js'
import { type Understanding, understand } from './mapping.js'
import { loadModule, type MainModule } from './module.js'
import type { Inspection, Settings } from './options.js'
import type { Mapping, Report, ReportFile } from './report.js'
import type { Results } from './results.js'
import type { TableReader } from './table.js'

export interface Opened {
  native: MainModule
  table: TableReader
  understanding: Understanding
  settings: Settings
  versions: FileVersions
}

/**
 * What `read` comes to, which is no number where one of the files has changed since it was opened. Whatever else has failed by then: when it is
 * aborted, that is why.
 */
export async function whileUnchanged<Result>(opened: Pick<Opened, 'versions' | 'settings'>, read: () => Promise<Result>): Promise<Result> {
  const { versions, settings } = opened
  try {
    const result = await read()
    await versions.check()
    return result
  } catch (error) {
    settings.signal?.throwIfAborted()
    // Half of one file and half of another may well look broken.
    if (error instanceof DataError) await versions.check()
    throw error
  }
}

export async function openSource(source: Blob | FileSource, settings: Settings): Promise<Opened> {
  const { signal } = settings
  const file = untilAborted(source, settings)
  const labels = settings.labels && untilAborted(settings.labels, settings)
  signal?.throwIfAborted()
  const versions = await FileVersions.of(labels ? [file, labels] : [file])
  return whileUnchanged({ versions, settings }, async () => {
    // The beginning is on its way while the module is made ready.
    file.read(0, 0).catch(() => {})
    const native = await loadModule(chooseVariant(settings.variant))
    const table = await openTable(native, file, labels, settings)
    try {
      return { native, table, understanding: await understand(native, table, settings), settings, versions }
    } catch (error) {
      await table.release?.()
      throw error
    }
  })
}

/** What `use` comes to with a file that is opened for it. */
export async function withSource<Result>(
  source: Blob | FileSource,
  settings: Settings,
  use: (opened: Opened) => Result | Promise<Result>,
): Promise<Result> {
  const opened = await openSource(source, settings)
  try {
    return await use(opened)
  } finally {
    await opened.table.release?.()
  }
}

function filesOf({ file, labelsFile }: TableReader): ReportFile[] {
  const predictions: ReportFile = { name: file.name, bytes: file.size, role: 'predictions' }
  return labelsFile ? [predictions, { name: labelsFile.name, bytes: labelsFile.size, role: 'labels' }] : [predictions]
}

export const mappingOf = ({ table, understanding }: Opened): Mapping => ({ ...understanding.mapping, dialect: table.dialect })

const previewRows = 10

export const inspectionOf = (opened: Opened): Inspection => ({
  mapping: mappingOf(opened),
  preview: (opened.table.head.preview ?? opened.table.head.rows).slice(0, previewRows),
})

export const reportOf = (opened: Opened, results: Results): Report => {
  const { table, understanding } = opened
  return {
    format: 'losskit-report',
    version: 1,
    files: filesOf(table),
    task: understanding.task,
    mapping: mappingOf(opened),
    precision: understanding.selection.precision,
    leftOut: { rows: table.leftOut.reduce((sum, { rows }) => sum + rows, 0), reasons: table.leftOut },
    ...results,
  }
}
