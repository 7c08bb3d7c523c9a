// The part of the page that shows results, fetched with the first file: the first screen does without it.
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { text } from '../text/text'

type Results = ComponentType

let loaded: Results | undefined

export function Shown() {
  const [Component, setComponent] = useState<{ Results?: Results; failed?: boolean }>({ Results: loaded })
  useEffect(() => {
    if (loaded) return
    import('./Results').then(
      (module) => {
        loaded = module.Results
        setComponent({ Results: loaded })
      },
      () => setComponent({ failed: true }),
    )
  }, [])
  if (Component.failed) return <p role="alert">{text.result.failed}</p>
  return Component.Results ? <Component.Results /> : null
}
