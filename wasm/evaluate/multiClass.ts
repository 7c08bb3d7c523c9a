// Report of a multi-class file, from the sums per class that the core keeps.
import type { MainModule } from './module.js'
import type { Settings } from './options.js'
import type { ClassResult, LossResult, ScoreKind } from './report.js'
import { type Evaluator, loss, meanOrNull, type Results, ratio, scaled } from './results.js'
import { scoreKindCode } from './scoreKind.js'

/** Sums over the rows of one class. */
interface ClassSums {
  count: number
  correct: number
  nll: number
  smooth: number
  focal: number
}

interface Sums {
  rows: number
  ignored: number
  classes: ClassSums[]
}

const total = (classes: ClassSums[], key: keyof ClassSums) => classes.reduce((sum, each) => sum + each[key], 0)

/** Weights N / (C n_c), so that every class that has rows counts the same. */
function balancedMean(classes: ClassSums[]): number | null {
  const present = classes.filter(({ count }) => count > 0)
  return meanOrNull(
    present.reduce((sum, { nll, count }) => sum + nll / count, 0),
    present.length,
  )
}

function losses({ rows, classes }: Sums, { gamma, labelSmoothing }: Settings): LossResult[] {
  const nll = total(classes, 'nll')
  const smoothed = scaled(1 - labelSmoothing, nll) + scaled(labelSmoothing, total(classes, 'smooth'))
  return [
    loss('crossEntropyLoss', 'crossEntropy', 'Cross entropy', {}, meanOrNull(nll, rows)),
    loss('crossEntropyLoss', 'crossEntropyBalanced', 'Cross entropy, balanced', { weight: 'balanced' }, balancedMean(classes)),
    loss('crossEntropyLoss', 'crossEntropySmoothed', 'Cross entropy, smoothed', { labelSmoothing }, meanOrNull(smoothed, rows)),
    loss('softmaxFocalLoss', 'softmaxFocal', 'Focal loss', { gamma }, meanOrNull(total(classes, 'focal'), rows)),
  ]
}

const classResult = (name: string, { count, correct, nll, focal }: ClassSums, rows: number): ClassResult => ({
  name,
  count,
  share: ratio(count, rows),
  accuracy: meanOrNull(correct, count),
  losses: { crossEntropy: meanOrNull(nll, count), softmaxFocal: meanOrNull(focal, count) },
})

export function evaluateMultiClass(native: MainModule, classNames: string[], kind: ScoreKind, settings: Settings): Evaluator {
  const { gamma, ignoreIndex } = settings
  const evaluation = new native.MultiClassEvaluation(classNames.length, gamma, ignoreIndex, scoreKindCode(kind))
  return {
    update: (scores, labels, rows) => evaluation.update(scores, labels, rows),
    results(): Results {
      const sums: Sums = evaluation.result()
      const { rows, ignored, classes } = sums
      return {
        rows,
        ignored,
        losses: losses(sums, settings),
        accuracy: ratio(total(classes, 'correct'), rows),
        classes: classes.map((each, i) => classResult(classNames[i], each, rows)),
      }
    },
    dispose: () => evaluation.delete(),
  }
}
