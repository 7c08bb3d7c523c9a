import { chooseFiles } from '../app/chooser'
import { addRuns, isComparing, mostRuns, removeRun, run, runs, show } from '../app/session'
import { distinctParts } from '../format/names'
import { text } from '../text/text'

interface NameProps {
  name: string
  whole?: string
  isShown: boolean
  onClick: () => void
}

function Name({ name, whole, isShown, onClick }: NameProps) {
  return (
    <button type="button" class="run-name" title={whole} aria-current={isShown ? 'page' : undefined} onClick={onClick}>
      {name}
    </button>
  )
}

/** Runs side by side: which one is shown, or all in comparison. */
export function Runs() {
  if (runs.value.length < 2) return null
  const shownId = isComparing.value ? undefined : run.value?.id
  const names = distinctParts(runs.value.map(({ name }) => name))
  const compare = () => {
    isComparing.value = true
  }
  return (
    <nav class="runs" aria-label={text.runs.heading}>
      <ul>
        {runs.value.map(({ id, name }, index) => (
          <li key={id} class={id === shownId ? 'shown' : undefined}>
            <Name name={names[index] ?? name} whole={name} isShown={id === shownId} onClick={() => show(id)} />
            <button type="button" class="run-remove" aria-label={text.runs.remove(name)} onClick={() => removeRun(id)}>
              <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
                <path d="M1 1l8 8M9 1l-8 8" />
              </svg>
            </button>
          </li>
        ))}
        <li class={isComparing.value ? 'shown' : undefined}>
          <Name name={text.runs.compare} isShown={isComparing.value} onClick={compare} />
        </li>
      </ul>
    </nav>
  )
}

export function AddRun() {
  if (runs.value.length >= mostRuns) return null
  return (
    <button type="button" class="button" onClick={() => chooseFiles(addRuns)}>
      {text.runs.add}
    </button>
  )
}
