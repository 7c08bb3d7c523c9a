// How long a person waits for the page, for the page of figures.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'

const text = `In headless Chromium, each visit with nothing kept from the one before: until the page can be used; from a dropped file of 10 MB to its first
numbers; and, with 10^6 rows of ten classes or ten labels read, from a change of a control to the frame in which the loss has its new value.
"All" is until every number and picture is updated.`

const shapeWords = (shape) => shape.replace('1000000x10', '10^6 rows of ten').replace(/ten$/, 'ten classes')

/** The section of the page, or undefined when nothing of it was measured. */
export function pageDocument(results) {
  if (results.length === 0) return undefined
  const isAll = ({ operation }) => operation.includes(', until all is updated')
  const rows = results
    .filter((result) => !isAll(result))
    .map(({ operation, shape, ms, fastest }) => {
      const all = results.find(
        (one) => isAll(one) && one.shape === shape && one.operation.replace(', until all is updated', '') === operation,
      )
      return [`${operation}, ${shapeWords(shape)}`, milliseconds(ms), milliseconds(fastest), all ? milliseconds(all.ms) : '']
    })
  return `## The page\n\n${text}\n\n${markdownTable([['operation', 'median, ms', 'fastest, ms', 'all, median, ms'], ...rows])}\n`
}
