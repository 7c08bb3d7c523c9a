// The workers of one evaluation.
import type { Variant } from '../../variant.js'
import type { ReadTask } from './lineReader.js'
import { PieceWorker } from './pieceWorker.js'

export interface Team {
  workers: PieceWorker[]
  end(): void
}

/** Rejects when a worker cannot be started. */
export async function startTeam(size: number, module: WebAssembly.Module, variant: Variant, task: ReadTask): Promise<Team> {
  const workers = Array.from({ length: size }, () => new PieceWorker(task.format.file))
  const end = () => {
    for (const worker of workers) worker.end()
  }
  try {
    await Promise.all(workers.map((worker) => worker.start(module, variant, task)))
    return { workers, end }
  } catch (error) {
    end()
    throw error
  }
}
