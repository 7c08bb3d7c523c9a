// Report of a binary file, from the sums per class and bin that the core keeps.
import type { MainModule } from './module.js'
import type { Settings } from './options.js'
import type { ClassResult, GradientNorm, LossResult, ScoreKind } from './report.js'
import { type Evaluator, loss, meanOrNull, type Results, ratio } from './results.js'
import { scoreKindCode } from './scoreKind.js'

/** Sums over the rows of one class. */
interface ClassSums {
  count: number
  correct: number
  bce: number
  focal: number
}

/** Rows by gradient norm. */
interface BinSums {
  count: number
  bce: number
}

interface Sums {
  rows: number
  ignored: number
  classes: ClassSums[]
  bins: BinSums[]
}

const total = (classes: ClassSums[], key: keyof ClassSums) => classes.reduce((sum, each) => sum + each[key], 0)

/** Every bin that has rows counts the same. */
function ghmcMean(bins: BinSums[]): number | null {
  const filled = bins.filter(({ count }) => count > 0)
  return meanOrNull(
    filled.reduce((sum, { bce, count }) => sum + bce / count, 0),
    filled.length,
  )
}

/** How the binary cross entropy of these scores is called. */
const crossEntropyOf = (kind: ScoreKind) =>
  kind === 'logits'
    ? { name: 'bceWithLogitsLoss', key: 'bceWithLogits', title: 'Binary cross entropy with logits' }
    : { name: 'bceLoss', key: 'bce', title: 'Binary cross entropy' }

function losses({ rows, classes, bins }: Sums, kind: ScoreKind, { gamma, alpha }: Settings): LossResult[] {
  const { name, key, title } = crossEntropyOf(kind)
  return [
    loss(name, key, title, {}, meanOrNull(total(classes, 'bce'), rows)),
    loss('sigmoidFocalLoss', 'sigmoidFocal', 'Focal loss', { alpha, gamma }, meanOrNull(total(classes, 'focal'), rows)),
    loss('ghmcLoss', 'ghmc', 'GHM-C', { bins: bins.length }, ghmcMean(bins)),
  ]
}

function gradientNorm({ rows, bins }: Sums): GradientNorm {
  return {
    edges: Array.from({ length: bins.length + 1 }, (_, i) => i / bins.length),
    counts: bins.map(({ count }) => count),
    weights: bins.map(({ count }) => ratio(rows, count)),
    meanLoss: bins.map(({ bce, count }) => meanOrNull(bce, count)),
  }
}

const classResult = (name: string, { count, correct, bce, focal }: ClassSums, rows: number, key: string): ClassResult => ({
  name,
  count,
  share: ratio(count, rows),
  accuracy: meanOrNull(correct, count),
  losses: { [key]: meanOrNull(bce, count), sigmoidFocal: meanOrNull(focal, count) },
})

export function evaluateBinary(native: MainModule, classNames: string[], kind: ScoreKind, settings: Settings): Evaluator {
  const { gamma, alpha, bins, ignoreIndex } = settings
  const evaluation = new native.BinaryEvaluation(gamma, alpha, bins, ignoreIndex, scoreKindCode(kind))
  const { key } = crossEntropyOf(kind)
  return {
    update: (scores, labels, rows) => evaluation.update(scores, labels, rows),
    results(): Results {
      const sums: Sums = evaluation.result()
      const { rows, ignored, classes } = sums
      return {
        rows,
        ignored,
        losses: losses(sums, kind, settings),
        accuracy: ratio(total(classes, 'correct'), rows),
        classes: classes.map((each, i) => classResult(classNames[i], each, rows, key)),
        gradientNorm: gradientNorm(sums),
      }
    },
    dispose: () => evaluation.delete(),
  }
}
