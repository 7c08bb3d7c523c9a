#!/usr/bin/env node
// losskit <files>: the losses of files of predictions on the terminal.
import { readFileSync } from 'node:fs'
import { DataError } from '../errors.js'
import type { Comparison } from '../evaluate/comparison.js'
import { type Command, readArguments } from './arguments.js'
import { compareFiles, comparisonSections } from './comparison.js'
import { failureOf } from './conditions.js'
import { help } from './help.js'
import { toJunit } from './junit.js'
import { type Outcome, outcomeOf } from './outcome.js'
import { printed, sectionsMarkdown, sectionsText, toJson, toMarkdown } from './print.js'
import { UsageError } from './usageError.js'

const badData = 1
const badUsage = 2
const conditionFailed = 3
/** 128 and the number of SIGINT, as shells have it. */
const interrupted = 130

class Interrupted extends Error {}

const version = (): string => JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version

const say = (message: string) => process.stderr.write(`losskit: ${message}\n`)

function rendered(outcomes: Outcome[], { output, losses, byClass, hardest, conditions }: Command): string {
  const reports = outcomes.flatMap((outcome) => ('report' in outcome ? [outcome.report] : []))
  if (output === 'junit') return toJunit(outcomes, conditions)
  if (reports.length === 0) return ''
  if (output === 'json') return toJson(outcomes.length === 1 ? reports[0] : reports)
  const print = output === 'markdown' ? toMarkdown : printed
  return reports.map((report) => print(report, { losses, byClass, hardest })).join('\n')
}

const flags: Record<string, string> = { missing: '--missing leave-out', scores: '--scores logits', task: '--task binary' }

/** How to mend it, each way once. */
function remediesOf({ problems }: DataError): string[] {
  const lines = problems.flatMap(({ remedy, remedySettings = {} }) => {
    const options = Object.keys(remedySettings).map((name) => flags[name])
    return remedy === undefined ? [] : [options.length > 0 ? `${remedy}: ${options.join(' ')}` : remedy]
  })
  return [...new Set(lines)]
}

/** Tells what is wrong, and returns the exit code for it. */
function judged(outcomes: Outcome[], { conditions }: Command): number {
  let code = 0
  for (const outcome of outcomes) {
    if ('error' in outcome) {
      say([outcome.error.describe(), ...remediesOf(outcome.error)].join('\n'))
      code = badData
      continue
    }
    for (const failure of conditions.flatMap((condition) => failureOf(condition, outcome.report) ?? [])) {
      say(`${outcome.name}: ${failure}`)
      code ||= conditionFailed
    }
  }
  return code
}

const outcomesOf = ({ reports }: Comparison) => reports.map((report) => ({ name: report.files[0].name, report }))

function renderedComparison(comparison: Comparison, command: Command): string {
  if (command.output === 'json') return toJson(comparison)
  if (command.output === 'junit') return toJunit(outcomesOf(comparison), command.conditions, comparison)
  const sections = comparisonSections(comparison, command)
  const [print, printSections] = command.output === 'markdown' ? [toMarkdown, sectionsMarkdown] : [printed, sectionsText]
  return [...comparison.reports.map((report) => print(report, command)), printSections(sections)].join('\n')
}

async function runComparison(command: Command, signal: AbortSignal): Promise<void> {
  const paths = [...command.paths, ...command.compare]
  try {
    const comparison = await compareFiles(paths, command.labels, command.options, signal)
    const text = renderedComparison(comparison, command)
    process.exitCode = judged(outcomesOf(comparison), command)
    process.stdout.write(text)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    const outcomes = [{ name: error.file, error }]
    process.exitCode = judged(outcomes, command)
    if (command.output === 'junit') process.stdout.write(toJunit(outcomes, command.conditions))
  }
}

async function run(command: Command): Promise<void> {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort(new Interrupted('interrupted')))
  if (command.compare.length > 0) return runComparison(command, controller.signal)
  const outcomes: Outcome[] = []
  for (const path of command.paths) outcomes.push(await outcomeOf(path, command.labels, command.options, controller.signal))
  const text = rendered(outcomes, command)
  process.exitCode = judged(outcomes, command)
  process.stdout.write(text)
}

async function main(args: readonly string[]): Promise<void> {
  const command = readArguments(args)
  if (command === 'help') process.stdout.write(help)
  else if (command === 'version') process.stdout.write(`${version()}\n`)
  else await run(command)
}

function fail(error: unknown): void {
  const isUsage = error instanceof UsageError || error instanceof RangeError || error instanceof TypeError
  if (!isUsage && !(error instanceof Interrupted)) throw error
  say(isUsage ? `${error.message} (losskit --help tells more)` : error.message)
  process.exitCode = isUsage ? badUsage : interrupted
  // The rest of an interrupted input is not waited for.
  if (!isUsage) process.stdin.destroy()
}

// Whoever reads only the beginning of the output has what they want.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

await main(process.argv.slice(2)).catch(fail)
