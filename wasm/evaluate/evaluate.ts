import { DataError } from '../errors.js'
import { chooseVariant } from '../variant.js'
import { explainBadRow } from './badRow.js'
import { evaluateBinary } from './binary.js'
import { type FileSource, toFileSource } from './file.js'
import { openTable } from './formats.js'
import { type Understanding, understand } from './mapping.js'
import { loadModule, type MainModule } from './module.js'
import { evaluateMultiClass } from './multiClass.js'
import { checkOptions, type EvaluateOptions, type Settings } from './options.js'
import type { Mapping, Report } from './report.js'
import type { Evaluator } from './results.js'
import type { TableReader } from './table.js'
import { explainUndefinedLoss } from './undefinedRow.js'

export interface Inspection {
  mapping: Mapping
  /** The first data rows, as text. */
  preview: string[][]
}

const previewRows = 10
/** A page stays responsive, and a cancelled evaluation ends, within this many milliseconds. */
const longestTurn = 25

interface Opened {
  native: MainModule
  table: TableReader
  understanding: Understanding
  settings: Settings
}

async function open(source: Blob | FileSource, options: EvaluateOptions): Promise<Opened> {
  const settings = checkOptions(options)
  const file = toFileSource(source)
  settings.signal?.throwIfAborted()
  const native = await loadModule(chooseVariant(settings.variant))
  const table = await openTable(native, file, settings)
  return { native, table, understanding: await understand(native, table, settings), settings }
}

const mappingOf = ({ table, understanding }: Opened): Mapping => ({ ...understanding.mapping, dialect: table.dialect })

/** Lets everything else that waits have its turn. (Browsers hold a timer back for 4 ms, a message they do not.) */
function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}

async function readAll({ native, table, understanding, settings }: Opened, evaluator: Evaluator): Promise<void> {
  const { signal, onProgress } = settings
  const total = table.file.size
  let read = 0
  let begin = performance.now()
  for await (const batch of table.batches(understanding.selection)) {
    const taken = evaluator.update(batch.scores, batch.labels, batch.rows)
    if (taken < batch.rows) throw explainBadRow(native, table, batch, taken, understanding)
    read += batch.rows
    if (performance.now() - begin < longestTurn) continue
    onProgress?.({ bytes: batch.bytes, total, rows: read })
    await turn()
    signal?.throwIfAborted()
    begin = performance.now()
  }
  onProgress?.({ bytes: total, total, rows: read })
}

function evaluatorFor({ native, table, understanding, settings }: Opened): Evaluator {
  const { truth, weight } = understanding.selection
  if (truth.kind === 'targets' || truth.kind === 'tags') {
    throw new DataError('a number for each class in every row cannot be evaluated: what can be has one label a row, with the true class', {
      file: table.file.name,
    })
  }
  if (weight !== undefined) throw new DataError('weights of rows cannot be evaluated', { file: table.file.name })
  const { classNames, scores } = understanding.mapping
  const make = understanding.task === 'binary' ? evaluateBinary : evaluateMultiClass
  return make(native, classNames, scores.kind, settings)
}

/**
 * Reads a file of predictions once, in constant memory, and reports every loss that fits it. What the options leave open is found out from the
 * file and told in the report. Throws a DataError that says where and why when the file cannot be evaluated, a TypeError or RangeError
 * for options that make no sense, and the signal's reason when it is aborted.
 */
export async function evaluate(source: Blob | FileSource, options: EvaluateOptions = {}): Promise<Report> {
  const opened = await open(source, options)
  const evaluator = evaluatorFor(opened)
  try {
    await readAll(opened, evaluator)
    const { native, table, understanding, settings } = opened
    const results = evaluator.results()
    if (results.losses.some(({ mean }) => Number.isNaN(mean))) throw await explainUndefinedLoss(native, table, understanding, settings)
    return {
      format: 'losskit-report',
      version: 1,
      files: [{ name: table.file.name, bytes: table.file.size, role: 'predictions' }],
      task: understanding.task,
      mapping: mappingOf(opened),
      leftOut: { rows: table.leftOut.reduce((sum, { rows }) => sum + rows, 0), reasons: table.leftOut },
      ...results,
    }
  } finally {
    evaluator.dispose()
  }
}

/** How `evaluate` would understand a file, from its beginning alone. */
export async function inspect(source: Blob | FileSource, options: EvaluateOptions = {}): Promise<Inspection> {
  const opened = await open(source, options)
  return { mapping: mappingOf(opened), preview: opened.table.head.rows.slice(0, previewRows) }
}
