import { Working } from '../panels/Working'
import { text } from '../text/text'
import { chooseFile } from './chooser'
import { problem, run } from './session'

export function Header() {
  return (
    <header class="header">
      <div class="header-row">
        <p class="wordmark">
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <path d="M2 1.500C2.500 10.500 6 17.500 18.500 18" />
          </svg>
          {text.name}
        </p>
        {(run.value || problem.value) && (
          <button type="button" class="button" onClick={chooseFile}>
            {text.opening.another}
          </button>
        )}
      </div>
      <Working />
    </header>
  )
}
