// The parameters of the losses as controls: those of one loss in its row, those of all above the table.
import type { EvaluationSettings, LossResult } from 'losskit/evaluate'
import { useState } from 'preact/hooks'
import type { Run } from '../app/session'
import { text } from '../text/text'
import { Control, type Limits } from './Control'

type Name = 'gamma' | 'alpha' | 'bins' | 'labelSmoothing'

const limits: Record<Name, Limits> = {
  gamma: { min: 0, max: 10, step: 0.1 },
  alpha: { min: 0, max: 1, step: 0.01 },
  bins: { min: 1, max: 100, step: 1 },
  labelSmoothing: { min: 0, max: 0.99, step: 0.01 },
}

const isName = (name: string): name is Name => name in limits

export const ownParameters = ({ parameters }: LossResult): string[] =>
  Object.keys(parameters).filter((name) => (isName(name) && typeof parameters[name] === 'number') || name === 'weight')

interface Props {
  run: Run
  onChange: (settings: EvaluationSettings) => void
}

const schemes = ['balanced', 'effective', 'complement'] as const
type Scheme = (typeof schemes)[number]

const weightsOf = (words: string, count: number): number[] | undefined => {
  const weights = words
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number)
  return weights.length === count && weights.every((weight) => Number.isFinite(weight) && weight >= 0) ? weights : undefined
}

/** A scheme that makes weights of the counts, or weights one by one. */
function ClassWeights({ run: { settings, report }, onChange }: Props) {
  const { classWeight = 'balanced' } = settings
  const given = typeof classWeight === 'string' ? undefined : classWeight
  const [isOwn, setOwn] = useState(given !== undefined)
  const count = report.classes.length
  const choose = (choice: string) => {
    setOwn(choice === 'own')
    if (choice !== 'own') onChange({ classWeight: choice as Scheme })
  }
  const set = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement
    const weights = weightsOf(input.value, count)
    input.setCustomValidity(weights ? '' : text.losses.weightsWanted(count))
    if (input.reportValidity() && weights) onChange({ classWeight: weights })
  }
  return (
    <>
      <span class="control">
        <label>
          <span class="control-name">{text.losses.names.classWeight}</span>
          <select value={isOwn ? 'own' : String(classWeight)} onChange={(event) => choose(event.currentTarget.value)}>
            {schemes.map((scheme) => (
              <option key={scheme} value={scheme}>
                {text.losses.schemes[scheme]}
              </option>
            ))}
            <option value="own">{text.losses.schemes.own}</option>
          </select>
        </label>
      </span>
      {isOwn && (
        <span class="control wide">
          <label>
            <span class="control-name">{text.losses.weights(count)}</span>
            <input type="text" autocomplete="off" value={given?.join(', ') ?? Array(count).fill(1).join(', ')} onChange={set} />
          </label>
        </span>
      )}
    </>
  )
}

/** In the row of a loss. */
export function Own({ loss, run, onChange }: Props & { loss: LossResult }) {
  const names = ownParameters(loss)
  if (names.length === 0) return null
  return (
    <span class="controls">
      {names.filter(isName).map((name) => (
        <Control
          key={name}
          label={text.losses.names[name]}
          limits={limits[name]}
          value={Number(loss.parameters[name])}
          onChange={(value) => onChange({ [name]: value })}
        />
      ))}
      {names.includes('weight') && run.report.calibration && <ClassWeights run={run} onChange={onChange} />}
    </span>
  )
}

/** Above the table: what changes every loss in it. */
export function Common({ run: { settings, report }, onChange }: Props) {
  return (
    <fieldset class="controls common">
      <legend class="visually-hidden">{text.losses.common}</legend>
      {report.calibration && report.mapping.scores.kind === 'logits' && (
        <Control
          label={text.losses.names.temperature}
          limits={{ min: 0.05, max: 5, step: 0.05 }}
          value={settings.temperature ?? 1}
          onChange={(temperature) => onChange({ temperature })}
        />
      )}
      <Control
        label={text.losses.names.ignoreIndex}
        limits={{ min: -1_000_000, max: 1_000_000, step: 1 }}
        value={settings.ignoreIndex ?? -100}
        onChange={(ignoreIndex) => onChange({ ignoreIndex })}
        isPlain
      />
    </fieldset>
  )
}
