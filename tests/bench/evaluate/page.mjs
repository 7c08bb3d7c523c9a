// What the page does with the chosen file.
import { evaluate } from '../../../dist/evaluate/index.js'

const rangeBytes = 4 << 20
const chosen = () => document.querySelector('input').files[0]

async function evaluateFile(workers) {
  const report = await evaluate(chosen(), { workers, rangeBytes })
  return report.losses[0].mean
}

async function readFile() {
  const file = chosen()
  for (let start = 0; start < file.size; start += rangeBytes) await file.slice(start, start + rangeBytes).arrayBuffer()
}

export const createHost = () => ({ evaluateFile, readFile })
