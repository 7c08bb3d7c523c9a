// What evaluating files takes, for the page of figures.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'

const text = `From bytes in the system's page cache to the whole report: labels and ten float logits a row, as text and as NPY, JSON Lines and Parquet with the
same rows; the CSV of doubles has the same floats with the 17 digits that pandas and scikit-learn write. The peers come to the mean cross entropy alone:
uDSV, PapaParse and JSON.parse with a loop in JavaScript, pandas with PyTorch.`

/** Measured of 10^7 rows of text and 2.3 * 10^7 of NPY, by samples, in Node 20 with the simd variant; a row is 107 bytes of text and 44 of NPY. */
const costs = `What a row of the text file takes in one thread: 47 ns to find the ends of its cells and to read eleven numbers, 15 for the loss, the probabilities and
the Brier score, 17 to count and to sum exactly, 2 for the sample that the temperature is fitted to. The last 34 are most of the 36 to 39 that a row of NPY
takes: 1.5 GB/s, which leave it 29, are reached by two workers, each of which reads its parts of the files, where these are so large that some 5 ms of one
thread at the beginning and the end do not count. Parquet takes less than its reader alone because columns that lack no value are taken from its pages as
they are, without a mark for each value. The page reads files as streams, which bring 107 MB in 61 to 99 ms where slices of 4 MB, one after the
other, take 142 to 194.

One worker is the calling thread, for which the system reads on the other core: it keeps 1.1 cores busy, and two cannot be twice as fast on two cores. Two
whole processes at once, each with one worker, did 1.73 times the work of one. Here peers come between two runs, and workers rest meanwhile: one run
behind the other, one worker takes 824 ms of a CSV of 1.07 GB and two take 532.`

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
