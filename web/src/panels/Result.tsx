import { useEffect, useRef } from 'preact/hooks'
import { type Run, work } from '../app/session'
import { download, nameBeside } from '../format/download'
import { bytes, duration, integer, percent, significant } from '../format/number'
import { text } from '../text/text'
import { Classes } from './Classes'
import { GradientNorms } from './GradientNorms'
import { Losses } from './Losses'
import { Reading } from './Reading'

function Fact({ name, value, note, exact }: { name: string; value: string; note?: string; exact?: number | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <data value={String(exact ?? '')}>{value}</data>
        {note && <span class="quiet">{note}</span>}
      </dd>
    </div>
  )
}

function Facts({ run: { report } }: { run: Run }) {
  const [first] = report.losses
  const uniform = report.task === 'multiClass' ? text.result.uniform(report.classes.length) : text.result.nats
  return (
    <dl class="facts">
      {first && <Fact name={first.title} value={significant(first.mean)} note={uniform} exact={first.mean} />}
      <Fact name={text.result.accuracy} value={percent(report.accuracy)} exact={report.accuracy} />
      <Fact
        name={text.result.rows}
        value={integer(report.rows)}
        note={report.ignored > 0 ? text.result.ignored(report.ignored) : undefined}
        exact={report.rows}
      />
      <Fact
        name={report.task === 'multiLabel' ? text.result.labels : text.result.classes}
        value={integer(report.classes.length)}
        exact={report.classes.length}
      />
    </dl>
  )
}

/** All that came out of one file. */
export function Result({ run }: { run: Run }) {
  const { report, file } = run
  const heading = useRef<HTMLHeadingElement>(null)
  const before = useRef<File | undefined>(undefined)
  useEffect(() => {
    // A changed parameter leaves the focus where it is, unless what had it is gone.
    const isNew = before.current !== file
    before.current = file
    if (!isNew && document.activeElement !== document.body) return
    window.scrollTo({ top: 0 })
    heading.current?.focus({ preventScroll: true })
  }, [run])
  const save = () => download(nameBeside(file.name, 'losskit.json'), `${JSON.stringify(report, null, 2)}\n`, 'application/json')
  return (
    <article class="result" aria-labelledby="result-heading" aria-busy={work.value !== undefined}>
      <div class="result-head">
        <div>
          <h1 id="result-heading" ref={heading} tabIndex={-1}>
            {file.name}
          </h1>
          <p class="quiet">
            {text.tasks[report.task]}, {text.scoreKinds[report.mapping.scores.kind]},{' '}
            {text.result.read(bytes(file.size), duration(run.milliseconds))}
          </p>
        </div>
        <button type="button" class="button" onClick={save}>
          {text.result.report}
        </button>
      </div>
      <Facts run={run} />
      <Losses run={run} />
      {report.gradientNorm && <GradientNorms run={run} gradientNorm={report.gradientNorm} />}
      <Classes run={run} />
      <Reading run={run} />
    </article>
  )
}
