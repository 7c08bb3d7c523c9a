import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Excerpt, excerptOf } from '../app/excerpt'
import { dismissProblem, openAgain, type Problem, problems, runs } from '../app/session'
import type { Settings } from '../evaluation/protocol'
import { integer } from '../format/number'
import { text } from '../text/text'
import { ReadAgain } from './ReadAgain'
import { Scroll } from './Scroll'

function Places({ problem: { name, failure } }: { problem: Problem }) {
  const places: [string, string | undefined][] = [
    // Of predictions and labels the one that is at fault.
    [text.problem.file, failure.problems?.[0]?.file ?? name],
    [text.problem.row, failure.row === undefined ? undefined : integer(failure.row)],
    [text.problem.column, failure.column],
    [text.problem.line, failure.line === undefined ? undefined : integer(failure.line)],
  ]
  return (
    <dl class="places">
      {places.map(
        ([name, value]) =>
          value !== undefined && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

const shownPlace = (value: number | undefined) => (value === undefined ? '–' : integer(value))

/** All that is wrong, when that is more than one thing. */
function List({ problem: { name, failure } }: { problem: Problem }) {
  const { problems = [], moreProblems } = failure
  const { list } = text.problem
  const hasRemedy = problems.some(({ remedy }) => remedy)
  return (
    <>
      <Scroll label={list.caption(name)}>
        <table class="faults stacking headed">
          <caption class="visually-hidden">{list.caption(name)}</caption>
          <thead>
            <tr>
              <th scope="col">{text.problem.file}</th>
              <th scope="col" class="number">
                {text.problem.row}
              </th>
              <th scope="col" class="number">
                {text.problem.line}
              </th>
              <th scope="col">{text.problem.column}</th>
              <th scope="col">{list.fault}</th>
              {hasRemedy && <th scope="col">{list.remedy}</th>}
            </tr>
          </thead>
          <tbody>
            {problems.map(({ message, said, file = name, row, line, column, remedy, remedySaid }, index) => (
              <tr key={index}>
                <td class="name" data-head={text.problem.file}>
                  {file}
                </td>
                <td class="number" data-head={text.problem.row}>
                  {shownPlace(row)}
                </td>
                <td class="number" data-head={text.problem.line}>
                  {shownPlace(line)}
                </td>
                <td class="name" data-head={text.problem.column}>
                  {column ?? '–'}
                </td>
                <td class="fault" data-head={list.fault}>
                  {sentence(text.said(said, message))}
                </td>
                {hasRemedy && (
                  <td class="remedy" data-head={list.remedy}>
                    {remedy && remedySaid && sentence(text.said(remedySaid, remedy))}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {moreProblems && <p class="quiet">{list.more}</p>}
    </>
  )
}

function Lines({ excerpt }: { excerpt: Excerpt }) {
  return (
    <Scroll class="excerpt" label={text.problem.excerpt}>
      <table>
        <tbody>
          {excerpt.map(({ number, content, marked }) => (
            <tr key={number} class={marked ? 'marked' : undefined}>
              <th scope="row">{number}</th>
              <td>{marked ? <mark>{content}</mark> : content}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

/** The message as a sentence under a heading that names the file already. */
function messageOf({ name, failure }: Problem): string {
  if (failure.kind === 'unreadable') return text.problem.unreadable
  if (failure.kind === 'memory') return text.problem.memory
  // The place stands beside it.
  const [told] = failure.problems ?? []
  if (told) return sentence(text.said(told.said, told.message))
  if (failure.said) return sentence(text.said(failure.said, failure.message))
  const prefix = `${name}: `
  return sentence(failure.message.startsWith(prefix) ? failure.message.slice(prefix.length) : failure.message)
}

/** The evaluation's word for a cell without a value. */
const isMissing = (message: string) => /\bmissing\b/i.test(message)

/** Other settings with which the file is read without what is wrong, each once; those it was read with are none. */
function remediesOf({ failure, settings }: Problem): Settings[] {
  const { problems = [] } = failure
  const told = problems.flatMap(({ message, remedySettings }): Settings[] =>
    remedySettings ? [remedySettings] : isMissing(message) ? [{ missing: 'leaveOut' }] : [],
  )
  const known = told.length > 0 || !isMissing(failure.message) ? told : [{ missing: 'leaveOut' } satisfies Settings]
  const isNew = (remedy: Settings) => Object.entries(remedy).some(([name, value]) => settings[name as keyof Settings] !== value)
  return [...new Map(known.filter(isNew).map((remedy) => [JSON.stringify(remedy), remedy])).values()]
}

/** What a remedy does, in words. */
const wordsOf = ({ missing, scores, ...others }: Settings) =>
  missing === 'leaveOut'
    ? text.problem.leaveOut
    : scores
      ? text.problem.readScores(text.scoreKinds[scores])
      : text.problem.readWith(Object.entries(others).flat().join(' '))

/** What to do about it. Where no row is at fault, the file may be right and only taken for something else. */
function Mend({ problem }: { problem: Problem }) {
  const { files, failure, settings } = problem
  if (!files) return null
  const isReading = failure.row === undefined
  const remedies = remediesOf(problem)
  const [told, ...others] = failure.problems ?? []
  const remedy = told?.remedy && told.remedySaid && sentence(text.said(told.remedySaid, told.remedy))
  // In a list each has its own.
  const advice = others.length === 0 && remedy ? remedy : isReading ? text.problem.mendReading : text.problem.mendCell
  return (
    <>
      <p>{advice}</p>
      {remedies.length > 0 && (
        <p class="tools">
          {remedies.map((remedy) => (
            <button key={JSON.stringify(remedy)} type="button" class="button" onClick={() => openAgain(files, { ...settings, ...remedy })}>
              {wordsOf(remedy)}
            </button>
          ))}
        </p>
      )}
      <ReadAgain files={files} settings={settings} open={isReading} />
    </>
  )
}

/** The file that the failure is about: of several the one it names. */
const faultyFile = ({ files, failure }: Problem) => {
  const told = failure.problems?.[0]?.file
  return files?.find(({ name }) => name === told || failure.message.startsWith(`${name}:`)) ?? files?.[0]
}

/** What is wrong with a file, where, and how to go on; the results shown before stay. */
function ProblemPanel({ problem }: { problem: Problem }) {
  const { id, failure, restarted } = problem
  const file = faultyFile(problem)
  const [excerpt, setExcerpt] = useState<Excerpt>([])
  useEffect(() => {
    if (file && failure.kind === 'data') excerptOf(file, failure.line).then(setExcerpt, () => setExcerpt([]))
  }, [])
  const dismiss = () => {
    dismissProblem(id)
    document.getElementById('content')?.focus()
  }
  const heading = `problem-${id}`
  const { problems: { length: count } = [], moreProblems = false } = failure
  const isList = count > 1
  return (
    <section class="problem" aria-labelledby={heading}>
      <h2 id={heading}>{text.problem.heading(problem.name)}</h2>
      <p class="problem-message">{isList ? text.problem.list.count(count, moreProblems) : messageOf(problem) || text.problem.unknown}</p>
      {isList ? <List problem={problem} /> : failure.kind === 'data' && <Places problem={problem} />}
      {excerpt.length > 0 && <Lines excerpt={excerpt} />}
      {failure.kind === 'data' && file && file.size > 0 && <Mend problem={problem} />}
      {restarted && <p>{failure.kind === 'memory' ? text.problem.restartedReader : text.problem.restarted}</p>}
      <p class="problem-end">
        <button type="button" class="button" onClick={dismiss}>
          {text.problem.dismiss}
        </button>
        {runs.value.length > 0 && <span class="quiet">{text.problem.kept}</span>}
      </p>
    </section>
  )
}

/** All that went wrong, one below the other. The focus goes to it when there is something new. */
export function Problems() {
  const place = useRef<HTMLDivElement>(null)
  const shown = problems.value
  const last = shown.at(-1)?.id
  // At once: a key that is pressed when it is seen belongs to it.
  useLayoutEffect(() => {
    if (last !== undefined) place.current?.focus()
  }, [last])
  if (shown.length === 0) return null
  return (
    <div class="problems" ref={place} tabIndex={-1} role="alert" aria-label={text.problem.count(shown.length)}>
      {shown.map((problem) => (
        <ProblemPanel key={problem.id} problem={problem} />
      ))}
    </div>
  )
}
