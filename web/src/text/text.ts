// All words of the page come from here. Another language is another object of the same shape, fetched when it is chosen.
import { signal } from '@preact/signals'
import { en } from './en'

export type Text = typeof en
export type Language = 'en' | 'zh'

/** Each language by its own name. */
export const languages: Record<Language, string> = { en: 'English', zh: '中文' }

const loaders: Record<Language, () => Promise<Text>> = {
  en: async () => en,
  zh: async () => (await import('./zh')).zh,
}

const spoken = signal<{ language: Language; words: Text }>({ language: 'en', words: en })

/** Whoever reads a word while drawing is drawn again when the language changes. */
export const text = new Proxy({} as Text, { get: (_, part) => spoken.value.words[part as keyof Text] })

export const languageNow = (): Language => spoken.value.language

export const isLanguage = (tag: string | null | undefined): tag is Language => tag !== null && tag !== undefined && tag in languages

/** The first language of the person that the page knows. */
export function preferredLanguage(wanted: readonly string[]): Language {
  const known = wanted.map((tag) => tag.toLowerCase().split('-')[0]).find(isLanguage)
  return known ?? 'en'
}

export async function speak(language: Language): Promise<void> {
  const words = await loaders[language]()
  spoken.value = { language, words }
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : language
}
