import { useState } from 'preact/hooks'
import { open } from '../app/session'
import type { Settings } from '../evaluation/protocol'
import { text } from '../text/text'
import { Choice, scoreChoices } from './Choice'

/** For a file that could not be understood by itself: says what it holds, and tries again. */
interface Props {
  file: File
  settings: Settings
  /** Whether the form is shown at once. */
  open: boolean
}

export function ReadAgain({ file, settings, open: isOpen }: Props) {
  const [edited, edit] = useState(settings)
  const set = (change: Settings) => edit({ ...edited, ...change })
  const tryAgain = (event: Event) => {
    event.preventDefault()
    open(file, edited)
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
        <Choice label={text.reading.scores} choices={scoreChoices} value={edited.scores} onChange={(scores) => set({ scores })} />
        <button type="submit" class="button">
          {text.problem.tryAgain}
        </button>
      </form>
    </details>
  )
}
