import type { ComponentChildren } from 'preact'

interface Props {
  id: string
  heading: string
  about: string
  /** Buttons that belong to the whole section. */
  tools?: ComponentChildren
  children: ComponentChildren
}

/** A part of the result: what it is at the side, its content beside it. */
export function Section({ id, heading, about, tools, children }: Props) {
  return (
    <section class="section" aria-labelledby={id}>
      <div class="section-side">
        <h2 id={id}>{heading}</h2>
        <p class="quiet">{about}</p>
        {tools && <p class="tools">{tools}</p>}
      </div>
      <div class="section-body">{children}</div>
    </section>
  )
}
