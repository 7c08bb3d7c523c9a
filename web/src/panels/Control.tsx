// A parameter as a slider and a number beside it: the slider to look around, the number to be exact.
import { text } from '../text/text'
import { Field } from './Field'

export interface Limits {
  min: number
  max: number
  step: number
}

interface Props {
  label: string
  limits: Limits
  value: number
  onChange: (value: number) => void
  /** Without a slider: values that are not looked around in. */
  isPlain?: boolean
}

const fits = (value: number, { min, max, step }: Limits) => value >= min && value <= max && (step < 1 || Number.isInteger(value))

export function Control({ label, limits, value, onChange, isPlain }: Props) {
  return (
    <span class="control">
      <Field
        label={label}
        limits={limits}
        value={String(value)}
        fault={({ valueAsNumber }) => (fits(valueAsNumber, limits) ? '' : text.losses.numberWanted(limits))}
        take={({ valueAsNumber }) => onChange(valueAsNumber)}
      />
      {!isPlain && (
        <input
          type="range"
          aria-label={text.losses.slider(label)}
          {...limits}
          value={value}
          onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
        />
      )}
    </span>
  )
}
