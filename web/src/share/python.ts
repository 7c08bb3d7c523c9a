// A script for PyTorch that computes the shown losses from the same file, in double precision.
import type { LossResult, Report } from 'losskit/evaluate'
import type { Run } from '../app/session'
import type { Settings } from '../evaluation/protocol'

const quoted = (word: string) => JSON.stringify(word)
const list = (words: readonly (string | number)[]) =>
  `[${words.map((word) => (typeof word === 'number' ? word : quoted(word))).join(', ')}]`

const delimiters: Record<string, string> = { comma: ',', semicolon: ';', tab: '\\t', bar: '|' }

/** How delimited text is written, from the report's words for it; undefined for other formats. */
function dialectOf({ mapping: { dialect } }: Report) {
  const delimiter = delimiters[/\b(comma|semicolon|tab|bar)\b/.exec(dialect)?.[1] ?? '']
  if (!delimiter || !/header/.test(dialect) || /gzip/.test(dialect)) return undefined
  return { delimiter, hasHeader: !/no header/.test(dialect), isComma: /decimal comma/.test(dialect) }
}

/** Statements that leave `x`, scores as float64 [N, C] or [N], and `y`, labels, of the rows that count. */
function readDelimited(run: Run): string[] | undefined {
  const { report } = run
  const dialect = dialectOf(report)
  if (!dialect || run.files.length !== 1) return undefined
  const { columns, classNames } = report.mapping
  const label = columns.find(({ role }) => role === 'label')
  const scores = columns.filter(({ role }) => role === 'score').map(({ index }) => index)
  if (!label || scores.length === 0 || report.task === 'multiLabel' || report.leftOut.rows > 0) return undefined
  const isBinary = report.task === 'binary'
  const number = dialect.isComma ? `float(cell.replace(",", "."))` : 'float(cell)'
  return [
    'import csv',
    'import torch',
    'import torch.nn.functional as F',
    '',
    `with open(${quoted(run.name)}, newline="", encoding="utf-8-sig") as file:`,
    `    rows = [row for row in csv.reader(file, delimiter="${dialect.delimiter}") if row]${dialect.hasHeader ? '[1:]' : ''}`,
    `names = ${list(classNames)}`,
    'truths = {"false": 0, "true": 1, "f": 0, "t": 1, "no": 0, "yes": 1, "n": 0, "y": 1}',
    '',
    'def label(cell):',
    '    cell = cell.strip()',
    '    return names.index(cell) if cell in names else truths[cell.lower()] if cell.lower() in truths else int(float(cell))',
    '',
    'def score(cell):',
    `    return ${number}`,
    '',
    `y = torch.tensor([label(row[${label.index}]) for row in rows])`,
    `x = torch.tensor([[score(row[i]) for i in ${list(scores)}] for row in rows], dtype=torch.float64)${isBinary ? '[:, 0]' : ''}`,
  ]
}

