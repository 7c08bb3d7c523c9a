import { text } from '../text/text'

const policy = () => document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]')?.content

/** The promise that a file stays here, and how a person can see for themselves that it is kept. */
export function Privacy() {
  const [first, second] = text.opening.proof
  return (
    <div class="privacy">
      <p>
        <strong>{text.opening.promise}</strong>
      </p>
      <details>
        <summary>{text.opening.check}</summary>
        <p>{first}</p>
        <p>
          <code>{policy()}</code>
        </p>
        <p>{second}</p>
      </details>
    </div>
  )
}
