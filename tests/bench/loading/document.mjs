// How long loading takes, for the page of figures.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'

const text = `Each in a Node process of its own, on files the system has read before: importing \`losskit\`, and from calling \`load()\` to the first loss.`

/** The section of loading, or undefined when nothing of it was measured. */
export function loadingDocument(results) {
  if (results.length === 0) return undefined
  const rows = results.map(({ operation, contender, ms, fastest }) => [
    `${operation}, ${contender}`,
    milliseconds(ms),
    milliseconds(fastest),
  ])
  return `## Loading\n\n${text}\n\n${markdownTable([['operation', 'median, ms', 'fastest, ms'], ...rows])}\n`
}
