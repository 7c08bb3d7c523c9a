// A parameter as a slider and a number beside it: the slider to look around, the number to be exact.
import { text } from '../text/text'

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

export function Control({ label, limits, value, onChange, isPlain }: Props) {
  const set = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement
    if (input.value !== '' && input.reportValidity()) onChange(input.valueAsNumber)
  }
  return (
    <span class="control">
      <label>
        <span class="control-name">{label}</span>
        <input
          type="number"
          inputMode="decimal"
          {...limits}
          step={Number.isInteger(limits.step) ? limits.step : 'any'}
          value={value}
          onChange={set}
        />
      </label>
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
