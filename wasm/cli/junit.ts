// Reports as JUnit's XML, which build servers show: a suite for each file, a case for each condition.
import type { DataError } from '../errors.js'
import type { Comparison } from '../evaluate/comparison.js'
import { type Condition, failureOf, measuresOf } from './conditions.js'
import type { Outcome } from './outcome.js'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' }
// XML has no other control characters, not even escaped.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const escaped = (text: string) => text.replace(/[\x00-\x08\x0b-\x1f]/g, ' ').replace(/[&<>"\n]/g, (character) => entities[character])

const attributes = (values: Record<string, string | number>) =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('')

interface Case {
  name: string
  failure?: string
  error?: DataError
}

function casesOf(outcome: Outcome, conditions: readonly Condition[]): Case[] {
  if ('error' in outcome) return [{ name: 'evaluation', error: outcome.error }]
  if (conditions.length === 0) return [{ name: 'evaluation' }]
  return conditions.map((condition) => ({ name: condition.text, failure: failureOf(condition, outcome.report) }))
}

/** All problems, each on a line of its own. */
const allOf = (error: DataError) => error.describe().split('\n').map(escaped).join('\n')

function caseLines({ name, failure, error }: Case, file: string): string[] {
  const start = `    <testcase${attributes({ name, classname: file })}`
  if (error) return [`${start}>`, `      <error${attributes({ message: error.message })}>${allOf(error)}</error>`, '    </testcase>']
  if (failure !== undefined) return [`${start}>`, `      <failure${attributes({ message: failure })}/>`, '    </testcase>']
  return [`${start}/>`]
}

function propertyLines(outcome: Outcome): string[] {
  if ('error' in outcome) return []
  const known = [...measuresOf(outcome.report)].filter(([, value]) => value !== null)
  const lines = known.map(([name, value]) => `      <property${attributes({ name, value: value as number })}/>`)
  return ['    <properties>', ...lines, '    </properties>']
}

const tally = (cases: readonly Case[]) => ({
  tests: cases.length,
  failures: cases.filter(({ failure }) => failure !== undefined).length,
  errors: cases.filter(({ error }) => error !== undefined).length,
})

/** The differences of every two runs, with their intervals, as properties of a suite of its own. */
function comparisonLines({ reports, pairs }: Comparison): string[] {
  const nameOf = (run: number) => reports[run].files[0].name
  const lines = pairs.flatMap(({ a, b, key, difference, low, high }) =>
    Object.entries({ difference, low, high }).map(
      ([what, value]) => `      <property${attributes({ name: `${key}, ${nameOf(a)} - ${nameOf(b)}: ${what}`, value })}/>`,
    ),
  )
  return [
    `  <testsuite${attributes({ name: 'comparison', ...tally([]) })}>`,
    '    <properties>',
    ...lines,
    '    </properties>',
    '  </testsuite>',
  ]
}

export function toJunit(outcomes: readonly Outcome[], conditions: readonly Condition[], comparison?: Comparison): string {
  const suites = outcomes.map((outcome) => ({ outcome, cases: casesOf(outcome, conditions) }))
  const lines = suites.flatMap(({ outcome, cases }) => [
    `  <testsuite${attributes({ name: outcome.name, ...tally(cases) })}>`,
    ...propertyLines(outcome),
    ...cases.flatMap((each) => caseLines(each, outcome.name)),
    '  </testsuite>',
  ])
  const all = suites.flatMap(({ cases }) => cases)
  if (comparison) lines.push(...comparisonLines(comparison))
  const head = '<?xml version="1.0" encoding="UTF-8"?>'
  return `${[head, `<testsuites${attributes({ name: 'losskit', ...tally(all) })}>`, ...lines, '</testsuites>'].join('\n')}\n`
}
