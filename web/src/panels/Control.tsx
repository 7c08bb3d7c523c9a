// A parameter as a slider and a number beside it: the slider to look around, the number to be exact.
import { useEffect, useState } from 'preact/hooks'
import { isUpdating } from '../app/session'
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

export function Control({ label, limits, value: given, onChange, isPlain }: Props) {
  // What is moved stays where it was moved to, while numbers follow.
  const [moved, setMoved] = useState<number | undefined>()
  const isFollowed = isUpdating.value
  useEffect(() => {
    if (!isFollowed) setMoved(undefined)
  }, [isFollowed])
  const value = moved ?? given
  const move = (to: number) => {
    setMoved(to)
    onChange(to)
  }
  const set = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement
    if (input.value !== '' && input.reportValidity()) move(input.valueAsNumber)
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
          onInput={(event) => move(event.currentTarget.valueAsNumber)}
        />
      )}
    </span>
  )
}
