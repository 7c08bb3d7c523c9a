// Which of every two runs does better on the rows of a class, and by how much.
import type { Comparison } from 'losskit/evaluate'
import { Fragment } from 'preact'
import { signed } from '../format/number'
import { text } from '../text/text'
import { Bar, Scale } from './Difference'
import { names, shortNames } from './runNames'
import { SaveCsv } from './SaveCsv'
import { Scroll } from './Scroll'
import { Section } from './Section'

/** Beside more the bars would have no room. */
const mostDrawn = 3

export function PerClass({ comparison: { pairs, reports } }: { comparison: Comparison }) {
  const key = reports[0]?.losses[0]?.key
  const some = pairs.filter((pair) => pair.key === key && pair.perClass.length > 0)
  if (some.length === 0) return null
  const classes = some[0]?.perClass ?? []
  const reach = Math.max(...some.flatMap(({ perClass }) => perClass.map(({ difference }) => Math.abs(difference ?? 0))))
  const isDrawn = some.length <= mostDrawn
  const head = ['class', ...some.map(({ a, b }) => text.compare.minus(names()[a] ?? '', names()[b] ?? ''))]
  const rows = () => classes.map(({ name }, index) => [name, ...some.map(({ perClass }) => perClass[index]?.difference ?? null)])
  const tools = <SaveCsv name="class-differences.csv" head={head} rows={rows} />
  return (
    <Section id="per-class-heading" heading={text.compare.perClass} about={text.compare.perClassAbout} tools={tools}>
      <Scroll label={text.figure.tableOf(text.compare.perClass)}>
        <table class="compared">
          <thead>
            <tr>
              <th scope="col">{text.classes.name}</th>
              {some.map(({ a, b }) => (
                <Fragment key={`${a}-${b}`}>
                  <th scope="col" class="number">
                    {text.compare.minus(shortNames()[a] ?? '', shortNames()[b] ?? '')}
                  </th>
                  {isDrawn && (
                    <td class="difference-cell">
                      <Scale reach={reach} />
                    </td>
                  )}
                </Fragment>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map(({ name }, index) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {some.map(({ a, b, perClass }) => {
                  const difference = perClass[index]?.difference ?? null
                  const winner = perClass[index]?.winner ?? null
                  return (
                    <Fragment key={`${a}-${b}`}>
                      <td class="number">
                        {difference === null ? '–' : signed(difference)}
                        {winner !== null && <span class="winner">{shortNames()[winner]}</span>}
                      </td>
                      {isDrawn && <td class="difference-cell">{difference !== null && <Bar difference={difference} reach={reach} />}</td>}
                    </Fragment>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Section>
  )
}
