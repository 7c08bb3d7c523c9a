import { render } from 'preact'
import { App } from './app/App'
import { languageInAddress } from './app/address'
import { prepare } from './evaluation/evaluator'
import { keepForOffline, whenKept } from './offline/offline'
import { fetchResults } from './panels/Shown'
import { speak } from './text/text'
import './styles/base.css'
import './styles/opening.css'
import './styles/tables.css'

async function start(): Promise<void> {
  // English is what the page is built with: another language that cannot be fetched is no reason to show nothing.
  await speak(languageInAddress()).catch(() => speak('en'))
  const place = document.getElementById('app')
  if (place) render(<App />, place)
  keepForOffline()
  whenKept(() => {
    prepare()
    void fetchResults().catch(() => {})
  })
}

void start()