/** The same from a .npz file with an array of scores and one of labels. */
function readArrays(run: Run): string[] | undefined {
  if (run.files.length !== 1 || !/\.npz$/i.test(run.name) || run.report.leftOut.rows > 0) return undefined
  const { columns } = run.report.mapping
  const arrayOf = (role: string) => columns.find((column) => column.role === role)?.column.replace(/\[.*$|[ _.:]\d+$/, '')
  const scores = arrayOf('score')
  const labels = arrayOf('label')
  if (!scores || !labels) return undefined
  const lines = [
    'import numpy',
    'import torch',
    'import torch.nn.functional as F',
    '',
    `arrays = numpy.load(${quoted(run.name)})`,
    `x = torch.from_numpy(arrays[${quoted(scores)}]).double()`,
    `y = torch.from_numpy(arrays[${quoted(labels)}]).long()`,
  ]
  if (run.report.task === 'multiLabel') return lines
  return [...lines, 'x, y = x.reshape(-1, x.shape[-1]), y.reshape(-1)']
}

/** Scores as log-probabilities of the classes, or as probabilities of the positive side; a temperature divides logits. */
function probabilities({ task, mapping: { scores } }: Report, { temperature = 1, renormalise }: Settings): string {
  const divided = (logits: string) => (temperature === 1 ? logits : `${logits} / ${temperature}`)
  if (isSigmoid(task)) {
    if (scores.kind === 'logits') return `torch.sigmoid(${divided('x')})`
    const given = scores.kind === 'probabilities' ? 'x' : 'torch.exp(x)'
    return temperature === 1 ? given : `torch.sigmoid(${divided(`torch.logit(${given})`)})`
  }
  const logits = scores.kind === 'probabilities' ? 'torch.log(x)' : 'x'
  const isGiven = scores.kind !== 'logits' && temperature === 1 && !renormalise
  return isGiven ? logits : `F.log_softmax(${divided(logits)}, dim=1)`
}

/** Binary and multi-label: `p` and the loss `bce`. Other tasks: log-probabilities `logp` and the loss `nll`. */
function prepared(report: Report, settings: Settings): string[] {
  const { eps = 0, temperature = 1 } = settings
  const given = probabilities(report, settings)
  if (isSigmoid(report.task)) {
    const counts = report.task === 'binary' ? ['C = 2', 'n = torch.bincount(y, minlength=C).double()'] : []
    if (report.mapping.scores.kind === 'logits' && eps === 0) {
      // The logarithm of a probability that rounds to 0 or 1 is lost.
      const logits = temperature === 1 ? [] : [`x = x / ${temperature}`]
      const losses = ['t = y.double()', 'bce = F.binary_cross_entropy_with_logits(x, t, reduction="none")', 'p = torch.sigmoid(x)']
      return [...counts, ...logits, ...losses]
    }
    const clamped = eps === 0 ? [] : [`p = p.clamp(${eps}, 1 - ${eps})`]
    return [...counts, 't = y.double()', `p = ${given}`, ...clamped, 'bce = F.binary_cross_entropy(p, t, reduction="none")']
  }
  const clamped = eps === 0 ? [] : [`logp = torch.exp(logp).clamp(${eps}, 1 - ${eps}).log()`]
  return [
    `logp = ${given}`,
    ...clamped,
    'nll = F.nll_loss(logp, y, reduction="none")',
    'C = logp.shape[1]',
    'n = torch.bincount(y, minlength=C).double()',
  ]
}

const isSigmoid = (task: Report['task']) => task === 'binary' || task === 'multiLabel'

const weights: Record<string, string> = {
  balanced: 'n.sum() / (C * n)',
  complement: '(n.sum() - n) / n.sum()',
  effective: 'effective',
}

/** Cui et al. 2019, "Class-Balanced Loss Based on Effective Number of Samples", with its usual beta. */
const effective = ['effective = (1 - 0.999) / (1 - 0.999 ** n)', 'effective = effective * C / effective.sum()']

const weightTensor = (weight: unknown) => weights[String(weight)] ?? `torch.tensor([${weight}], dtype=torch.float64)`

/** The mean of a loss as an expression. */
function expression({ name, parameters }: LossResult, isBinary: boolean): string {
  const { gamma, alpha, bins, momentum = 0, labelSmoothing, weight } = parameters
  if (name === 'softmaxFocalLoss') return `((1 - torch.exp(-nll)) ** ${gamma} * nll).mean()`
  if (name === 'sigmoidFocalLoss') {
    const factor = alpha === -1 ? '' : ` * torch.where(t == 1, ${alpha}, 1 - ${alpha})`
    return `(bce * (1 - torch.where(t == 1, p, 1 - p)) ** ${gamma}${factor}).mean()`
  }
  if (name === 'ghmcLoss') return momentum === 0 ? `ghmc(${bins})` : `(ghmc(${bins}) / (1 - ${momentum}))`
  if (name === 'bceLoss' || name === 'bceWithLogitsLoss' || name === 'multiLabelSoftMarginLoss') return 'bce.mean()'
  if (typeof labelSmoothing === 'number') return `((1 - ${labelSmoothing}) * nll - ${labelSmoothing} * logp.mean(dim=1)).mean()`
  if (weight === undefined) return 'nll.mean()'
  if (isBinary) return `((${weightTensor(weight)})[y] * bce).sum() / (${weightTensor(weight)})[y].sum()`
  return `F.nll_loss(logp, y, weight=${weightTensor(weight)})`
}

const ghmc = [
  '',
  'def ghmc(bins):',
  '    g, loss = (p - t).abs().flatten(), bce.flatten()',
  '    index = (torch.bucketize(g.float(), torch.arange(bins + 1) / bins, right=True) - 1).clamp(0, bins - 1)',
  '    counts = torch.bincount(index, minlength=bins)',
  '    return (loss / counts[index]).sum() / (counts > 0).sum()',
]

export function python(run: Run): string | undefined {
  const { report, settings } = run
  if (report.mapping.columns.some(({ role }) => role === 'weight')) return undefined
  const read = readDelimited(run) ?? readArrays(run)
  if (!read) return undefined
  const ignored = settings.ignoreIndex ?? -100
  const counts = report.ignored > 0 ? [`x, y = x[y != ${ignored}], y[y != ${ignored}]`] : []
  const printed = report.losses.map((loss) => `print(${quoted(loss.key)}, (${expression(loss, report.task === 'binary')}).item())`)
  const needs = (lines: string[], is: (loss: LossResult) => boolean) => (report.losses.some(is) ? lines : [])
  const lines = [
    ...read,
    ...counts,
    ...prepared(report, settings),
    ...needs(effective, ({ parameters }) => parameters.weight === 'effective'),
    ...needs(ghmc, ({ name }) => name === 'ghmcLoss'),
    '',
    ...printed,
  ]
  return `${lines.join('\n')}\n`
}
