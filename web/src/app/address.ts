// Settings in the page's address, behind #, which no browser sends to a server. Never anything from a file: no names, no values.
import type { Settings } from '../evaluation/protocol'
import { isLanguage, type Language, languageNow, preferredLanguage } from '../text/text'

/** The settings that go into the address, with what a value must be. What names a column or a class stays out. */
const numbers = ['gamma', 'alpha', 'bins', 'labelSmoothing', 'ignoreIndex'] as const
const kinds = ['logits', 'probabilities', 'logProbabilities'] as const

const parameters = () => new URLSearchParams(location.hash.slice(1))

export function languageInAddress(): Language {
  const wanted = parameters().get('lang')
  return isLanguage(wanted) ? wanted : preferredLanguage(navigator.languages)
}

/** What the address says; a value that cannot be is left out. */
export function settingsInAddress(): Settings {
  const given = parameters()
  const settings: Settings = {}
  for (const name of numbers) {
    const value = given.get(name)
    if (value !== null && value.trim() !== '' && Number.isFinite(Number(value))) settings[name] = Number(value)
  }
  const scores = kinds.find((kind) => kind === given.get('scores'))
  return scores ? { ...settings, scores } : settings
}

export function writeAddress(settings: Settings): void {
  const given = new URLSearchParams()
  if (languageNow() !== preferredLanguage(navigator.languages)) given.set('lang', languageNow())
  for (const name of numbers) if (settings[name] !== undefined) given.set(name, String(settings[name]))
  if (settings.scores) given.set('scores', settings.scores)
  const hash = given.toString()
  history.replaceState(history.state, '', hash ? `#${hash}` : location.pathname + location.search)
}
