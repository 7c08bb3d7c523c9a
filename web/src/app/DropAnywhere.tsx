import { useEffect, useState } from 'preact/hooks'
import { text } from '../text/text'
import { handlePaste } from './paste'
import { openMany } from './session'

const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/** Takes files dropped or pasted on any place of the page, and says so while they hover. */
export function DropAnywhere() {
  const [over, setOver] = useState(false)
  useEffect(() => {
    const listening = new AbortController()
    const { signal } = listening
    const listen = (name: 'dragover' | 'dragleave' | 'drop', handle: (event: DragEvent) => void) => {
      window.addEventListener(name, (event) => holdsFiles(event) && handle(event), { signal })
    }
    listen('dragover', (event) => {
      event.preventDefault()
      setOver(true)
    })
    listen('dragleave', (event) => {
      // Between two elements of the page there is a related one; at the window's edge there is none.
      if (!event.relatedTarget) setOver(false)
    })
    listen('drop', (event) => {
      event.preventDefault()
      setOver(false)
      void openMany(event.dataTransfer?.files ?? [])
    })
    window.addEventListener('paste', handlePaste, { signal })
    return () => listening.abort()
  }, [])
  return over ? (
    <div class="letting-go">
      <p>{text.opening.letGo}</p>
    </div>
  ) : null
}
