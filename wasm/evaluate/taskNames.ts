import { type Message, say } from '../message.js'
import type { Task } from './report.js'

/** Each task by the word that the options know it by. */
export const taskNames: Record<Task, Message> = {
  binary: say`binary`,
  multiClass: say`multiClass`,
  multiLabel: say`multiLabel`,
  tokenClassification: say`tokenClassification`,
}
