// What evaluating files takes, for the page of figures.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'

const text = `From bytes in the system's page cache to the whole report: labels and ten float logits a row, as text and as NPY and Parquet with the same
rows. The peers come to the mean cross entropy alone: uDSV and PapaParse with a loop in JavaScript, pandas with PyTorch.`

const title = (operation, shape) => `${operation.replace(', bytes', '')}, ${(Number(shape) / 1e6).toFixed(0)} MB`

function caseRows(results) {
  return results.map(({ operation, shape, contender, ms }, i) => [
    i === 0 ? title(operation, shape) : '',
    contender,
    milliseconds(ms),
    (Number(shape) / 1000 / ms).toFixed(0),
    (ms / results[0].ms).toFixed(2),
  ])
}

/** The section of files, or undefined when nothing of it was measured. */
export function evaluateDocument(results) {
  if (results.length === 0) return undefined
  const cases = [...new Set(results.map(({ operation, shape }) => title(operation, shape)))]
  const rows = cases.flatMap((name) => caseRows(results.filter(({ operation, shape }) => title(operation, shape) === name)))
  return `## Files\n\n${text}\n\n${markdownTable([['file', 'contender', 'median, ms', 'MB/s', 'times as long'], ...rows])}\n`
}
