// A file that is understood and can be read.
import { chooseVariant } from '../variant.js'
import { type FileSource, toFileSource } from './file.js'
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
}

export async function openSource(source: Blob | FileSource, settings: Settings): Promise<Opened> {
  const file = toFileSource(source)
  settings.signal?.throwIfAborted()
  const native = await loadModule(chooseVariant(settings.variant))
  const table = await openTable(native, file, settings)
  return { native, table, understanding: await understand(native, table, settings), settings }
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
    leftOut: { rows: table.leftOut.reduce((sum, { rows }) => sum + rows, 0), reasons: table.leftOut },
    ...results,
  }
}
