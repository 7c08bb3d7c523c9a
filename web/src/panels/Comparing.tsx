// Two to five runs on the same rows: which is better, by how much, how surely, and where they disagree.
import type { Comparison } from 'losskit/evaluate'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { asFailure, compareRuns, failureWords, runs } from '../app/session'
import { integer, percent, significant } from '../format/number'
import { labelOf } from '../losses/families'
import { text } from '../text/text'
import { FileName } from './FileName'
import { InEachRun } from './InEachRun'
import { Pairs } from './Pairs'
import { PerClass } from './PerClass'
import { classWords, Predicted } from './Predicted'
import { AddRun } from './Runs'
import { RunsTable } from './RunsTable'
import { names, shortNames } from './runNames'
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

/** Each loss with its value in every run; the lowest is marked, of accuracies the highest. */
function linesOf({ reports }: Comparison) {
  const [first] = reports
  const losses = (first?.losses ?? []).map((loss) => ({
    key: loss.key,
    // A parameter stays in one line with its value.
    title: labelOf(first?.losses ?? [], loss).replaceAll(' = ', '\u00a0=\u00a0'),
    values: reports.map((report) => report.losses.find(({ key }) => key === loss.key)?.mean ?? null),
    words: (value: number | null) => significant(value),
    isLowBetter: true,
  }))
  const accuracy = {
    key: 'accuracy',
    title: text.result.accuracy,
    values: reports.map(({ accuracy }) => accuracy),
    words: (value: number | null) => percent(value, 2),
    isLowBetter: false,
  }
  return [...losses, accuracy]
}

function SideBySide({ comparison }: { comparison: Comparison }) {
  const lines = linesOf(comparison)
  const rows = () => lines.map(({ key, values }) => [key, ...values])
  const tools = <SaveCsv name="comparison.csv" head={['measure', ...names()]} rows={rows} />
  return (
    <Section id="side-by-side-heading" heading={text.compare.sideBySide} about={text.compare.sideBySideAbout} tools={tools}>
      <RunsTable label={text.figure.tableOf(text.compare.sideBySide)} first={text.compare.measure} runs={names()}>
        {lines.map(({ key, title, ...line }) => (
          <tr key={key}>
            <th scope="row">{title}</th>
            <InEachRun of={key} {...line} />
          </tr>
        ))}
      </RunsTable>
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
                    <FileName name={name} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {disagreements.map(({ row, id, label, runs }) => (
                <tr key={row}>
                  <td class="number">{integer(row)}</td>
                  {hasId && <td>{id}</td>}
                  <td>{classWords(label)}</td>
                  {runs.map(({ predicted, loss }, index) => (
                    <td key={index}>
                      <Predicted isRight={predicted === label}>
                        <strong>{classWords(predicted)}</strong>
                      </Predicted>{' '}
                      <span class="quiet">{text.compare.lossOf(significant(loss, 3))}</span>
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
  useLayoutEffect(() => {
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
