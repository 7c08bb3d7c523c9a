// What the page does with the chosen file.
import { evaluate } from '../../../dist/evaluate/index.js'

/** Smaller slices take longer. */
const sliceBytes = 4 << 20
const chosen = () => document.querySelector('input').files[0]

async function evaluateFile(workers) {
  const report = await evaluate(chosen(), { workers })
  return report.losses[0].mean
}

async function readFile() {
  const file = chosen()
  for (let start = 0; start < file.size; start += sliceBytes) await file.slice(start, start + sliceBytes).arrayBuffer()
}

export const createHost = () => ({ evaluateFile, readFile })
