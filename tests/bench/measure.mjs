// Interleaved repeats: every contender once, then every one again, so that whatever slows the machine for a while slows all of them.

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

/**
 * Runs contenders, each with `run()` that resolves to its milliseconds, and returns the times of each. After `least` rounds it ends when `seconds`
 * are over, at the latest after `repeats`. One round before is not counted.
 */
export async function interleave(contenders, { repeats, seconds, least = 5 }) {
  for (const { run } of contenders) await run()
  const times = contenders.map(() => [])
  const end = performance.now() + 1000 * seconds
  for (let round = 0; round < repeats && (round < least || performance.now() < end); round++) {
    for (const [i, { run }] of contenders.entries()) times[i].push(await run())
  }
  return times
}

/** The result of one contender as it is written down. */
export function timed(times) {
  const rounded = (ms) => Number(ms.toPrecision(5))
  return { ms: rounded(median(times)), fastest: rounded(Math.min(...times)), rounds: times.length }
}
