// The workers of one evaluation.
import type { Variant } from '../../variant.js'
import { giveBack, takeWorkers } from './pool.js'
import type { PortionWorker } from './portionWorker.js'
import type { ReadTask } from './readTask.js'

export interface Team {
  workers: PortionWorker[]
  end(): void
}

/** Rejects when a worker cannot be started. */
export async function startTeam(size: number, module: WebAssembly.Module, variant: Variant, task: ReadTask): Promise<Team> {
  const workers = takeWorkers(size, variant)
  const end = () => giveBack(workers)
  try {
    await Promise.all(workers.map((worker) => worker.start(module, task)))
    return { workers, end }
  } catch (error) {
    end()
    throw error
  }
}
