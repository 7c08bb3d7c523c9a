// A program as a place to measure in. It answers lines of fields between tabs, one line each:
//   (at the start)                                              name, version of each contender
//   open, operation, rows, classes, path of scores, of target   ok
//   start, contender                                            the figures of its result, or none
//   run, contender                                              milliseconds
//   close                                                       ok
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Both libraries of threads PyTorch may use. */
const oneThread = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }

export async function openProgram({ command, args = [], folder }) {
  const program = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...oneThread } })
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${command} ended`)
    return value.split('\t')
  }
  const names = await answer()
  const ask = (...fields) => {
    program.stdin.write(`${fields.join('\t')}\n`)
    return answer()
  }
  const path = (name) => join(folder, 'data', name)
  const methods = {
    contenders: () =>
      names.flatMap((name, i) => (i % 2 === 0 ? [{ name, version: names[i + 1], isLimit: name.startsWith('sum of') }] : [])),
    open: (operation, { rows, classes, scores, target }) => ask('open', operation, rows, classes, path(scores), path(target)),
    async start(index) {
      const figures = await ask('start', index)
      return figures[0] === 'none' ? undefined : figures.map(Number)
    },
    run: async (index) => Number((await ask('run', index))[0]),
    close: () => ask('close'),
  }
  return { name: 'native', call: (method, ...values) => methods[method](...values), close: () => program.stdin.end() }
}
