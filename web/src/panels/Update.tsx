import { hasUpdate, takeUpdate } from '../offline/offline'
import { text } from '../text/text'

/** Says that a newer version of the page waits; nothing is replaced under the person's hands. */
export function Update() {
  if (!hasUpdate()) return null
  return (
    <p class="notice" role="status">
      <span>{text.update.notice}</span>
      <button type="button" class="button" onClick={takeUpdate}>
        {text.update.take}
      </button>
    </p>
  )
}
