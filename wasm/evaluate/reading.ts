// All rows of a file, one batch after the other, with time for others, progress and an end when it is asked for.
import { takeBatch } from './batch.js'
import { Evaluator } from './evaluator.js'
import { evaluated, type Keeper, plainOf } from './keptRows.js'
import { type Opened, reportOf, whileUnchanged } from './opening.js'
import { PartialReports } from './partialReports.js'
import { noting, type Problems } from './problems.js'
import { Meter } from './progress.js'
import type { Report } from './report.js'
import type { Batch } from './table.js'
import { longestTurn, turn } from './turn.js'
import { readInWorkers } from './workers/readInWorkers.js'

/** First numbers do not wait so long. */
const firstTurn = 3

/** Calls `use` with every batch, and `pause` with the rows so far before others have their turn. */
async function readAll(
  { table, understanding, settings }: Opened,
  problems: Problems,
  use: (batch: Batch) => void | Promise<void>,
  pause: (rows: number) => void,
): Promise<void> {
  const meter = new Meter(table.file.size, settings.onProgress)
  let begin = performance.now()
  let longest = firstTurn
  for await (const batch of table.batches(understanding.selection, problems)) {
    await use(batch)
    meter.reach(batch.bytes, batch.rows)
    if (performance.now() - begin < longest) continue
    pause(meter.rows)
    await turn()
    settings.signal?.throwIfAborted()
    begin = performance.now()
    longest = longestTurn
  }
  meter.end()
}

/** An evaluator with all rows, to be disposed of; what comes of every batch goes to `keeper`. `files` are read at the same time. */
export async function readRows(opened: Opened, keeper?: Keeper, files = 1): Promise<Evaluator> {
  const evaluator = new Evaluator(opened.native, opened.understanding, opened.settings)
  const partial = new PartialReports(opened)
  if (keeper?.keeps === 'rows') evaluator.startKeeping()
  try {
    const read = async (problems: Problems) => {
      if (await readInWorkers(opened, { evaluator, partial, problems, keeper }, files)) return
      const { native, understanding } = opened
      const use = (batch: Batch) => {
        takeBatch(opened, evaluator, batch, problems)
        if (!keeper || keeper.isFull || problems.isAny) return
        keeper.take(0, evaluated(plainOf(native, batch, understanding.selection), evaluator, keeper.keeps))
        return keeper.ready?.()
      }
      await readAll(opened, problems, use, (rows) => {
        if (!problems.isAny) partial.tellWhenDue(rows, evaluator)
      })
    }
    await whileUnchanged(opened, () => noting(read))
    return evaluator
  } catch (error) {
    evaluator.dispose()
    throw error
  }
}

/** The report of all rows. */
export async function readReport(opened: Opened): Promise<Report> {
  const evaluator = await readRows(opened)
  try {
    return reportOf(opened, evaluator.results())
  } finally {
    evaluator.dispose()
  }
}
