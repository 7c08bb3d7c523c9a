// What a screen reader says when something changes that has no focus.
import { signal } from '@preact/signals'

const message = signal('')

export function announce(text: string): void {
  message.value = text
}

export function Announcer() {
  return (
    <p class="visually-hidden" role="status">
      {message.value}
    </p>
  )
}
