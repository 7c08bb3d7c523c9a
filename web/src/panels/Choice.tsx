import type { ScoreKind, Task } from 'losskit/evaluate'
import { text } from '../text/text'

export type Choices<T extends string> = [value: T, words: string][]

export const scoreChoices = () => Object.entries(text.scoreKinds) as Choices<ScoreKind>
export const taskChoices = () => Object.entries(text.tasks) as Choices<Task>

interface Props<T extends string> {
  label: string
  choices: Choices<T>
  /** Undefined leaves it to the file. */
  value: T | undefined
  onChange: (value: T | undefined) => void
  /** What was found out when it is left to the file. */
  found?: string
}

/** One of a few values, or "find out". */
export function Choice<T extends string>({ label, choices, value, onChange, found }: Props<T>) {
  return (
    <label>
      {label}
      <select value={value ?? ''} onChange={(event) => onChange((event.currentTarget.value || undefined) as T | undefined)}>
        <option value="">{found ? `${text.reading.automatic}: ${found}` : text.reading.automatic}</option>
        {choices.map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}
