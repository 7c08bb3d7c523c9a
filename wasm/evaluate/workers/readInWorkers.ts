// Whether a file is read by workers, and how many.
import { chooseVariant } from '../../variant.js'
import { compiledModule } from '../module.js'
import type { Opened } from '../opening.js'
import { Meter } from '../progress.js'
import { readApart, type Sinks } from './readApart.js'
import { type ReadTask, sendable } from './readTask.js'
import { startTeam, type Team } from './team.js'
import { threadsFor } from './thread.js'

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

/** Reads the file into the evaluator; false when that is left to the calling thread. */
export async function readInWorkers(opened: Opened, sinks: Sinks): Promise<boolean> {
  const { table, understanding, settings } = opened
  const { file, head, lines } = table
  const size = threadsFor(settings, file.size)
  if (size === 1) return false
  const task = { file: file.name, names: head.names, lines: lines?.dialect, understanding, settings: sendable(settings) }
  const meter = new Meter(file.size, settings.onProgress)
  const team = await teamFor(size, task, settings.workers !== undefined)
  if (!team) return false
  await readApart(opened, { team, task, meter, ...sinks })
  meter.end()
  return true
}
