// A file whose portions go to several workers, each to whoever has least to do.
import { DataError } from '../../errors.js'
import { unlessAborted } from '../abort.js'
import { Evaluator } from '../evaluator.js'
import type { Keeper } from '../keptRows.js'
import type { Opened } from '../opening.js'
import type { PartialReports } from '../partialReports.js'
import type { Problems } from '../problems.js'
import type { Meter } from '../progress.js'
import { longestTurn, turn } from '../turn.js'
import { GroupPortions } from './groupPortions.js'
import { LinePortions } from './linePortions.js'
import type { Portion, Portions } from './portions.js'
import type { PortionWorker } from './portionWorker.js'
import type { Counts, ReadTask } from './readTask.js'
import { RowPortions } from './rowPortions.js'
import type { Team } from './team.js'

/** Of portions that a worker has: one to evaluate, and the next one. */
const mostPortions = 2

/** Keeps the error that comes first in the file. */
class FirstError {
  #part = Number.POSITIVE_INFINITY
  #error: unknown

  get isSet(): boolean {
    return this.#part !== Number.POSITIVE_INFINITY
  }

  note(part: number, error: unknown): void {
    if (part >= this.#part) return
    this.#part = part
    this.#error = error
  }

  throwIfSet(): void {
    if (this.isSet) throw this.#error
  }
}

/** What a file is read into. */
export interface Sinks {
  evaluator: Evaluator
  partial: PartialReports
  /** Rows at fault are noted here. */
  problems: Problems
  /** Where rows are to be kept. */
  keeper?: Keeper
}

export interface ApartOptions extends Sinks {
  team: Team
  task: ReadTask
  meter: Meter
}

class ApartReader {
  readonly #opened: Opened
  readonly #options: ApartOptions
  readonly #portions: Portions
  /** Portions that each worker has not evaluated yet. */
  readonly #pending: Map<PortionWorker, number>
  #isGiven = false
  /** Those who wait until one has less to do. */
  readonly #waiting: (() => void)[] = []
  readonly #reads = new Set<Promise<void>>()
  readonly #failed = new FirstError()

  constructor(opened: Opened, options: ApartOptions, portions: Portions) {
    this.#opened = opened
    this.#options = options
    this.#portions = portions
    this.#pending = new Map(options.team.workers.map((worker) => [worker, 0]))
  }

  /** Returns what was skipped or left out. */
  async readAll(): Promise<Counts[]> {
    let last = 0
    try {
      let begin = performance.now()
      for await (const portion of this.#portions.all((most) => this.#reserve(most))) {
        last = portion.part
        await this.#take(portion)
        await this.#options.keeper?.ready?.()
        if (this.#isOver) break
        if (performance.now() - begin < longestTurn) continue
        await turn()
        begin = performance.now()
      }
    } catch (error) {
      // Portions in front of it are still being evaluated.
      this.#failed.note(last + 1, error)
    }
    this.#isGiven = true
    this.#wake()
    // Each answers as soon as it is done with what it was given: the first sums are merged while others still evaluate.
    const merged = Promise.all(this.#options.team.workers.map((worker) => this.#merge(worker)))
    // A worker that fails here has failed at a portion before, or is the error itself.
    merged.catch(() => {})
    await Promise.all(this.#reads)
    this.#failed.throwIfSet()
    return merged
  }

  async #merge(worker: PortionWorker): Promise<Counts> {
    const { evaluator, problems } = this.#options
    const { state, counts } = await worker.sum()
    if (!problems.isAny) evaluator.merge(state)
    return counts
  }

  get #isOver(): boolean {
    return this.#isGiven || this.#failed.isSet || this.#options.problems.isFull
  }

  async #take(portion: Portion): Promise<void> {
    const { meter, partial, problems } = this.#options
    const worker = portion.worker ?? (await this.#reserve(mostPortions))
    // A failure has taken its worker along.
    if (!worker || this.#failed.isSet) return
    this.#give(worker, portion)
    if (!problems.isAny && partial.isDue(meter.rows)) await this.#tellPartial()
  }

  /** The one that has least to do, once that is less than so many portions; nothing where no more is to be done. */
  async #reserve(most: number): Promise<PortionWorker | undefined> {
    while (!this.#isOver) {
      const [[worker, portions]] = [...this.#pending].sort(([, a], [, b]) => a - b)
      if (portions < most) {
        this.#pending.set(worker, portions + 1)
        return worker
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    return undefined
  }

  /** A portion has been evaluated. */
  #release(worker: PortionWorker): void {
    this.#pending.set(worker, (this.#pending.get(worker) ?? 0) - 1)
    this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #give(worker: PortionWorker, { part, content, bytes }: Portion): void {
    const { meter, problems, keeper } = this.#options
    // One that is at fault may have been left aside on the way here.
    if (problems.isAny) keeper?.stop?.()
    const keep = keeper?.isFull ? undefined : keeper?.keeps
    if (keep) keeper?.begin?.(part)
    const read = worker
      .read(content, part, keep)
      .then(
        ({ rows, room, problems: found, lastRow, kept }) => {
          meter.add(bytes, rows)
          for (const each of kept) keeper?.take(part, each)
          for (const problem of found) problems.note(DataError.of(problem))
          if (lastRow !== undefined) problems.endAt(lastRow)
          if (found.length === 0) keeper?.end?.(part)
          else keeper?.stop?.()
          if (room) this.#portions.giveBack(room)
        },
        (error) => this.#failed.note(part, error),
      )
      .finally(() => {
        this.#reads.delete(read)
        this.#release(worker)
      })
    this.#reads.add(read)
  }

  async #tellPartial(): Promise<void> {
    const { team, evaluator, partial, meter } = this.#options
    const { native, understanding, settings } = this.#opened
    const sums = await Promise.all(team.workers.map((worker) => worker.sum()))
    const soFar = new Evaluator(native, understanding, settings)
    try {
      for (const state of [evaluator.toBytes(), ...sums.map(({ state }) => state)]) soFar.merge(state)
      partial.tell(meter.rows, soFar)
    } finally {
      soFar.dispose()
    }
  }
}

function portionsOf(
  { native, table, understanding, settings }: Opened,
  { task, evaluator, meter, problems, keeper }: ApartOptions,
): Portions {
  if (table.groups) return new GroupPortions(table.groups, understanding.selection, settings.rangeBytes)
  if (!table.lines) return new RowPortions(native, table, { selection: understanding.selection, problems, rangeBytes: settings.rangeBytes })
  return new LinePortions(table.lines, { native, task, evaluator, problems, keeper, count: (rows) => meter.add(0, rows) })
}

/** Reads all of it into the evaluator. Rejects with the error that comes first in the file, or with the signal's reason at once. */
export async function readApart(opened: Opened, options: ApartOptions): Promise<void> {
  const { team, problems } = options
  const portions = portionsOf(opened, options)
  const readAndMerge = async () => {
    const counts = await new ApartReader(opened, options, portions).readAll()
    if (!problems.isAny) portions.finish(counts)
  }
  try {
    // When it is aborted, nothing more comes of the workers. They may serve others once this is over.
    await unlessAborted(opened.settings.signal, readAndMerge, (reason) => {
      for (const worker of team.workers) worker.fail(reason)
    })
  } finally {
    portions.dispose()
    team.end()
  }
}
