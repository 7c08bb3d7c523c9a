import { openMany } from './session'

// Kept: a browser may drop an input that nothing refers to while its dialog is open.
let input: HTMLInputElement | undefined

/** Shows the browser's file dialog; one file or several. */
export function chooseFiles(take: (files: Iterable<File>) => unknown = (files) => openMany(files)): void {
  input = document.createElement('input')
  input.type = 'file'
  input.multiple = true
  input.addEventListener('change', () => take(input?.files ?? []))
  input.click()
}
