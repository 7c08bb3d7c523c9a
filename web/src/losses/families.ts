// Losses of one kind with other parameters belong together: the focal loss for several γ.
import type { LossResult } from 'losskit/evaluate'
import { short } from '../format/number'
import { text } from '../text/text'

const keysOf = ({ parameters }: LossResult) => Object.keys(parameters).join()

const areOneKind = (a: LossResult, b: LossResult): boolean => a.name === b.name && keysOf(a) === keysOf(b)

/** The first of its kind, which has the controls. */
export const isFirst = (losses: LossResult[], loss: LossResult): boolean => losses.find((other) => areOneKind(other, loss)) === loss

export const parameterWords = ({ parameters }: Pick<LossResult, 'parameters'>, without: string[] = []): string =>
  Object.entries(parameters)
    .filter(([name]) => !without.includes(name))
    .map(([name, value]) => `${text.losses.symbols[name] ?? name} = ${typeof value === 'number' ? short(value) : value}`)
    .join(', ')

/** The title, with the parameters where others have the same one. */
export function labelOf(losses: LossResult[], loss: LossResult): string {
  const title = text.lossTitle(loss.key, loss.title)
  const isAlone = losses.filter((other) => areOneKind(other, loss)).length === 1
  return isAlone ? title : `${title}, ${parameterWords(loss)}`
}
