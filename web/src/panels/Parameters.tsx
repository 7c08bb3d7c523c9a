// The parameters of the losses as controls: those of one loss in its row, those of all above the table.
import type { EvaluationSettings, LossResult } from 'losskit/evaluate'
import { chosenIn, type Run } from '../app/session'
import { text } from '../text/text'
import { Control, type Limits } from './Control'
import { Field, renewFields } from './Field'

type Name = 'gamma' | 'alpha' | 'bins' | 'momentum' | 'labelSmoothing'

const limits: Record<Name, Limits> = {
  gamma: { min: 0, max: 10, step: 0.1 },
  alpha: { min: 0, max: 1, step: 0.01 },
  bins: { min: 1, max: 100, step: 1 },
  momentum: { min: 0, max: 0.99, step: 0.01 },
  labelSmoothing: { min: 0, max: 0.99, step: 0.01 },
}

const isName = (name: string): name is Name => name in limits

/** GHM-C has a momentum also where it is none and not told. */
const parametersOf = ({ name, parameters }: LossResult) =>
  name === 'ghmcLoss' ? { ...parameters, momentum: parameters.momentum ?? 0 } : parameters

export const ownParameters = (loss: LossResult): string[] => {
  const parameters = parametersOf(loss)
  return Object.keys(parameters).filter((name) => (isName(name) && typeof parameters[name] === 'number') || name === 'weight')
}

interface Props {
  run: Run
  onChange: (settings: EvaluationSettings) => void
}

const schemes = ['balanced', 'effective', 'complement'] as const
type Scheme = (typeof schemes)[number]

/** Numbers of 0 or more with commas, spaces or semicolons between them; undefined for anything else. */
const numbersIn = (words: string): number[] | undefined => {
  const numbers = words
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number)
  return numbers.every((number) => Number.isFinite(number) && number >= 0) ? numbers : undefined
}

interface NumbersProps {
  label: string
  values: readonly number[]
  /** What is wrong with the numbers, or ''. */
  fault: (values: number[] | undefined) => string
  onChange: (values: number[]) => void
}

/** Several numbers in one field. */
function Numbers({ label, values, fault, onChange }: NumbersProps) {
  return (
    <span class="control wide">
      <Field
        label={label}
        value={values.join(', ')}
        fault={({ value }) => fault(numbersIn(value))}
        take={({ value }) => onChange(numbersIn(value) ?? [])}
      />
    </span>
  )
}

/** A scheme that makes weights of the counts, or weights one by one: at first 1 each. */
function ClassWeights({ run, onChange }: Props) {
  const { classWeight = 'balanced' } = chosenIn(run)
  const count = run.report.classes.length
  const choose = (choice: string) => onChange({ classWeight: choice === 'own' ? Array<number>(count).fill(1) : (choice as Scheme) })
  return (
    <>
      <span class="control">
        <label>
          <span class="control-name">{text.losses.names.classWeight}</span>
          <select value={typeof classWeight === 'string' ? classWeight : 'own'} onChange={(event) => choose(event.currentTarget.value)}>
            {schemes.map((scheme) => (
              <option key={scheme} value={scheme}>
                {text.losses.schemes[scheme]}
              </option>
            ))}
            <option value="own">{text.losses.schemes.own}</option>
          </select>
        </label>
      </span>
      {typeof classWeight !== 'string' && (
        <Numbers
          label={text.losses.weights(count)}
          values={classWeight}
          fault={(weights) => (weights?.length === count ? '' : text.losses.weightsWanted(count))}
          onChange={(classWeight) => onChange({ classWeight })}
        />
      )}
    </>
  )
}

const usualAlpha = 0.25

/** Without a weight of the positives, alpha is -1. */
function Alpha({ value, onChange }: { value: number; onChange: Props['onChange'] }) {
  const isOn = value !== -1
  return (
    <>
      <Switch label={text.losses.withAlpha} isOn={isOn} onChange={(on) => onChange({ alpha: on ? usualAlpha : -1 })} />
      {isOn && <Control label={text.losses.names.alpha} limits={limits.alpha} value={value} onChange={(alpha) => onChange({ alpha })} />}
    </>
  )
}

