// The part of the page that shows results, fetched with the first file: the first screen does without it.
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { text } from '../text/text'

type Results = ComponentType

let loaded: Results | undefined

export async function fetchResults(): Promise<Results> {
  loaded ??= (await import('./Results')).Results
  return loaded
}

/** The library of the pictures, which come after the numbers. */
export const fetchPictures = async () => (await import('./Results')).fetchPlotting()

export function Shown() {
  const [Component, setComponent] = useState<{ Results?: Results; failed?: boolean }>({ Results: loaded })
  useEffect(() => {
    if (loaded) return
    fetchResults().then(
      (Results) => setComponent({ Results }),
      () => setComponent({ failed: true }),
    )
  }, [])
  if (Component.failed) return <p role="alert">{text.result.failed}</p>
  return Component.Results ? <Component.Results /> : null
}
