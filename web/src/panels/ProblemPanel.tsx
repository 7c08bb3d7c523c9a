import { useEffect, useRef, useState } from 'preact/hooks'
import { type Excerpt, excerptOf } from '../app/excerpt'
import { dismissProblem, openAgain, type Problem, problems, runs } from '../app/session'
import { integer } from '../format/number'
import { text } from '../text/text'
import { ReadAgain } from './ReadAgain'
import { Scroll } from './Scroll'

function Places({ problem: { name, failure } }: { problem: Problem }) {
  const places: [string, string | undefined][] = [
    [text.problem.file, name],
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

/** The message as a sentence under a heading that names the file already. */
function messageOf({ name, failure }: Problem): string {
  if (failure.kind === 'unreadable') return text.problem.unreadable
  if (failure.kind === 'memory') return text.problem.memory
  const prefix = `${name}: `
  const message = failure.message.startsWith(prefix) ? failure.message.slice(prefix.length) : failure.message
  return message.charAt(0).toUpperCase() + message.slice(1)
}

/** The evaluation's word for a cell without a value. */
const isMissing = (message: string) => /\bmissing\b/i.test(message)

/** What to do about it. Where no row is at fault, the file may be right and only taken for something else. */
function Mend({ problem: { files, failure, settings } }: { problem: Problem }) {
  if (!files) return null
  const isReading = failure.row === undefined
  return (
    <>
      <p>{isReading ? text.problem.mendReading : text.problem.mendCell}</p>
      {isMissing(failure.message) && settings.missing !== 'leaveOut' && (
        <p class="tools">
          <button type="button" class="button" onClick={() => openAgain(files, { ...settings, missing: 'leaveOut' })}>
            {text.problem.leaveOut}
          </button>
        </p>
      )}
      <ReadAgain files={files} settings={settings} open={isReading} />
    </>
  )
}

/** The file that the failure is about: of several the one it names. */
const faultyFile = ({ files, failure }: Problem) => files?.find(({ name }) => failure.message.startsWith(`${name}:`)) ?? files?.[0]

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
  return (
    <section class="problem" aria-labelledby={heading}>
      <h2 id={heading}>{text.problem.heading(problem.name)}</h2>
      <p class="problem-message">{messageOf(problem) || text.problem.unknown}</p>
      {failure.kind === 'data' && <Places problem={problem} />}
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
  useEffect(() => {
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
