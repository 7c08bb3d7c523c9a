// What evaluating files takes, for the page of figures.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'

const text = `From bytes in the system's page cache to the whole report: labels and ten float logits a row, as text and as NPY and Parquet with the same
rows. The peers come to the mean cross entropy alone: uDSV and PapaParse with a loop in JavaScript, pandas with PyTorch.`

/** Counted with callgrind on the native build, SSE2, for 100,000 rows of the text file; a row is 107 bytes of text and 44 of NPY. */
const costs = `What it comes to, in instructions of the native build for a row: 240 to find the ends of its cells, 1,300 to read and store eleven numbers,
410 for the loss, the probabilities and the Brier score, 310 to count and to sum exactly, 120 for the sample that the temperature is fitted to:
2,380, of which this machine does 13 in a nanosecond. 1.5 GB/s would leave a row of NPY 29 ns for the last 840, which take some 60; the rest of its time is
reading two files and joining their rows. Twenty times PapaParse would be 120 ms for 107 MB of text, 1.1 ns a byte: the numbers alone take half of that.
Reading two numbers side by side, as now, takes 15 % less time than one by one; keeping its vector constants in registers, as the losses do, gains
nothing there. The page reads files as streams, which bring 107 MB in 61 to 99 ms where slices of 4 MB, one after the other, take 142 to 194.

Two workers cannot be twice one on two cores: one worker has the calling thread beside it, which reads and measures what comes next, and uses 188 to 203 ms
of both; two use 231 to 246, so that 120 is the least two cores can take. Two whole processes at once, each with one worker, did 1.73 times the work of
one. Of 139 ms with two workers 8 are understanding the file, 5 the temperature and the report, 7 merging, which one thread does.`

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
  return `## Files\n\n${text}\n\n${markdownTable([['file', 'contender', 'median, ms', 'MB/s', 'times as long'], ...rows])}\n\n${costs}\n`
}
