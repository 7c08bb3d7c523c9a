import { render } from 'preact'
import { App } from './app/App'
import { languageInAddress } from './app/address'
import { firstNumbers } from './app/session'
import { prepare, startWorker } from './evaluation/evaluator'
import { keepForOffline } from './offline/offline'
import { fetchPictures, fetchResults } from './panels/Shown'
import { speak } from './text/text'
import './styles/base.css'
import './styles/opening.css'
import './styles/tables.css'

/** After the first screen is painted. */
const painted = () => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)))

async function start(): Promise<void> {
  // A thread of its own: it loads what it needs while the page is drawn.
  startWorker()
  // English is what the page is built with: another language that cannot be fetched is no reason to show nothing.
  await speak(languageInAddress()).catch(() => speak('en'))
  const place = document.getElementById('app')
  if (place) render(<App />, place)
  await painted()
  // What the first numbers of a file need, then all else.
  await Promise.allSettled([prepare(), fetchResults()])
  // A file that is there already goes first.
  await firstNumbers()
  await fetchPictures().catch(() => {})
  keepForOffline()
}

void start()
