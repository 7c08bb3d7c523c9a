// How far the difference of two means could be chance: a Poisson bootstrap (Hanley and MacGibbon 2006, "Creating non-parametric bootstrap
// samples using Poisson frequencies") over rows, in constant memory. The rows are dealt out to buckets, the first ones a bucket each, later
// ones by a hash of their number; a bucket is drawn as a whole. Buckets of rows taken at random spread as rows do, and the draws depend on
// nothing but numbers of rows, buckets and replicates, so that the same runs always give the same interval.

const buckets = 8192
const replicates = 1000
const tail = 0.025

/** A 32-bit hash of two numbers (the finalizer of MurmurHash3). */
function hash(a: number, b: number): number {
  let h = Math.imul(a ^ Math.imul(b + 0x9e3779b9, 0x85ebca6b), 0xcc9e2d51)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Below these 32-bit numbers a draw is 0, 1, 2, …: the distribution function of Poisson(1). */
const poissonLimits = (() => {
  const limits: number[] = []
  let probability = Math.exp(-1)
  let total = 0
  for (let k = 0; k < 12; k++) {
    total += probability
    limits.push(total * 2 ** 32)
    probability /= k + 1
  }
  return limits
})()

function poisson(uniform: number): number {
  let k = 0
  while (k < poissonLimits.length && uniform >= poissonLimits[k]) k++
  return k
}

export interface Interval {
  low: number
  high: number
}

const quantile = (sorted: Float64Array, q: number): number => {
  const at = q * (sorted.length - 1)
  const below = Math.floor(at)
  const next = sorted[Math.min(below + 1, sorted.length - 1)]
  return sorted[below] + (at - below) * (next - sorted[below])
}

export class Bootstrap {
  readonly #runs: number
  readonly #weights = new Float64Array(buckets)
  readonly #losses: Float64Array[]
  readonly #rights: Float64Array[]

  constructor(runs: number) {
    this.#runs = runs
    const sums = () => Array.from({ length: runs }, () => new Float64Array(buckets))
    this.#losses = sums()
    this.#rights = sums()
  }

  /** A row by its number from 0: its weight, and its loss and share of right predictions in every run. */
  add(row: number, weight: number, losses: readonly number[], rights: readonly number[]): void {
    const bucket = row < buckets ? row : hash(row % 2 ** 32, Math.floor(row / 2 ** 32)) % buckets
    this.#weights[bucket] += weight
    for (let run = 0; run < this.#runs; run++) {
      this.#losses[run][bucket] += weight * losses[run]
      this.#rights[run][bucket] += weight * rights[run]
    }
  }

  /** 95 % intervals of the difference of two runs' means, percentiles of the replicates. */
  intervals(): (a: number, b: number) => { loss: Interval; accuracy: Interval } {
    const used = Array.from(this.#weights.keys()).filter((bucket) => this.#weights[bucket] > 0)
    const means = (sums: Float64Array[]) => sums.map(() => new Float64Array(replicates))
    const lossMeans = means(this.#losses)
    const rightMeans = means(this.#rights)
    for (let replicate = 0; replicate < replicates; replicate++) {
      let total = 0
      for (const bucket of used) {
        const count = poisson(hash(bucket, replicate))
        if (count === 0) continue
        total += count * this.#weights[bucket]
        for (let run = 0; run < this.#runs; run++) {
          lossMeans[run][replicate] += count * this.#losses[run][bucket]
          rightMeans[run][replicate] += count * this.#rights[run][bucket]
        }
      }
      for (const values of [...lossMeans, ...rightMeans]) values[replicate] = total === 0 ? Number.NaN : values[replicate] / total
    }
    const interval = (a: Float64Array, b: Float64Array): Interval => {
      const sorted = a
        .map((value, i) => value - b[i])
        .filter((value) => !Number.isNaN(value))
        .sort()
      return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) }
    }
    return (a, b) => ({ loss: interval(lossMeans[a], lossMeans[b]), accuracy: interval(rightMeans[a], rightMeans[b]) })
  }
}
