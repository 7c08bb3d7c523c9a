/** Hands a file to the person; nothing leaves the page. */
export function saveAs(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download reads the address after this task.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

export const download = (name: string, text: string, type: string) => saveAs(name, new Blob([text], { type }))

/** 'digits_logits.csv', 'classes.csv' -> 'digits_logits.classes.csv' */
export const nameBeside = (file: string, ending: string) => `${file.replace(/\.[^.]*$/, '')}.${ending}`
