// A report as text for a terminal.
import type { ColumnRole, GradientNorm, LossResult, Mapping, Report } from '../evaluate/report.js'
import { aligned, bar, number, percent } from './layout.js'

const tasks = { binary: 'binary', multiClass: 'multi-class', multiLabel: 'multi-label', tokenClassification: 'token classification' }
const kinds = { logits: 'logits', probabilities: 'probabilities', logProbabilities: 'log-probabilities' }
const barLength = 40

const count = (value: number, one: string, many = `${one}s`) => `${value} ${value === 1 ? one : many}`

function summary({ files, task, mapping, rows, ignored, classes }: Report): string {
  const kind = task === 'binary' ? tasks[task] : `${tasks[task]} with ${count(classes.length, 'class', 'classes')}`
  const words = [count(rows, 'row'), kind, kinds[mapping.scores.kind]]
  if (ignored > 0) words.push(`${count(ignored, 'row')} with the ignored label left out`)
  return `${files[0].name}: ${words.join(', ')}`
}

/** 'labelSmoothing' as 'label smoothing'. */
const spaced = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

function titleOf({ title, parameters }: LossResult): string {
  const numbers = Object.entries(parameters).filter(([, value]) => typeof value === 'number')
  return numbers.length === 0 ? title : `${title} (${numbers.map(([name, value]) => `${spaced(name)} ${value}`).join(', ')})`
}

function losses({ losses, accuracy, rows }: Report): string[] {
  const means = losses.map((loss) => [titleOf(loss), number(loss.mean)])
  return aligned([['Loss', 'Mean'], ...means, ['Accuracy', rows === 0 ? '-' : percent(accuracy)]], [0])
}

function classTable({ classes, losses }: Report): string[] {
  const keys = Object.keys(classes[0].losses).filter((key) => !key.includes('Gamma'))
  const titles = keys.map((key) => losses.find((loss) => loss.key === key)?.title ?? key)
  const rows = classes.map(({ name, count, share, accuracy, losses }) => [
    name,
    String(count),
    percent(share),
    percent(accuracy),
    ...keys.map((key) => number(losses[key])),
  ])
  return aligned([['Class', 'Rows', 'Share', 'Accuracy', ...titles], ...rows], [0])
}

function gradientNorms({ edges, counts, weights, meanLoss }: GradientNorm): string[] {
  const most = Math.max(...counts, 1)
  const digits = edges.length > 11 ? 3 : 1
  const rows = counts.map((each, i) => [
    `${edges[i].toFixed(digits)} to ${edges[i + 1].toFixed(digits)}`,
    String(each),
    each === 0 ? '-' : weights[i].toFixed(3),
    number(meanLoss[i]),
    bar(each / most, barLength),
  ])
  return aligned([['Gradient norm', 'Rows', 'Weight', 'Mean loss', ''], ...rows], [0, 4])
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

function reading({ columns: roles, scores, task, dialect }: Mapping): string[] {
  const rows = [
    ['task', tasks[task.kind], task.evidence],
    ['scores', kinds[scores.kind], scores.evidence],
    ['file', dialect, ''],
  ]
  return ['Read as', ...aligned([...columns(roles), ...rows], [0, 1, 2]).map((line) => `  ${line}`)]
}

export function printed(report: Report): string {
  const parts = [[summary(report)], losses(report), classTable(report)]
  if (report.losses.some(({ key }) => key === 'ghmc')) parts.push(gradientNorms(report.ghm))
  parts.push(reading(report.mapping))
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** JSON knows no infinite numbers and would make null of them. */
export const toJson = (report: Report): string =>
  `${JSON.stringify(report, (_, value) => (value === Number.POSITIVE_INFINITY ? 'Infinity' : value), 2)}\n`
