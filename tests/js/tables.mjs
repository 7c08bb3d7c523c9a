// Fixtures: each table in tests/fixtures/tables stands beside a JSON file with the options and what must come of it.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = `${root}/tests/fixtures/tables`
export const samples = `${root}/examples/data`

const stem = (name) => name.slice(0, name.indexOf('.'))

/** { name, path, options, report | error } of every fixture. */
export function fixtures() {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.json'))
  return names.map((name) => {
    const path = `${folder}/${name}`
    return { name, path, options: {}, ...JSON.parse(readFileSync(`${folder}/${stem(name)}.json`, 'utf8')) }
  })
}

export const fileOf = (path) => new File([readFileSync(path)], path.slice(path.lastIndexOf('/') + 1))

/** A file of the given text. */
export const textFile = (text, name = 'test.csv') => new File([text], name)

/** The losses of a report by their key. */
export const meansOf = ({ losses }) => Object.fromEntries(losses.map(({ key, mean }) => [key, mean]))
