// Classes in the cells of rows, true and predicted.
import type { ComponentChildren } from 'preact'
import { text } from '../text/text'

/** Of several labels there may be none. */
export const classWords = (classes: string): string => classes || text.rowsPanel.noClass

/** A wrong one has a mark: not everybody sees the red. */
export function Predicted({ isRight, children }: { isRight: boolean; children: ComponentChildren }) {
  if (isRight) return <span class="predicted">{children}</span>
  return (
    <span class="predicted wrong">
      <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
        <path d="M1 1l8 8M9 1l-8 8" />
      </svg>
      {children}
      <span class="visually-hidden"> {text.rowsPanel.wrong}</span>
    </span>
  )
}
