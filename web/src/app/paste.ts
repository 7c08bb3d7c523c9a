// Text and files from the clipboard, pasted on any place of the page that takes no text itself.
import { text } from '../text/text'
import { openMany } from './session'

export const fileOfText = (content: string) => new File([content], text.opening.pastedName, { type: 'text/plain' })

const takesText = (target: EventTarget | null) => target instanceof HTMLElement && target.matches('input, textarea, select')

export function handlePaste(event: ClipboardEvent): void {
  if (takesText(event.target) || !event.clipboardData) return
  const { files } = event.clipboardData
  const content = event.clipboardData.getData('text/plain')
  if (files.length > 0) void openMany(files)
  else if (content.trim() !== '') void openMany([fileOfText(content)])
}
