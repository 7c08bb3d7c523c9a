import { useEffect, useState } from 'preact/hooks'
import { cancel, isWaiting, type Work, work } from '../app/session'
import { bytes, duration } from '../format/number'
import { text } from '../text/text'

/** Work that is done sooner than this shows no progress. */
const moment = 150

function rateOf({ progress, startedAt }: Work): string {
  const elapsed = performance.now() - startedAt
  if (progress.bytes === 0) return ''
  const rate = progress.bytes / elapsed
  return text.working.rate(bytes(1000 * rate), duration((progress.total - progress.bytes) / rate))
}

function Bar({ work: current }: { work: Work }) {
  const { name, progress } = current
  return (
    <section class="working" aria-label={text.working.heading(name)}>
      <progress max={Math.max(1, progress.total)} value={progress.bytes} aria-label={text.working.heading(name)} />
      <p>
        <strong>{name}</strong> <span>{text.working.amount(bytes(progress.bytes), bytes(progress.total), progress.rows)}</span>{' '}
        <span>{rateOf(current)}</span>
      </p>
      {isWaiting.value && <p>{text.working.waiting}</p>}
      <button type="button" class="button" onClick={cancel}>
        {text.working.cancel}
      </button>
    </section>
  )
}

export function Working() {
  const [shown, setShown] = useState(false)
  const current = work.value
  const startedAt = current?.startedAt
  useEffect(() => {
    setShown(false)
    if (startedAt === undefined) return
    const timer = setTimeout(() => setShown(true), moment)
    return () => clearTimeout(timer)
  }, [startedAt])
  return current && shown ? <Bar work={current} /> : null
}
