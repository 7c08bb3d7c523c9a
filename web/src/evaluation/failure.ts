// An error of the worker as what the page can tell a person.
import { DataError, SettingError } from 'losskit/evaluate'
import type { Failure } from './protocol'

/** The browser's names for a file that was moved or changed, or is a folder. */
const unreadable = ['NotFoundError', 'NotReadableError']

const isNamed = (error: unknown, names: string[]) => error instanceof DOMException && names.includes(error.name)

/** What engines and Emscripten say when a memory cannot grow. */
const memory = /out of memory|allocation failed|cannot enlarge memory|memory\.grow|could not allocate|array buffer allocation/i

export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  if (isNamed(error, ['AbortError'])) return { kind: 'cancelled', message }
  if (error instanceof DataError) {
    if (isNamed(error.cause, unreadable)) return { kind: 'unreadable', message }
    if (error.cause instanceof RangeError && memory.test(message)) return { kind: 'memory', message }
    const { row, line, column, problems, moreProblems }: DataError & Pick<Failure, 'problems' | 'moreProblems'> = error
    return { kind: 'data', message, row, line, column, problems, moreProblems }
  }
  // What a person has set and the package refuses is the person's to change: nothing broke.
  if (error instanceof SettingError) return { kind: 'data', message, said: error.said }
  return { kind: memory.test(message) ? 'memory' : 'internal', message }
}
