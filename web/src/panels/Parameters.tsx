import type { LossResult } from 'losskit/evaluate'
import { change, work } from '../app/session'
import type { Settings } from '../evaluation/protocol'
import { text } from '../text/text'

type Name = keyof typeof text.losses.names

interface Limits {
  min: number
  max: number
  step: number
}

const limits: Record<Name, Limits> = {
  gamma: { min: 0, max: 10, step: 0.1 },
  alpha: { min: 0, max: 1, step: 0.01 },
  bins: { min: 1, max: 100, step: 1 },
  labelSmoothing: { min: 0, max: 0.99, step: 0.01 },
}

const names = Object.keys(limits) as Name[]

/** The value that the shown losses were computed with; undefined when none of them has the parameter. */
function valueIn(losses: LossResult[], name: Name): number | undefined {
  const values = losses.map(({ parameters }) => parameters[name])
  return values.find((value) => typeof value === 'number')
}

function Control({ name, value }: { name: Name; value: number }) {
  const set = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement
    if (input.value !== '' && input.reportValidity()) change({ [name]: input.valueAsNumber })
  }
  return (
    <label>
      {text.losses.names[name]}
      <input type="number" inputMode="decimal" {...limits[name]} value={value} onChange={set} />
    </label>
  )
}

/** Changing a parameter evaluates the file again. */
export function Parameters({ losses, settings }: { losses: LossResult[]; settings: Settings }) {
  const shown = names.flatMap((name) => {
    const value = valueIn(losses, name) ?? settings[name]
    return value === undefined ? [] : [{ name, value }]
  })
  if (shown.length === 0) return null
  return (
    <fieldset class="choices" data-busy={work.value !== undefined}>
      <legend>{text.losses.parameters}</legend>
      {shown.map((control) => (
        <Control key={control.name} {...control} />
      ))}
    </fieldset>
  )
}
