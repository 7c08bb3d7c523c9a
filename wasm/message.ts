// Words for people as code and values, so that they can be said in another language too; the English ones are made of the same.

/** A sentence, or a part of one. */
export interface Message {
  /** The English words, with {0}, {1}, … in the places of the values: the same for all messages of one kind. */
  code: string
  /** Names, numbers and words of the file, or messages themselves. */
  values: readonly (string | number | Message)[]
}

/** Makes a message of a template. */
export const say = (words: readonly string[], ...values: readonly (string | number | Message)[]): Message => ({
  code: words.reduce((code, word, i) => (i === 0 ? word : `${code}{${i - 1}}${word}`), ''),
  values,
})

/** What the core says, which has no values of its own. */
export const ofCore = (problem: string): Message => ({ code: problem, values: [] })

/** In English. */
export const inEnglish = ({ code, values }: Message): string =>
  code.replace(/\{(\d+)\}/g, (_, i: string) => {
    const value = values[Number(i)]
    return typeof value === 'object' ? inEnglish(value) : String(value)
  })
