// What evaluating files takes, for the page of figures.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'

const text = `From bytes in the system's page cache to the whole report: labels and ten float logits a row, as text and as NPY and Parquet with the same
rows. The peers come to the mean cross entropy alone: uDSV and PapaParse with a loop in JavaScript, pandas with PyTorch.`

/** Measured of 10^6 rows, the parts each by themselves, in Node 20 with the simd variant; a row is 107 bytes of text and 44 of NPY. */
const costs = `What a row of the text file takes: 46 ns to find the ends of its cells and to read eleven numbers, 17 for the loss, the probabilities and the Brier
score, 18 to count and to sum exactly, 5 for the sample that the temperature is fitted to. 1.5 GB/s would leave a row of NPY 29 ns for the last 40; the
rest of its time is reading two files and joining their rows. Parquet takes less than its reader alone because columns that lack no value are taken
from its pages as they are, without a mark for each value. The page reads files as streams, which bring 107 MB in 61 to 99 ms where slices of 4 MB, one
after the other, take 142 to 194.

One worker is the calling thread, for which the system reads on the other core; two cannot be twice as fast on two cores. Two whole processes at once, each
with one worker, did 1.73 times the work of one; and understanding the file, merging and the report are done by one thread.`

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
