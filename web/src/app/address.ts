// Settings in the page's address, behind #, which no browser sends to a server. Never anything from a file: no names, no values.
import type { Settings } from '../evaluation/protocol'
import { isLanguage, type Language, languageNow, preferredLanguage } from '../text/text'
import { reduction } from './reduction'

/** What a setting is in the address, and what it may be there; undefined for what cannot be. */
interface Codec<T> {
  read(written: string): T | undefined
  write(value: T): string
}

const number: Codec<number> = {
  read: (written) => (written.trim() !== '' && Number.isFinite(Number(written)) ? Number(written) : undefined),
  write: String,
}

const flag: Codec<boolean> = { read: (written) => (written === 'true' ? true : written === 'false' ? false : undefined), write: String }

const oneOf = <T extends string>(...choices: T[]): Codec<T> => ({
  read: (written) => choices.find((choice) => choice === written),
  write: (value) => value,
})

const numbers: Codec<readonly number[]> = {
  read: (written) => {
    const values = written.split(',').map(number.read)
    return values.every((value) => value !== undefined) ? values : undefined
  },
  write: (values) => values.join(','),
}

const scheme = oneOf('balanced', 'effective', 'complement')
const classWeight: Codec<NonNullable<Settings['classWeight']>> = {
  read: (written) => scheme.read(written) ?? numbers.read(written),
  write: (value) => (typeof value === 'string' ? value : numbers.write(value)),
}

/** The settings that go into the address. What names a column or a class stays out. */
const codecs = {
  gamma: number,
  gammas: numbers,
  alpha: number,
  bins: number,
  momentum: number,
  labelSmoothing: number,
  classWeight,
  temperature: number,
  ignoreIndex: number,
  renormalise: flag,
  eps: number,
  scores: oneOf('logits', 'probabilities', 'logProbabilities'),
  missing: oneOf('error', 'leaveOut'),
} satisfies { [Name in keyof Settings]: Codec<NonNullable<Settings[Name]>> }

type Name = keyof typeof codecs

const names = Object.keys(codecs) as Name[]

/** One for every setting: that each goes with its own values is checked above. */
const codecOf = (name: Name) => codecs[name] as Codec<unknown>

const parameters = () => new URLSearchParams(location.hash.slice(1))

export function languageInAddress(): Language {
  const wanted = parameters().get('lang')
  return isLanguage(wanted) ? wanted : preferredLanguage(navigator.languages)
}

/** What the address says; a value that cannot be is left out. */
export function settingsInAddress(): Settings {
  const given = parameters()
  const entries = names.map((name) => [name, codecOf(name).read(given.get(name) ?? '')] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

export function writeAddress(settings: Settings): void {
  const given = new URLSearchParams()
  if (languageNow() !== preferredLanguage(navigator.languages)) given.set('lang', languageNow())
  for (const name of names) if (settings[name] !== undefined) given.set(name, codecOf(name).write(settings[name]))
  if (reduction.value !== 'mean') given.set('reduction', reduction.value)
  const hash = given.toString().replaceAll('%2C', ',')
  history.replaceState(history.state, '', hash ? `#${hash}` : location.pathname + location.search)
}