function Switch({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <span class="control">
      <label>
        <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
        {label}
      </label>
    </span>
  )
}

const usualGammas = [0.5, 1, 2, 5]

/** The focal losses in the rows below. */
function OtherGammas({ run, onChange }: Props) {
  return (
    <Numbers
      label={text.losses.gammas}
      values={chosenIn(run).gammas ?? usualGammas}
      fault={(gammas) => (gammas ? '' : text.losses.gammasWanted)}
      onChange={(gammas) => onChange({ gammas })}
    />
  )
}

/** In the row of a loss. */
export function Own({ loss, run, onChange }: Props & { loss: LossResult }) {
  const names = ownParameters(loss)
  const chosen = chosenIn(run)
  const shownOf = (name: Name) => chosen[name] ?? Number(parametersOf(loss)[name])
  if (names.length === 0) return null
  return (
    <span class="controls">
      {names
        .filter(isName)
        .map((name) =>
          name === 'alpha' ? (
            <Alpha key={name} value={shownOf(name)} onChange={onChange} />
          ) : (
            <Control
              key={name}
              label={text.losses.names[name]}
              limits={limits[name]}
              value={shownOf(name)}
              onChange={(value) => onChange({ [name]: value })}
            />
          ),
        )}
      {names.includes('gamma') && <OtherGammas run={run} onChange={onChange} />}
      {names.includes('weight') && <ClassWeights run={run} onChange={onChange} />}
    </span>
  )
}

/** What is done to probabilities before their logarithm is taken. */
function Probabilities({ run, onChange }: Props) {
  const { renormalise = false, eps = 0 } = chosenIn(run)
  return (
    <>
      <Switch label={text.losses.renormalise} isOn={renormalise} onChange={(renormalise) => onChange({ renormalise })} />
      <Control
        label={text.losses.names.eps}
        limits={{ min: 0, max: 0.4999, step: 1e-15 }}
        value={eps}
        onChange={(eps) => onChange({ eps })}
        isPlain
      />
    </>
  )
}

const parameters = [
  'gamma',
  'gammas',
  'alpha',
  'bins',
  'momentum',
  'labelSmoothing',
  'classWeight',
  'temperature',
  'renormalise',
  'eps',
  'ignoreIndex',
] as const satisfies readonly (keyof EvaluationSettings)[]

const usual: EvaluationSettings = Object.fromEntries(parameters.map((name) => [name, undefined]))

/** Never disabled, as it would lose the focus when it is used. */
function Reset({ run, onChange }: Props) {
  const chosen = chosenIn(run)
  const isChanged = parameters.some((name) => chosen[name] !== undefined)
  const reset = () => {
    renewFields()
    if (isChanged) onChange(usual)
  }
  return (
    <button type="button" class="plain" aria-disabled={!isChanged} onClick={reset}>
      {text.losses.reset}
    </button>
  )
}

/** Above the table: what changes every loss in it. */
export function Common({ run, onChange }: Props) {
  const { temperature = 1, ignoreIndex = -100 } = chosenIn(run)
  return (
    <fieldset class="controls common">
      <legend class="visually-hidden">{text.losses.common}</legend>
      <Control
        label={text.losses.names.temperature}
        limits={{ min: 0.05, max: 5, step: 0.05 }}
        value={temperature}
        onChange={(temperature) => onChange({ temperature })}
      />
      <Control
        label={text.losses.names.ignoreIndex}
        limits={{ min: -1_000_000, max: 1_000_000, step: 1 }}
        value={ignoreIndex}
        onChange={(ignoreIndex) => onChange({ ignoreIndex })}
        isPlain
      />
      {run.report.mapping.scores.kind === 'probabilities' && <Probabilities run={run} onChange={onChange} />}
      <Reset run={run} onChange={onChange} />
    </fieldset>
  )
}
