import { openMany } from './session'

// Kept: a browser may drop an input that nothing refers to while its dialog is open.
let input: HTMLInputElement | undefined

/** Shows the browser's file dialog. */
export function chooseFile(): void {
  input = document.createElement('input')
  input.type = 'file'
  input.addEventListener('change', () => openMany(input?.files ?? []))
  input.click()
}
