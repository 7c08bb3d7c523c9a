// How far the difference of two means could be chance: a Poisson bootstrap (Hanley and MacGibbon 2006, "Creating non-parametric bootstrap
// samples using Poisson frequencies") over rows, in constant memory. The rows are dealt out to buckets, the first ones a bucket each, later
// ones by a hash of their number; a bucket is drawn as a whole. Buckets of rows taken at random spread as rows do, and the draws depend on
// nothing but numbers of rows, buckets and replicates, so that the same runs always give the same interval.

const buckets = 8192
const replicates = 1000
const tail = 0.025

/** A 32-bit hash of a number and one that was salted (the finalizer of MurmurHash3), as a signed one. */
function mixed(a: number, salt: number): number {
  let h = Math.imul(a ^ salt, 0xcc9e2d51)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

const salted = (b: number): number => Math.imul(b + 0x9e3779b9, 0x85ebca6b)
const hash = (a: number, b: number): number => mixed(a, salted(b)) >>> 0

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

const sureBits = 12
const unsure = 255
/** What is drawn by the first bits of a number; `unsure` where the others decide. */
const sureDraws = Uint8Array.from({ length: 1 << sureBits }, (_, bits) => {
  const least = bits * 2 ** (32 - sureBits)
  const draw = poisson(least)
  return draw === poisson(least + 2 ** (32 - sureBits) - 1) ? draw : unsure
})

/** How often each of the buckets is drawn in a replicate. */
function draw(counts: Uint8Array, used: Uint32Array, replicate: number): void {
  const salt = salted(replicate)
  for (let i = 0; i < used.length; i++) {
    const h = mixed(used[i], salt)
    const sure = sureDraws[h >>> (32 - sureBits)]
    counts[i] = sure === unsure ? poisson(h >>> 0) : sure
  }
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

/** The sum of some buckets, each as often as it was drawn. */
function drawn(values: Float64Array, buckets: Uint32Array, counts: Uint8Array): number {
  let sum = 0
  // What is not drawn has no part, even where it is infinite.
  for (let i = 0; i < buckets.length; i++) if (counts[i] > 0) sum += counts[i] * values[buckets[i]]
  return sum
}

/** The bucket of a row by its number from 0. */
export const bucketOf = (row: number): number => (row < buckets ? row : hash(row % 2 ** 32, Math.floor(row / 2 ** 32)) % buckets)

/** By bucket: weighted losses, and weighted shares of right predictions. */
interface Sums {
  losses: Float64Array
  rights: Float64Array
}

export class Bootstrap {
  readonly #weights = new Float64Array(buckets)
  /** Of every run; rows of one bucket are to be added in their order. */
  readonly sums: readonly Sums[]

  constructor(runs: number) {
    this.sums = Array.from({ length: runs }, () => ({ losses: new Float64Array(buckets), rights: new Float64Array(buckets) }))
  }

  /** Rows by their buckets, with their weights; those without a bucket do not count. */
  addRows(buckets: Int32Array, weights: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) if (buckets[i] >= 0) this.#weights[buckets[i]] += weights[i]
  }

  /** 95 % intervals of the difference of two runs' means, percentiles of the replicates. */
  intervals(): (a: number, b: number) => { loss: Interval; accuracy: Interval } {
    const used = Uint32Array.from(Array.from(this.#weights.keys()).filter((bucket) => this.#weights[bucket] > 0))
    const sums = [...this.sums.map(({ losses }) => losses), ...this.sums.map(({ rights }) => rights)]
    const means = sums.map(() => new Float64Array(replicates))
    const counts = new Uint8Array(used.length)
    for (let replicate = 0; replicate < replicates; replicate++) {
      draw(counts, used, replicate)
      const total = drawn(this.#weights, used, counts)
      sums.forEach((values, i) => {
        means[i][replicate] = total === 0 ? Number.NaN : drawn(values, used, counts) / total
      })
    }
    const lossMeans = means.slice(0, this.sums.length)
    const rightMeans = means.slice(this.sums.length)
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
