// The figures as JSON: one entry for each operation, shape, place and contender. What was measured before and not now stays, so that a whole run
// can be made in parts.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

const keyOf = ({ group, operation, shape, place, contender }) => [group, operation, shape, place, contender].join('|')

/** Former results of the same machine. */
function readFormer(path, machine) {
  if (!existsSync(path)) return []
  const former = JSON.parse(readFileSync(path, 'utf8'))
  return isDeepStrictEqual(former.machine, machine) ? former.results : []
}

/** Merges results into a file and returns all that stand there now. */
export function mergeResults(path, machine, results) {
  const merged = new Map([...readFormer(path, machine), ...results].map((result) => [keyOf(result), result]))
  const all = { machine, results: [...merged.values()] }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(all, null, 1)}\n`)
  return all
}
