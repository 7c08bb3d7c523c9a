// Two to five runs on the same rows: which is better, by how much, how surely, and where they disagree.
import type { Comparison, RunPair } from 'losskit/evaluate'
import { useEffect, useRef, useState } from 'preact/hooks'
import { asFailure, compareRuns, failureWords, runs } from '../app/session'
import { distinctParts } from '../format/names'
import { integer, percent, significant } from '../format/number'
import { labelOf } from '../losses/families'
import { text } from '../text/text'
import { AddRun } from './Runs'
import { SaveCsv } from './SaveCsv'
import { Scroll } from './Scroll'
import { Section } from './Section'

function useComparison(): { comparison?: Comparison; problem?: string } {
  const [state, setState] = useState<{ comparison?: Comparison; problem?: string }>({})
  const compared = runs.value
  const isReady = compared.every(({ isPartial }) => !isPartial)
  useEffect(() => {
    let isWanted = true
    setState({})
    if (!isReady) return
    compareRuns().then(
      (comparison) => isWanted && setState({ comparison }),
      (error) => isWanted && setState({ problem: failureWords(asFailure(error)) }),
    )
    return () => {
      isWanted = false
    }
  }, [isReady, compared.map(({ id }) => id).join(), ...compared.map(({ report }) => report)])
  return state
}

const names = () => runs.value.map(({ name }) => name)

/** For cells; the heads of the first table have them whole. */
const shortNames = () => distinctParts(names())

/** Each loss with its value in every run; the lowest is marked, of accuracies the highest. */
function linesOf({ reports }: Comparison) {
  const [first] = reports
  const losses = (first?.losses ?? []).map((loss) => ({
    key: loss.key,
    title: labelOf(first?.losses ?? [], loss),
    values: reports.map((report) => report.losses.find(({ key }) => key === loss.key)?.mean ?? null),
    words: (value: number | null) => significant(value),
    isLowBetter: true,
  }))
  const accuracy = {
    key: 'accuracy',
    title: text.result.accuracy,
    values: reports.map((report): number | null => report.accuracy),
    words: (value: number | null) => percent(value, 2),
    isLowBetter: false,
  }
  return [...losses, accuracy]
}

function bestOf(values: (number | null)[], isLowBetter: boolean): number | undefined {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return undefined
  const best = isLowBetter ? Math.min(...known) : Math.max(...known)
  return known.every((value) => value === best) ? undefined : best
}

