// A report as tables, for whatever they are printed as.
import type { ClassResult, ColumnRole, GradientNorm, LossResult, Report, RowResult } from '../evaluate/report.js'
import { bar, number, percent } from './layout.js'
import { UsageError } from './usageError.js'

export interface Section {
  /** Above it, where the head does not say what it is. */
  title?: string
  head: string[]
  rows: string[][]
  /** Columns of text; the others are numbers. */
  left: number[]
}

/** Which parts are wanted. */
export interface Wanted {
  losses?: string[]
  byClass: boolean
  hardest: boolean
}

const tasks = { binary: 'binary', multiClass: 'multi-class', multiLabel: 'multi-label', tokenClassification: 'token classification' }
const kinds = { logits: 'logits', probabilities: 'probabilities', logProbabilities: 'log-probabilities' }
const barLength = 40

const count = (value: number, one: string, many = `${one}s`) => `${value} ${value === 1 ? one : many}`

export function summary({ files, task, mapping, rows, ignored, leftOut, classes }: Report): string {
  const kind = task === 'binary' ? tasks[task] : `${tasks[task]} with ${count(classes.length, 'class', 'classes')}`
  const words = [count(rows, 'row'), kind, kinds[mapping.scores.kind]]
  if (ignored > 0) words.push(`${count(ignored, 'row')} with the ignored label left out`)
  for (const { reason, rows, first } of leftOut.reasons) {
    const numbers = `${first.join(', ')}${rows > first.length ? ', …' : ''}`
    words.push(`${count(rows, 'row')} left out because ${reason} (${rows === 1 ? 'row' : 'rows'} ${numbers})`)
  }
  return `${files[0].name}: ${words.join(', ')}`
}

/** 'labelSmoothing' as 'label smoothing'. */
const spaced = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

function titleOf({ title, parameters }: LossResult): string {
  const numbers = Object.entries(parameters).filter(([, value]) => typeof value === 'number')
  return numbers.length === 0 ? title : `${title} (${numbers.map(([name, value]) => `${spaced(name)} ${value}`).join(', ')})`
}

/** The losses asked for, or all. */
function wantedLosses({ losses }: Report, keys: string[] | undefined): LossResult[] {
  if (!keys) return losses
  return keys.map((key) => {
    const found = losses.find((loss) => loss.key === key)
    if (!found) throw new UsageError(`--loss: there is no loss "${key}"; there are ${losses.map((loss) => loss.key).join(', ')}`)
    return found
  })
}

function losses(report: Report, keys: string[] | undefined): Section {
  const { accuracy, brier, calibration } = report
  const measures = [['Accuracy', percent(accuracy)]]
  if (brier !== undefined) measures.push(['Brier score', number(brier)])
  if (calibration) measures.push(['Calibration error (ECE)', percent(calibration.ece)])
  if (calibration?.temperature) {
    const { value, loss, rows: fitted } = calibration.temperature
    // As those of GHM, these are the rows (of several labels: the labels) that have a weight.
    const units = report.ghm.counts.reduce((sum, count) => sum + count, 0)
    const sample = fitted < units ? `, of a sample of ${fitted}` : ''
    measures.push([`Cross entropy with the fitted temperature ${value.toPrecision(4)}${sample}`, number(loss)])
  }
  const means = wantedLosses(report, keys).map((loss) => [titleOf(loss), number(loss.mean)])
  return { head: ['Loss', 'Mean'], rows: [...means, ...measures], left: [0] }
}

/** Keys of the losses that classes have, those asked for or all but the focal losses of further gammas. */
function classKeys({ classes }: Report, keys: string[] | undefined): string[] {
  const known = Object.keys(classes[0]?.losses ?? {})
  return keys ? known.filter((key) => keys.includes(key)) : known.filter((key) => !key.includes('Gamma'))
}

function classTable(report: Report, keys: string[]): Section {
  const titles = keys.map((key) => report.losses.find((loss) => loss.key === key)?.title ?? key)
  const hasPrecision = report.classes.some(({ precision }) => precision !== undefined)
  const row = ({ name, count, share, accuracy, precision, losses }: ClassResult) => [
    name,
    String(count),
    percent(share),
    percent(accuracy),
    ...(hasPrecision ? [percent(precision ?? null)] : []),
    ...keys.map((key) => number(losses[key])),
  ]
  const head = ['Class', 'Rows', 'Share', 'Accuracy', ...(hasPrecision ? ['Precision'] : []), ...titles]
  return { head, rows: report.classes.map(row), left: [0] }
}

const confusions = ({ topConfusions = [] }: Report): Section => ({
  head: ['Class', 'Taken for', 'Rows'],
  rows: topConfusions.slice(0, 10).map(({ label, predicted, rows }) => [label, predicted, String(rows)]),
  left: [0, 1],
})

function gradientNorms({ edges, counts, weights, meanLoss }: GradientNorm): Section {
  const most = Math.max(...counts, 1)
  const digits = edges.length > 11 ? 3 : 1
  const rows = counts.map((each, i) => [
    `${edges[i].toFixed(digits)} to ${edges[i + 1].toFixed(digits)}`,
    String(each),
    each === 0 ? '-' : weights[i].toFixed(3),
    number(meanLoss[i]),
    bar(each / most, barLength),
  ])
  return { head: ['Gradient norm', 'Rows', 'Weight', 'Mean loss', ''], rows, left: [0, 4] }
}

function rowTable(title: string, rows: readonly RowResult[]): Section {
  const hasIds = rows.some(({ id }) => id !== undefined)
  const ids = hasIds ? ['Id'] : []
  return {
    title,
    head: ['Row', ...ids, 'Label', 'Predicted', 'Probability', 'Confidence', 'Loss'],
    rows: rows.map(({ row, id, label, predicted, probability, confidence, loss }) => [
      String(row),
      ...(hasIds ? [id ?? ''] : []),
      label,
      predicted,
      number(probability),
      number(confidence),
      number(loss),
    ]),
    left: hasIds ? [1, 2, 3] : [1, 2],
  }
}

/** Neighbours with the same role for the same reason are one line. */
function columns(roles: ColumnRole[]): string[][] {
  const lines: { first: ColumnRole; last: ColumnRole }[] = []
  for (const role of roles) {
    const line = lines.at(-1)
    if (line && line.last.role === role.role && line.last.evidence === role.evidence) line.last = role
    else lines.push({ first: role, last: role })
  }
  return lines.map(({ first, last }) => [
    first.role,
    first === last ? `"${first.column}"` : `"${first.column}" to "${last.column}"`,
    first.evidence,
  ])
}

function reading({ mapping: { columns: roles, scores, task, dialect } }: Report): Section {
  const rows = [
    ...columns(roles),
    ['task', tasks[task.kind], task.evidence],
    ['scores', kinds[scores.kind], scores.evidence],
    ['file', dialect, ''],
  ]
  return { title: 'Read as', head: ['What', 'As', 'Why'], rows, left: [0, 1, 2] }
}

export function sectionsOf(report: Report, wanted: Wanted): Section[] {
  const { hardest = [], labelErrors = [], ghm = report.gradientNorm, task } = report
  const sections = [losses(report, wanted.losses)]
  if (wanted.byClass) sections.push(classTable(report, classKeys(report, wanted.losses)), confusions(report))
  if (task !== 'multiClass' && ghm) sections.push(gradientNorms(ghm))
  if (wanted.hardest) sections.push(rowTable('Hardest rows', hardest), rowTable('Likely label errors', labelErrors))
  sections.push(reading(report))
  return sections.filter(({ rows }) => rows.length > 0)
}
