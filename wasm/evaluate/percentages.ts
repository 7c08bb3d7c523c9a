// Numbers that are written as percentages: they are not read, but said to be what they are.
import { type Message, say } from '../message.js'
import { isMostly, numberIn } from './cells.js'
import type { Column } from './columns.js'
import { tagsIn } from './lists.js'

const hasSign = (text: string) => text.includes('%') || text.includes('％')

/** The number that a text like '70%' stands for, 0.7. */
function percentageIn(text: string): number | undefined {
  const [, percents] = /^(.*\d.*?)\s*[%％]$/.exec(text.trim()) ?? []
  if (percents === undefined) return undefined
  const number = numberIn(percents, false) ?? numberIn(percents, true)
  // Of as many digits as a double holds for sure, where the division gives more.
  return number === undefined ? undefined : Number((number / 100).toPrecision(15))
}

export const isPercentage = (text: string) => percentageIn(text) !== undefined

/** Why a text is no number. */
export function notANumber(text: string): Message {
  const number = percentageIn(text)
  return number === undefined ? say`"${text}" is not a number` : say`"${text}" is a percentage: write it as the number ${number}`
}

/** Says so of the first of the columns that hold percentages; undefined where none does. */
export function percentagesIn(columns: readonly Column[]): Message | undefined {
  for (const { name, cells, lists } of columns) {
    if (!cells.some(hasSign)) continue
    const texts = lists ? cells.flatMap(tagsIn) : cells
    const example = texts.find(percentageIn) ?? texts.find(isPercentage)
    if (example === undefined || !isMostly(texts, isPercentage)) continue
    return say`the numbers in column "${name}" are written as percentages, such as "${example}": save them from 0 to 1, as ${percentageIn(example) ?? ''}`
  }
  return undefined
}

/** A problem that percentages in these columns may be the reason of. */
export function orPercentages(problem: Message, columns: readonly Column[]): Message {
  const percentages = percentagesIn(columns)
  return percentages ? say`${problem}; ${percentages}` : problem
}
