// Whether a file is read by workers, and how many.
import { chooseVariant } from '../../variant.js'
import type { Evaluator } from '../evaluator.js'
import { compiledModule } from '../module.js'
import type { Opened } from '../opening.js'
import type { Settings } from '../options.js'
import type { PartialReports } from '../partialReports.js'
import type { Problems } from '../problems.js'
import { Meter } from '../progress.js'
import type { ReadTask } from './lineReader.js'
import { readApart } from './readApart.js'
import { startTeam, type Team } from './team.js'
import { machineThreads } from './thread.js'

/** Starting workers takes longer than reading so many bytes. */
const fewBytes = 8e6
const mostWorkers = 4

const workersFor = ({ workers }: Settings, bytes: number): number =>
  workers ?? (bytes > fewBytes ? Math.min(machineThreads(), mostWorkers) : 1)

/** What can be sent to another thread. */
const plain = ({ onInspection, onProgress, onPartial, signal, ...settings }: Settings): Settings => settings

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
export async function readInWorkers(opened: Opened, evaluator: Evaluator, partial: PartialReports, problems: Problems): Promise<boolean> {
  const { table, understanding, settings } = opened
  const { apart, file } = table
  const size = workersFor(settings, file.size)
  if (size === 1 || !apart) return false
  const task = { format: apart.format, understanding, settings: plain(settings) }
  const meter = new Meter(file.size, settings.onProgress)
  const team = await teamFor(size, task, settings.workers !== undefined)
  if (!team) return false
  await readApart(opened, { team, task, evaluator, meter, partial, problems }, apart)
  meter.end()
  return true
}
