// Which run does best on the rows of each class, and by how much.
import type { Comparison } from 'losskit/evaluate'
import { InlineBar } from '../charts/InlineBar'
import { signed, significant } from '../format/number'
import { text } from '../text/text'
import { bestOf, InEachRun } from './InEachRun'
import { RunsTable } from './RunsTable'
import { names, shortNames } from './runNames'
import { SaveCsv } from './SaveCsv'
import { Section } from './Section'

/** Every class with its loss in each run. */
function linesOf({ reports }: Comparison) {
  const [first] = reports
  const key = first?.losses[0]?.key ?? ''
  return (first?.classes ?? [])
    .map(({ name }, index) => ({ name, values: reports.map(({ classes }) => classes[index]?.losses[key] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null))
}

function above(value: number | null, best: number | undefined): string {
  return value === null || best === undefined || value === best ? '' : signed(value - best)
}

export function PerClass({ comparison }: { comparison: Comparison }) {
  const lines = linesOf(comparison)
  if (lines.length === 0) return null
  const full = Math.max(...lines.flatMap(({ values }) => values.filter((value) => Number.isFinite(value))).map(Number))
  const rows = () => lines.map(({ name, values }) => [name, ...values])
  const tools = <SaveCsv name="class-losses.csv" head={['class', ...names()]} rows={rows} />
  return (
    <Section id="per-class-heading" heading={text.compare.perClass} about={text.compare.perClassAbout} tools={tools}>
      <RunsTable label={text.figure.tableOf(text.compare.perClass)} first={text.classes.name} runs={shortNames()}>
        {lines.map(({ name, values }) => {
          const best = bestOf(values, true)
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <InEachRun
                of={`class ${name}`}
                values={values}
                words={significant}
                isLowBetter
                below={(value) => (
                  <>
                    <InlineBar value={value} full={full} />
                    <span class="behind-best">{above(value, best)}</span>
                  </>
                )}
              />
            </tr>
          )
        })}
      </RunsTable>
    </Section>
  )
}
