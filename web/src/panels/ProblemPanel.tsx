import { useEffect, useRef, useState } from 'preact/hooks'
import { type Excerpt, excerptOf } from '../app/excerpt'
import { dismissProblem, type Problem } from '../app/session'
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
  const prefix = `${name}: `
  const message = failure.message.startsWith(prefix) ? failure.message.slice(prefix.length) : failure.message
  return message.charAt(0).toUpperCase() + message.slice(1)
}

/** What to do about it. Where no row is at fault, the file may be right and only taken for something else. */
function Mend({ file, problem: { failure, settings } }: { file: File; problem: Problem }) {
  const isReading = failure.row === undefined
  return (
    <>
      <p>{isReading ? text.problem.mendReading : text.problem.mendCell}</p>
      <ReadAgain file={file} settings={settings} open={isReading} />
    </>
  )
}

/** What is wrong with a file, where, and how to go on; the result shown before stays. */
export function ProblemPanel({ problem, hasResult }: { problem: Problem; hasResult: boolean }) {
  const { file, failure, restarted } = problem
  const panel = useRef<HTMLElement>(null)
  const [excerpt, setExcerpt] = useState<Excerpt>([])
  useEffect(() => {
    panel.current?.focus()
    setExcerpt([])
    if (file && failure.kind === 'data') excerptOf(file, failure.line).then(setExcerpt, () => setExcerpt([]))
  }, [problem])
  const dismiss = () => {
    dismissProblem()
    document.getElementById('content')?.focus()
  }
  return (
    <section class="problem" ref={panel} tabIndex={-1} role="alert" aria-labelledby="problem-heading">
      <h2 id="problem-heading">{text.problem.heading(problem.name)}</h2>
      <p class="problem-message">{messageOf(problem) || text.problem.unknown}</p>
      {failure.kind === 'data' && <Places problem={problem} />}
      {excerpt.length > 0 && <Lines excerpt={excerpt} />}
      {file && failure.kind === 'data' && file.size > 0 && <Mend file={file} problem={problem} />}
      {restarted && <p>{text.problem.restarted}</p>}
      <p class="problem-end">
        <button type="button" class="button" onClick={dismiss}>
          {text.problem.dismiss}
        </button>
        {hasResult && <span class="quiet">{text.problem.kept}</span>}
      </p>
    </section>
  )
}
