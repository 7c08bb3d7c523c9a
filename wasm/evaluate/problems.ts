// What is wrong with the rows of a run: a reader that meets a bad row leaves it aside and goes on, so that all is told at once.
import { DataError } from '../errors.js'

/** So many are told. */
const mostProblems = 20

const byRow = (a: DataError, b: DataError) => (a.row ?? Number.POSITIVE_INFINITY) - (b.row ?? Number.POSITIVE_INFINITY)

export class Problems {
  readonly #errors: DataError[] = []
  /** The row of the first one behind which nothing can be read. */
  #lastRow = Number.POSITIVE_INFINITY

  /** Of rows in any order. */
  note(error: DataError): void {
    this.#errors.push(error)
  }

  /** What is behind this row cannot be read: where others have read it all the same, that is nothing. */
  endAt(row: number): void {
    this.#lastRow = Math.min(this.#lastRow, row)
  }

  /** Where that is known. */
  get lastRow(): number | undefined {
    return Number.isFinite(this.#lastRow) ? this.#lastRow : undefined
  }

  /** There will be no result. */
  get isAny(): boolean {
    return this.#errors.length > 0
  }

  /** More than can be told: whoever has read all rows up to here in order need not go on. */
  get isFull(): boolean {
    return this.#errors.length > mostProblems
  }

  get all(): readonly DataError[] {
    return this.#errors
  }

  throwIfAny(): void {
    if (this.isAny) throw this.#first()
  }

  /** What is to be thrown where `error` has ended the reading. */
  with(error: unknown): unknown {
    if (!(error instanceof DataError) || !this.isAny) return error
    this.#errors.push(error)
    return this.#first()
  }

  /** The first one, with all of them. */
  #first(): DataError {
    const all = this.#errors.filter(({ row }) => row === undefined || row <= this.#lastRow).sort(byRow)
    return DataError.ofSeveral(all.slice(0, mostProblems), all.length > mostProblems)
  }
}

/** What `work` comes to, unless it notes problems: then all that it has noted is thrown. */
export async function noting<Result>(work: (problems: Problems) => Promise<Result>): Promise<Result> {
  const problems = new Problems()
  const result = await work(problems).catch((error: unknown) => {
    throw problems.with(error)
  })
  problems.throwIfAny()
  return result
}
