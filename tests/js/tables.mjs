// Fixtures: each table in tests/fixtures/tables stands beside a JSON file with the options and what must come of it.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { evaluate } from 'losskit/evaluate'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const tables = `${root}/tests/fixtures/tables`
export const samples = `${root}/examples/data`

const stem = (name) => name.slice(0, name.indexOf('.'))

const isLabels = (name) => /\.labels\./.test(name)

export const fileOf = (path) => new File([readFileSync(path)], path.slice(path.lastIndexOf('/') + 1))

/** { name, path, options, report | error } of every fixture; beside x.csv, x.labels.csv has its labels. */
export function fixtures() {
  const names = readdirSync(tables).filter((name) => !name.endsWith('.json'))
  return names
    .filter((name) => !isLabels(name))
    .map((name) => {
      const path = `${tables}/${name}`
      const { options = {}, ...expected } = JSON.parse(readFileSync(`${tables}/${stem(name)}.json`, 'utf8'))
      const labels = names.find((other) => isLabels(other) && stem(other) === stem(name))
      return { name, path, options: labels ? { labels: fileOf(`${tables}/${labels}`), ...options } : options, ...expected }
    })
}

/** A file of the given text. */
export const textFile = (text, name = 'test.csv') => new File([text], name)

/** An array as np.save writes it. */
export function npy(type, shape, data, name = 'test.npy') {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117)
  return new File([Uint8Array.of(0x93), 'NUMPY', Uint8Array.of(1, 0, 118, 0), `${header}\n`, data], name)
}

/** The losses of a report by their key. */
export const meansOf = ({ losses }) => Object.fromEntries(losses.map(({ key, mean }) => [key, mean]))

/** The report, or all of the error, as text. */
export async function outcome(file, options) {
  try {
    return JSON.stringify(await evaluate(file, options))
  } catch (error) {
    assert.equal(error.name, 'DataError', error.stack)
    const { message, row, line, column, problems, moreProblems } = error
    return JSON.stringify({ message, row, line, column, problems, moreProblems })
  }
}
