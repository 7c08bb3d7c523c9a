#!/usr/bin/env node
// losskit <file>: the losses of a file of predictions on the terminal.
import { readFileSync } from 'node:fs'
import { DataError } from '../errors.js'
import { evaluate } from '../evaluate/evaluate.js'
import { type Command, readArguments, UsageError } from './arguments.js'
import { openFile } from './file.js'
import { help } from './help.js'
import { printed, toJson } from './print.js'

const badData = 1
const badUsage = 2

const version = (): string => JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'the file may not be read',
  EISDIR: 'it is not a file',
}

async function run({ path, options, json }: Command): Promise<string> {
  const file = await openFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new DataError(reasons[error.code ?? ''] ?? error.message, { file: path })
  })
  try {
    const report = await evaluate(file, options)
    return json ? toJson(report) : printed(report)
  } finally {
    await file.close()
  }
}

async function output(args: readonly string[]): Promise<string> {
  const command = readArguments(args)
  if (command === 'help') return help
  if (command === 'version') return `${version()}\n`
  return run(command)
}

function fail(error: unknown): void {
  const isUsage = error instanceof UsageError || error instanceof RangeError || error instanceof TypeError
  if (!isUsage && !(error instanceof DataError)) throw error
  process.stderr.write(`losskit: ${error.message}${isUsage ? ' (losskit --help tells more)' : ''}\n`)
  process.exitCode = isUsage ? badUsage : badData
}

// Whoever reads only the beginning of the output has what they want.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

await output(process.argv.slice(2)).then((text) => process.stdout.write(text), fail)
