// A field to write in. What is written stays, however often the page is drawn meanwhile, until Enter or leaving takes it or Escape takes it back.
import { signal } from '@preact/signals'
import type { TargetedKeyboardEvent } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'

const renewals = signal(0)

/** Takes back what stands in fields and was not taken. */
export function renewFields(): void {
  renewals.value++
}

export interface Limits {
  min?: number
  max?: number
  step: number | 'any'
}

interface Props {
  label: string
  value: string
  /** Of a number; without them it is text. */
  limits?: Limits
  /** What is wrong with what is written, or ''. */
  fault: (input: HTMLInputElement) => string
  take: (input: HTMLInputElement) => void
}

export function Field({ label, value, limits, fault, take }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const kind = limits ? ({ type: 'number', ...limits } as const) : ({ type: 'text' } as const)
  const faultId = useId()
  const [told, tell] = useState('')
  const write = () => {
    if (input.current) input.current.value = value
    tell('')
  }
  // As an attribute, it would be written at every drawing, over what a person is writing.
  useLayoutEffect(write, [value, renewals.value])
  const settle = (written: HTMLInputElement) => {
    const wrong = fault(written)
    tell(wrong)
    if (wrong) return
    take(written)
    // As the page writes it, also where it is the same number.
    write()
  }
  // Of text that is no number, a field of numbers tells no change.
  const settleUnread = (written: HTMLInputElement) => written.validity.badInput && settle(written)
  const handleKey = ({ key, currentTarget }: TargetedKeyboardEvent<HTMLInputElement>) => {
    if (key === 'Escape') write()
    if (key === 'Enter') settleUnread(currentTarget)
  }
  return (
    <>
      <label>
        <span class="control-name">{label}</span>
        <input
          ref={input}
          {...kind}
          inputMode="decimal"
          autocomplete="off"
          aria-invalid={told ? true : undefined}
          aria-describedby={told ? faultId : undefined}
          onChange={({ currentTarget }) => settle(currentTarget)}
          onBlur={({ currentTarget }) => settleUnread(currentTarget)}
          onKeyDown={handleKey}
        />
      </label>
      {told && (
        <span class="field-fault" id={faultId} role="alert">
          {told}
        </span>
      )}
    </>
  )
}
