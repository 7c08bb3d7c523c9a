/** Hands a text to the person as a file; nothing leaves the page. */
export function download(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download reads the address after this task.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** 'digits_logits.csv', 'classes.csv' -> 'digits_logits.classes.csv' */
export const nameBeside = (file: string, ending: string) => `${file.replace(/\.[^.]*$/, '')}.${ending}`
