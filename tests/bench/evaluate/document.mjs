// What evaluating files takes, for the page of figures.
import { markdownTable } from '../markdown.mjs'
import { milliseconds } from '../table.mjs'

const text = `From bytes in the system's page cache to the whole report: labels and ten float logits a row, as text and as NPY and Parquet with the same
rows. The peers come to the mean cross entropy alone: uDSV and PapaParse with a loop in JavaScript, pandas with PyTorch.`

/** Counted with callgrind on the native build, SSE2, for 100,000 rows of the text file; a row is 107 bytes of text and 44 of NPY. */
const costs = `What it comes to, in instructions of the native build for a row: 240 to find the ends of its cells, 1,300 to read and store eleven numbers,
480 for the loss, the probabilities and the Brier score, 310 to count and to sum exactly, 120 for the sample that the temperature is fitted to:
2,450. 500 MB/s would leave a row of text 214 ns for them, and 1.5 GB/s a row of NPY 29 ns for the last 900: this machine does about six in a
nanosecond of native code, and fewer in wasm. So neither is reached here, nor what follows from them: twenty times PapaParse, and four fifths of
what \`File.slice\` alone delivers. Reading two numbers side by side, as now, takes 15 % less time than one by one; keeping its vector constants
in registers, as the losses do, gains nothing there.

Two workers never wait for a piece, and still gain little on two cores and 107 MB: some 60 ms are understanding the file, merging and fitting the
temperature, which one thread does, and the calling thread has work of its own meanwhile, a millisecond for the system's copy and 1.7 for measuring
each 4 MB, of which a worker has 13. Nor are the two cores two: a process with one worker takes 1.27 times as long while another one does the same, so
that two whole processes do 1.57 times the work of one.`

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
