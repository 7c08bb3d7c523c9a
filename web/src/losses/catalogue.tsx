// What the page says about a loss: its formula per row and when to use it. Losses it does not know are shown without.
import type { LossResult } from 'losskit/evaluate'
import type { JSX } from 'preact'
import { text } from '../text/text'
import { braces, Formula, frac, i, log, n, o, row, sub, sum, sup, thin } from './math'

interface Description {
  use: string
  formula: JSX.Element
}

const pTrue = () => sub(i('p'), i('y'))
const minusLog = () => row(o('−'), log(pTrue()))
const binary = () => row(o('−'), i('t'), log(i('p')), o('−'), braces(n(1), o('−'), i('t')), log(braces(n(1), o('−'), i('p'))))

const crossEntropy = () => ({ use: text.lossUse.crossEntropy, formula: <Formula>{minusLog()}</Formula> })

/** The weight of a class by the scheme; weights of the person's own have no formula. */
const weightOf: Record<string, () => JSX.Element> = {
  balanced: () => frac(i('N'), row(i('C'), thin(), sub(i('n'), i('c')))),
  effective: () => row(i('k'), thin(), frac(row(n(1), o('−'), i('β')), row(n(1), o('−'), sup(i('β'), sub(i('n'), i('c')))))),
  complement: () => frac(row(i('N'), o('−'), sub(i('n'), i('c'))), i('N')),
}

const weighted = (weight: unknown) => {
  const scheme = weightOf[String(weight)]
  const definition = scheme ? [o(','), <mspace key="space" width="0.6em" />, sub(i('w'), i('c')), o('='), scheme()] : []
  return {
    use: text.lossUse.balanced,
    formula: <Formula>{row(o('−'), sub(i('w'), i('y')), log(pTrue()), ...definition)}</Formula>,
  }
}

const smoothed = () => ({
  use: text.lossUse.smoothed,
  formula: (
    <Formula>
      {row(o('−'), braces(n(1), o('−'), i('ε')), log(pTrue()), o('−'), frac(i('ε'), i('C')), sum(i('c')), log(sub(i('p'), i('c'))))}
    </Formula>
  ),
})

const softmaxFocal = () => ({
  use: text.lossUse.softmaxFocal,
  formula: <Formula>{row(o('−'), sup(braces(n(1), o('−'), pTrue()), i('γ')), log(pTrue()))}</Formula>,
})

const pTarget = () => sub(i('p'), i('t'))

const sigmoidFocal = () => ({
  use: text.lossUse.sigmoidFocal,
  formula: <Formula>{row(o('−'), sub(i('α'), i('t')), sup(braces(n(1), o('−'), pTarget()), i('γ')), log(pTarget()))}</Formula>,
})

const bce = () => ({ use: text.lossUse.bce, formula: <Formula>{binary()}</Formula> })

const ghmc = () => ({
  use: text.lossUse.ghmc,
  formula: <Formula>{row(frac(i('N'), row(i('B'), thin(), sub(i('n'), i('g')))), thin(), <mi mathvariant="normal">BCE</mi>)}</Formula>,
})

const multiLabel = () => ({
  use: text.lossUse.multiLabel,
  formula: <Formula>{row(frac(n(1), i('C')), sum(i('c')), thin(), sub(<mi mathvariant="normal">BCE</mi>, i('c')))}</Formula>,
})

const byName: Record<string, () => Description> = {
  crossEntropyLoss: crossEntropy,
  nllLoss: crossEntropy,
  softmaxFocalLoss: softmaxFocal,
  bceLoss: bce,
  bceWithLogitsLoss: bce,
  sigmoidFocalLoss: sigmoidFocal,
  ghmcLoss: ghmc,
  multiLabelSoftMarginLoss: multiLabel,
}

export function describe({ name, parameters }: LossResult): Description | undefined {
  if ('labelSmoothing' in parameters) return smoothed()
  if ('weight' in parameters) return weighted(parameters.weight)
  return byName[name]?.()
}
