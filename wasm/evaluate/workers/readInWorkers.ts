// Whether a file is read by workers, and how many.
import { chooseVariant } from '../../variant.js'
import { originOf } from '../chunkRows.js'
import { compiledModule } from '../module.js'
import type { Opened } from '../opening.js'
import { tellBeginning } from '../partialReports.js'
import { Meter } from '../progress.js'
import { readerPlace } from '../readers.js'
import { readApart, type Sinks } from './readApart.js'
import { type ReadTask, sendable } from './readTask.js'
import { startTeam, type Team } from './team.js'
import { threadsFor } from './thread.js'

/** None where the calling thread does it all: also where unpacking text takes longer than reading it. `files` are read at the same time. */
function workersFor({ settings, table }: Opened, files: number): number {
  const threads = threadsFor(settings, table.file.size)
  if (threads === 1) return 0
  return settings.workers ?? (table.lines?.arePacked ? 0 : Math.ceil(threads / files))
}

/** Where a platform has no workers, or a bundler or policy hides them, the calling thread does what it was not told to leave to them. */
async function teamFor(size: number, task: ReadTask, isWanted: boolean): Promise<Team | undefined> {
  try {
    const variant = chooseVariant(task.settings.variant)
    return await startTeam(size, await compiledModule(variant), variant, task)
  } catch (error) {
    if (isWanted) throw error
    return undefined
  }
}

/** Reads the file, one of so many, into the evaluator; false when that is left to the calling thread. */
export async function readInWorkers(opened: Opened, sinks: Sinks, files: number): Promise<boolean> {
  const { table, understanding, settings } = opened
  const { file, lines, groups } = table
  const size = workersFor(opened, files)
  if (size === 0) return false
  const task = {
    ...originOf(table),
    size: file.size,
    descriptor: lines?.elsewhere?.descriptor,
    lines: lines?.form,
    reader: groups?.reader && readerPlace(groups.reader),
    understanding,
    settings: sendable(settings),
  }
  const meter = new Meter(file.size, settings.onProgress)
  const starting = teamFor(size, task, settings.workers !== undefined)
  // It may fail before it is waited for.
  starting.catch(() => {})
  if (lines && sinks.partial.isDue(1)) await tellBeginning(opened, sinks.partial)
  const team = await starting
  if (!team) return false
  await readApart(opened, { team, task, meter, ...sinks })
  meter.end()
  return true
}
