import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { aheadOf, type Run, work } from '../app/session'
import { bytes, duration, integer, percent, significant } from '../format/number'
import { text } from '../text/text'
import { Classes } from './Classes'
import { goTo } from './goTo'
import { Losses } from './Losses'
import { Pictures } from './Pictures'
import { Reading } from './Reading'
import { Rows } from './Rows'
import { AddRun } from './Runs'
import { Share } from './Share'
import { Spread } from './Spread'

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
  const isOneOfMany = report.task === 'multiClass' || report.task === 'tokenClassification'
  const uniform = isOneOfMany ? text.result.uniform(report.classes.length) : text.result.nats
  return (
    <dl class="facts">
      {first && <Fact name={text.lossTitle(first.key, first.title)} value={significant(first.mean)} note={uniform} exact={first.mean} />}
      <Fact name={text.result.accuracy} value={percent(report.accuracy)} exact={report.accuracy} />
      <Fact
        name={report.task === 'tokenClassification' ? text.result.tokens : text.result.rows}
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

/** Rows that were left out are never left out in silence. */
function LeftOut({ run: { report } }: { run: Run }) {
  if (report.leftOut.rows === 0) return null
  return (
    <div class="notice">
      <p>
        <strong>{text.result.leftOut(report.leftOut.rows)}</strong>
      </p>
      <ul>
        {report.leftOut.reasons.map(({ reason, said, rows, first }) => (
          <li key={reason}>{text.result.leftOutBecause(text.said(said, reason), rows, first)}</li>
        ))}
      </ul>
    </div>
  )
}

/** Of a report without a row there is nothing to see but why. */
function NothingCounts({ run: { report, settings } }: { run: Run }) {
  return (
    <div class="notice">
      <p>
        <strong>{text.result.nothing}</strong>
      </p>
      <p>
        {text.result.nothingBecause(report.ignored, settings.ignoreIndex ?? -100)} {text.result.nothingRemedy}
      </p>
    </div>
  )
}

const isEmpty = ({ report: { rows } }: Run) => rows === 0

function Contents({ run }: { run: Run }) {
  const ofRows: [string, string][] = [
    [text.pictures.heading, 'gradient-norms-heading'],
    [text.classes.heading[run.report.task], 'classes-heading'],
    [text.rowsPanel.heading, 'rows-heading'],
  ]
  const places: [string, string][] = [
    [text.losses.heading, 'losses-heading'],
    ...(isEmpty(run) ? [] : ofRows),
    [text.reading.heading, 'reading-heading'],
    [text.share.heading, 'share-heading'],
  ]
  return (
    <nav class="contents" aria-label={text.result.contents}>
      {places.map(([name, id]) => (
        <button key={id} type="button" class="plain" onClick={() => goTo(id)}>
          {name}
        </button>
      ))}
    </nav>
  )
}

/** A value one paint late: what is further down need not hold up what is looked at. */
function useLate<Value>(value: Value): Value | undefined {
  const [late, setLate] = useState<Value | undefined>()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => setLate(value))
    })
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
    }
  }, [value])
  return late
}

function Rest({ run }: { run: Run }) {
  return (
    <>
      {!isEmpty(run) && (
        <>
          <Pictures run={run} />
          <Classes run={run} />
          <Rows run={run} />
        </>
      )}
      <Reading run={run} />
      <Share run={run} />
    </>
  )
}

/** All that came out of one run. */
export function Result({ run }: { run: Run }) {
  const { report, name, id } = run
  const heading = useRef<HTMLHeadingElement>(null)
  const before = useRef<number | undefined>(undefined)
  useLayoutEffect(() => {
    // A changed parameter leaves the focus where it is, unless what had it is gone.
    const isNew = before.current !== id
    before.current = id
    if (!isNew && document.activeElement !== document.body) return
    if (isNew) window.scrollTo({ top: 0 })
    heading.current?.focus({ preventScroll: true })
  }, [run])
  const isBegun = useLate(id) === id
  const late = useLate(isBegun ? run : undefined)
  const size = report.files.reduce((sum, file) => sum + file.bytes, 0)
  return (
    <article
      class="result"
      aria-labelledby="result-heading"
      aria-busy={work.value !== undefined || late !== run || run.ahead !== undefined}
    >
      <div class="result-head">
        <div>
          <h1 id="result-heading" ref={heading} tabIndex={-1}>
            {name}
          </h1>
          <p class="quiet">
            {text.tasks[report.task]}, {text.scoreKinds[report.mapping.scores.kind]},{' '}
            {run.isPartial ? text.result.partial : text.result.read(bytes(size), duration(run.milliseconds))}
            {run.files[1] && `, ${text.result.labelsFrom(run.files[1].name)}`}
          </p>
        </div>
        <p class="result-tools">
          <AddRun />
          <button type="button" class="button" onClick={() => goTo('share-heading')}>
            {text.share.heading}
          </button>
        </p>
      </div>
      <div class="summary">
        <Facts run={aheadOf(run)} />
        {!isEmpty(run) && <Spread report={report} />}
      </div>
      <Contents run={run} />
      {isEmpty(run) && <NothingCounts run={run} />}
      <LeftOut run={run} />
      {isBegun && <Losses run={run} />}
      {late?.id === id && <Rest run={late} />}
    </article>
  )
}
