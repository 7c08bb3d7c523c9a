// The result for others, and the same numbers by other means.
import { useState } from 'preact/hooks'
import { announce } from '../app/announcer'
import { reduction } from '../app/reduction'
import type { Run } from '../app/session'
import { download, nameBeside } from '../format/download'
import { html, json, markdown } from '../share/share'
import { type SnippetKind, snippetsOf } from '../share/snippets'
import { text } from '../text/text'
import { Scroll } from './Scroll'
import { Section } from './Section'

async function copy(content: string, what: string) {
  try {
    await navigator.clipboard.writeText(content)
    announce(text.share.copied(what))
  } catch {
    announce(text.share.notCopied)
  }
}

function Copy({ content, what }: { content: string; what: string }) {
  const [isCopied, setCopied] = useState('')
  return (
    <button
      type="button"
      class="button"
      onClick={async () => {
        await copy(content, what)
        setCopied(content)
      }}
    >
      {isCopied === content ? text.share.wasCopied : text.share.copy}
      <span class="visually-hidden"> {what}</span>
    </button>
  )
}

function Snippets({ run }: { run: Run }) {
  const snippets = snippetsOf(run, reduction.value)
  const [kind, setKind] = useState<SnippetKind>('command')
  const shown = snippets.find((snippet) => snippet.kind === kind) ?? snippets[0]
  if (!shown) return null
  return (
    <div class="snippets">
      <fieldset class="switch">
        <legend>{text.share.asCode}</legend>
        {snippets.map(({ kind }) => (
          <label key={kind}>
            <input type="radio" name="snippet" checked={kind === shown.kind} onChange={() => setKind(kind)} />
            {text.share.kinds[kind]}
          </label>
        ))}
      </fieldset>
      <div class="snippet">
        <Scroll label={text.share.kinds[shown.kind]}>
          <pre>
            <code data-snippet={shown.kind}>{shown.content}</code>
          </pre>
        </Scroll>
        <Copy content={shown.content} what={text.share.kinds[shown.kind]} />
      </div>
      {!snippets.some(({ kind }) => kind === 'python') && <p class="quiet legend">{text.share.noPython}</p>}
    </div>
  )
}

export function Share({ run }: { run: Run }) {
  const { report, name } = run
  const save = (ending: string, content: string, type: string) => download(nameBeside(name, ending), content, type)
  return (
    <Section id="share-heading" heading={text.share.heading} about={text.share.about}>
      <p class="tools">
        <button type="button" class="button" onClick={() => save('losskit.json', json(report), 'application/json')}>
          {text.share.json}
        </button>
        <button type="button" class="button" onClick={() => save('losskit.md', markdown(report, name, run.settings), 'text/markdown')}>
          {text.share.markdown}
        </button>
        <button type="button" class="button" onClick={() => save('losskit.html', html(report, name, run.settings), 'text/html')}>
          {text.share.html}
        </button>
        <button type="button" class="button" onClick={() => copy(location.href, text.share.link)}>
          {text.share.link}
        </button>
      </p>
      <p class="quiet legend">{text.share.linkAbout}</p>
      <Snippets run={run} />
    </Section>
  )
}
