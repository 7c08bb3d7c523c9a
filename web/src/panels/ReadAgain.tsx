import { useState } from 'preact/hooks'
import { openAgain } from '../app/session'
import type { Files, Settings } from '../evaluation/protocol'
import { text } from '../text/text'
import { Choice, scoreChoices } from './Choice'

/** For a file that could not be understood by itself: says what it holds, and tries again. */
interface Props {
  files: Files
  settings: Settings
  /** Whether the form is shown at once. */
  open: boolean
}

export function ReadAgain({ files, settings, open: isOpen }: Props) {
  const [edited, edit] = useState(settings)
  const set = (change: Settings) => edit({ ...edited, ...change })
  const tryAgain = (event: Event) => {
    event.preventDefault()
    void openAgain(files, edited)
  }
  return (
    <details class="read-again" open={isOpen}>
      <summary>{text.problem.again}</summary>
      <form class="choices" onSubmit={tryAgain}>
        <label>
          {text.reading.label}
          <input
            type="text"
            autocomplete="off"
            value={edited.label ?? ''}
            onInput={(event) => set({ label: event.currentTarget.value || undefined })}
          />
        </label>
        <Choice label={text.reading.scores} choices={scoreChoices()} value={edited.scores} onChange={(scores) => set({ scores })} />
        <button type="submit" class="button">
          {text.problem.tryAgain}
        </button>
      </form>
    </details>
  )
}
