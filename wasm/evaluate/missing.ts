// What is said of a row in which something is missing.
import { inEnglish, type Message, say } from '../message.js'
import type { LeftOutRows } from './table.js'

/** What can be missing in a row. */
export type Noun = 'score' | 'label' | 'weight'

const nouns: Record<Noun, Message> = { score: say`score`, label: say`label`, weight: say`weight` }

/** `text`: what stands in its place. */
export const missing = (noun: Noun, text = ''): Message =>
  text === '' ? say`the ${nouns[noun]} is missing` : say`the ${nouns[noun]} is missing ("${text}")`

/** Rows that were left out, and why. */
export const leftOutBecause = (said: Message, counted: Omit<LeftOutRows, 'reason' | 'said'>): LeftOutRows => ({
  reason: inEnglish(said),
  said,
  ...counted,
})
