import { chooseFile } from '../app/chooser'
import { FocalCurves } from '../charts/FocalCurves'
import { text } from '../text/text'

/** The first screen. */
export function Opening() {
  return (
    <section class="opening" aria-labelledby="opening-heading">
      <div class="opening-words">
        <h1 id="opening-heading">{text.opening.heading}</h1>
        <p class="lead">{text.opening.sentence}</p>
      </div>
      <div class="drop-zone">
        <div class="drop-zone-words">
          <p class="drop-zone-title">
            {text.opening.drop} <span>{text.opening.anywhere}</span>
          </p>
          <button type="button" class="button primary" onClick={chooseFile}>
            {text.opening.choose}
          </button>
          <p class="quiet">{text.opening.format}</p>
        </div>
        <FocalCurves />
      </div>
    </section>
  )
}