function SideBySide({ comparison }: { comparison: Comparison }) {
  const lines = linesOf(comparison)
  const rows = () => lines.map(({ key, values }) => [key, ...values])
  const tools = <SaveCsv name="comparison.csv" head={['measure', ...names()]} rows={rows} />
  return (
    <Section id="side-by-side-heading" heading={text.compare.sideBySide} about={text.compare.sideBySideAbout} tools={tools}>
      <Scroll label={text.figure.tableOf(text.compare.sideBySide)}>
        <table class="compared">
          <thead>
            <tr>
              <th scope="col">{text.compare.measure}</th>
              {names().map((name, index) => (
                <th key={index} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map(({ key, title, values, words, isLowBetter }) => {
              const best = bestOf(values, isLowBetter)
              return (
                <tr key={key}>
                  <th scope="row">{title}</th>
                  {values.map((value, index) => (
                    <td key={index} class={value === best ? 'number best' : 'number'}>
                      <data data-compared={`${key}.${index}`} value={String(value ?? '')}>
                        {words(value)}
                      </data>
                      {value === best && <span class="visually-hidden"> {text.compare.best}</span>}
                    </td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
      </Scroll>
    </Section>
  )
}

/** The interval and its middle on an axis that all rows share; decoration for a screen reader. */
function Interval({ pair, reach }: { pair: RunPair; reach: number }) {
  const x = (value: number) => 100 + (96 * value) / (reach || 1)
  return (
    <svg class="interval" viewBox="0 0 200 16" aria-hidden="true">
      <path class="zero" d="M100 0V16" />
      <path class="span" d={`M${x(pair.low)} 8H${x(pair.high)}`} />
      <circle class="middle" cx={x(pair.difference)} cy={8} r={4} />
    </svg>
  )
}

const signed = (value: number, digits = 4) => (value > 0 ? '+' : '') + significant(value, digits)

/** What a pair says in a sentence: an interval that holds 0 says that either may be better. */
function verdictOf({ a, b, low, high, key }: RunPair): string {
  if (low <= 0 && high >= 0) return text.compare.undecided
  const isABetter = key === 'accuracy' ? low > 0 : high < 0
  return text.compare.better(shortNames()[isABetter ? a : b] ?? '')
}

function Pairs({ comparison: { pairs, reports } }: { comparison: Comparison }) {
  const keys = [...new Set(pairs.map(({ key }) => key))]
  const titleOf = (key: string) => {
    const loss = reports[0]?.losses.find((each) => each.key === key)
    return loss ? text.lossTitle(key, loss.title) : text.result.accuracy
  }
  return (
    <Section id="pairs-heading" heading={text.compare.pairs} about={text.compare.pairsAbout}>
      {keys.map((key) => {
        const some = pairs.filter((pair) => pair.key === key)
        const reach = Math.max(...some.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]))
        return (
          <Scroll key={key} label={text.figure.tableOf(titleOf(key))}>
            <table class="pairs">
              <caption>{titleOf(key)}</caption>
              <thead>
                <tr>
                  <th scope="col">{text.compare.pair}</th>
                  <th scope="col" class="number">
                    {text.compare.difference}
                  </th>
                  <th scope="col" class="number">
                    {text.compare.interval}
                  </th>
                  <td />
                  <th scope="col">{text.compare.verdict}</th>
                </tr>
              </thead>
              <tbody>
                {some.map((pair) => (
                  <tr key={`${pair.a}-${pair.b}`}>
                    <th scope="row">{text.compare.minus(shortNames()[pair.a] ?? '', shortNames()[pair.b] ?? '')}</th>
                    <td class="number">
                      <data data-pair={`${key}.${pair.a}.${pair.b}`} value={String(pair.difference)}>
                        {signed(pair.difference)}
                      </data>
                    </td>
                    <td class="number">
                      {signed(pair.low)} … {signed(pair.high)}
                    </td>
                    <td class="interval-cell">
                      <Interval pair={pair} reach={reach} />
                    </td>
                    <td class="verdict">{verdictOf(pair)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )
      })}
    </Section>
  )
}

function PerClass({ comparison: { pairs, reports } }: { comparison: Comparison }) {
  const key = reports[0]?.losses[0]?.key
  const some = pairs.filter((pair) => pair.key === key && pair.perClass.length > 0)
  if (some.length === 0) return null
  const classes = some[0]?.perClass ?? []
  return (
    <Section id="per-class-heading" heading={text.compare.perClass} about={text.compare.perClassAbout}>
      <Scroll label={text.figure.tableOf(text.compare.perClass)}>
        <table class="compared">
          <thead>
            <tr>
              <th scope="col">{text.classes.name}</th>
              {some.map(({ a, b }) => (
                <th key={`${a}-${b}`} scope="col" class="number">
                  {text.compare.minus(shortNames()[a] ?? '', shortNames()[b] ?? '')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map(({ name }, index) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {some.map(({ a, b, perClass }) => {
                  const one = perClass[index]
                  return (
                    <td key={`${a}-${b}`} class="number">
                      {one?.difference === null || one === undefined ? '–' : signed(one.difference)}
                      {one && one.winner !== null && <span class="winner">{shortNames()[one.winner]}</span>}
                    </td>
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

function Disagreements({ comparison: { disagreements } }: { comparison: Comparison }) {
  const hasId = disagreements.some(({ id }) => id !== undefined)
  const head = ['row', 'line', 'id', 'label', ...names().flatMap((name) => [`${name} predicted`, `${name} probability`, `${name} loss`])]
  const rows = () =>
    disagreements.map(({ row, line, id, label, runs }) => [
      row,
      line ?? null,
      id ?? null,
      label,
      ...runs.flatMap(({ predicted, probability, loss }) => [predicted, probability, loss]),
    ])
  const tools = <SaveCsv name="disagreements.csv" head={head} rows={rows} disabled={disagreements.length === 0} />
  return (
    <Section id="disagreements-heading" heading={text.compare.disagreements} about={text.compare.disagreementsAbout} tools={tools}>
      {disagreements.length === 0 ? (
        <p>{text.compare.noDisagreements}</p>
      ) : (
        <Scroll label={text.figure.tableOf(text.compare.disagreements)}>
          <table class="disagreements">
            <thead>
              <tr>
                <th scope="col" class="number">
                  {text.rowsPanel.columns.row}
                </th>
                {hasId && <th scope="col">{text.rowsPanel.columns.id}</th>}
                <th scope="col">{text.rowsPanel.columns.label}</th>
                {shortNames().map((name, index) => (
                  <th key={index} scope="col" class="run">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {disagreements.map(({ row, id, label, runs }) => (
                <tr key={row}>
                  <td class="number">{integer(row)}</td>
                  {hasId && <td>{id}</td>}
                  <td>{label}</td>
                  {runs.map(({ predicted, loss }, index) => (
                    <td key={index} class={predicted === label ? 'right' : 'wrong'}>
                      <strong>{predicted}</strong> <span class="quiet">{text.compare.lossOf(significant(loss, 3))}</span>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Section>
  )
}

export function Comparing() {
  const { comparison, problem } = useComparison()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    window.scrollTo({ top: 0 })
    heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <article class="result" aria-labelledby="comparing-heading" aria-busy={comparison === undefined && problem === undefined}>
      <div class="result-head">
        <div>
          <h1 id="comparing-heading" ref={heading} tabIndex={-1}>
            {text.compare.heading(runs.value.length)}
          </h1>
          <p class="quiet">{text.compare.about}</p>
        </div>
        <AddRun />
      </div>
      {problem && (
        <div class="problem" role="alert">
          <h2>{text.compare.failed}</h2>
          <p>{problem}</p>
        </div>
      )}
      {!problem && !comparison && <p role="status">{text.compare.working}</p>}
      {comparison && (
        <>
          <SideBySide comparison={comparison} />
          {comparison.pairs.length > 0 && <Pairs comparison={comparison} />}
          <PerClass comparison={comparison} />
          <Disagreements comparison={comparison} />
        </>
      )}
    </article>
  )
}
