// Workers that have done their work, kept a while for the next file: to start one takes as long as to read 30 MB.
import type { Variant } from '../../variant.js'
import { PortionWorker } from './portionWorker.js'

/** Milliseconds. */
const longestRest = 10_000

const resting = new Set<PortionWorker>()
let timer: ReturnType<typeof setTimeout> | undefined

/** But those that hold rows, which may be asked for. */
function endAll(): void {
  for (const worker of resting) {
    if (worker.isHolding) continue
    worker.end()
    resting.delete(worker)
  }
}

function endLater(): void {
  clearTimeout(timer)
  timer = setTimeout(endAll, longestRest)
  // Node's, which would keep the process alive.
  if (typeof timer === 'object') (timer as { unref(): void }).unref()
}

/** As many workers as are wanted, first of all those that rest, and of these the last ones that worked. */
export function takeWorkers(count: number, variant: Variant): PortionWorker[] {
  const kept = [...resting].filter((worker) => worker.variant === variant && worker.isFree).slice(-count)
  for (const worker of kept) resting.delete(worker)
  return [...kept, ...Array.from({ length: count - kept.length }, () => new PortionWorker(variant))]
}

/** Those that something went wrong with, or that are still at work, are ended. */
export function giveBack(workers: readonly PortionWorker[]): void {
  for (const worker of workers) {
    if (!worker.isFree) {
      worker.end()
      continue
    }
    worker.rest()
    resting.add(worker)
  }
  endLater()
}
