import { inEnglish, type Message } from '../message.js'

/** Evidence as a report has it. */
export const evidenceOf = (said: Message) => ({ evidence: inEnglish(said), said })
