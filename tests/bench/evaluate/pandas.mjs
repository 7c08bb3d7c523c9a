// pandas.read_csv and torch's cross entropy, in a process of their own that stays open.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { capture } from '../../../wasm/tools/run.mjs'

const program = fileURLToPath(new URL('./read_csv.py', import.meta.url))
const needed = ['-c', 'import pandas, torch']
const findPython = () => ['python3', '/usr/bin/python3'].find((python) => capture(python, needed, { stdio: 'pipe' }) !== undefined)

/** The contender, where pandas and PyTorch are there, and how to end it. */
export async function openPandas(path) {
  const python = findPython()
  if (!python) {
    console.log('pandas and PyTorch are not installed (Debian: python3-pandas, python3-torch) and are left out')
    return []
  }
  const child = spawn(python, [program, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('pandas ended')
    return value
  }
  const version = await answer()
  const evaluate = async () => {
    child.stdin.write('\n')
    return Number(await answer())
  }
  const contender = { contender: 'pandas and PyTorch', version, place: 'native', evaluate }
  return [{ contender, close: () => void child.stdin.end() }]
}
