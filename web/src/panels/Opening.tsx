import { useState } from 'preact/hooks'
import { chooseFiles } from '../app/chooser'
import { fileOfText } from '../app/paste'
import { openMany } from '../app/session'
import { FocalCurves } from '../charts/FocalCurves'
import { text } from '../text/text'

/** For those who have the text and no file. Pasting anywhere on the page does the same. */
function Paste() {
  const [content, setContent] = useState('')
  const read = (event: Event) => {
    event.preventDefault()
    if (content.trim() !== '') void openMany([fileOfText(content)])
  }
  return (
    <details class="paste">
      <summary>{text.opening.paste}</summary>
      <form onSubmit={read}>
        <label class="visually-hidden" for="pasted">
          {text.opening.pasted}
        </label>
        <textarea
          id="pasted"
          rows={6}
          spellcheck={false}
          autocomplete="off"
          placeholder={'label,p_cat,p_dog\ndog,0.08,0.92'}
          value={content}
          onInput={(event) => setContent(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={content.trim() === ''}>
          {text.opening.readPasted}
        </button>
      </form>
    </details>
  )
}

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
          <button type="button" class="button primary" onClick={() => chooseFiles()}>
            {text.opening.choose}
          </button>
          <p class="quiet">{text.opening.format}</p>
          <Paste />
        </div>
        <FocalCurves />
      </div>
    </section>
  )
}
