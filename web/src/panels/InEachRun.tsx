// Cells of a table that has a column for each run: the best value is marked, where there is one.
import type { ComponentChildren } from 'preact'
import { text } from '../text/text'

/** The lowest or the highest, unless all are the same. */
export function bestOf(values: (number | null)[], isLowBetter: boolean): number | undefined {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return undefined
  const best = isLowBetter ? Math.min(...known) : Math.max(...known)
  return known.every((value) => value === best) ? undefined : best
}

interface Props {
  /** What the values are of. */
  of: string
  values: (number | null)[]
  words(value: number | null): string
  isLowBetter: boolean
  /** What stands below a value. */
  below?(value: number | null): ComponentChildren
}

export function InEachRun({ of, values, words, isLowBetter, below }: Props) {
  const best = bestOf(values, isLowBetter)
  return (
    <>
      {values.map((value, index) => (
        <td key={index} class={value === best ? 'number best' : 'number'}>
          <data data-compared={`${of}.${index}`} value={String(value ?? '')}>
            {words(value)}
          </data>
          {value === best && <span class="visually-hidden"> {text.compare.best}</span>}
          {below?.(value)}
        </td>
      ))}
    </>
  )
}
