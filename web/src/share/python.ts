// A script for PyTorch that computes the shown losses from the same file, in double precision.
import type { LossResult, Report } from 'losskit/evaluate'
import type { Reduction } from '../app/reduction'
import type { Run } from '../app/session'
import type { Settings } from '../evaluation/protocol'

const quoted = (word: string) => JSON.stringify(word)
const list = (words: readonly (string | number)[]) =>
  `[${words.map((word) => (typeof word === 'number' ? word : quoted(word))).join(', ')}]`

const delimiters: Record<string, string> = { comma: ',', semicolon: ';', tab: '\\t', bar: '|' }

/** How delimited text is written, from the report's words for it; undefined for other formats. */
function dialectOf(said: string) {
  const own = said.replace(/, joined (row )?by .*/, '')
  const member = / zip \((.*)\)/.exec(own)?.[1]
  const words = own.replace(/ zip \(.*\)/, '')
  const delimiter = delimiters[/\b(comma|semicolon|tab|bar)\b/.exec(words)?.[1] ?? '']
  if (!delimiter || !/header/.test(words)) return undefined
  return {
    delimiter,
    hasHeader: !/no header/.test(words),
    isComma: /decimal comma/.test(words),
    /** In an archive: what it is called there. */
    member,
    isPacked: /gzip/.test(words),
  }
}

type Dialect = NonNullable<ReturnType<typeof dialectOf>>

/** All rows of a file, with the names of its columns where it has them. */
const rowsIn = (name: string, { delimiter, member, isPacked }: Dialect) => [
  member === undefined
    ? `with ${isPacked ? 'gzip.open' : 'open'}(${quoted(name)}, "rt", newline="", encoding="utf-8-sig") as file:`
    : `with io.TextIOWrapper(zipfile.ZipFile(${quoted(name)}).open(${quoted(member)}), newline="", encoding="utf-8-sig") as file:`,
  `    rows = [row for row in csv.reader(file, delimiter="${delimiter}") if row]`,
]

/** What Python opens the files with. */
function modulesFor({ member, isPacked }: Dialect): string[] {
  if (member !== undefined) return ['io', 'zipfile']
  return isPacked ? ['gzip'] : []
}

/** Statements that leave `rows`, without names; those of two files side by side, joined as the report says. */
function tableOf({ files, report: { mapping } }: Run): { lines: string[]; dialect: Dialect; modules: string[] } | undefined {
  const [words, ofLabels] = mapping.dialect.split('; labels: ')
  const dialect = dialectOf(words ?? '')
  const [predictions, labels] = files
  if (!dialect || !predictions) return undefined
  const withoutNames = (each: Dialect) => (each.hasHeader ? ['rows = rows[1:]'] : [])
  if (!labels) return { lines: [...rowsIn(predictions.name, dialect), ...withoutNames(dialect)], dialect, modules: modulesFor(dialect) }
  const other = dialectOf(ofLabels ?? '')
  if (!other) return undefined
  const key = /joined by "(.*)"$/.exec(ofLabels ?? '')?.[1]
  const join =
    key === undefined
      ? ['rows = [row + other for row, other in zip(rows, labels)]']
      : ['by_id = {row[label_key].strip(): row for row in labels}', 'rows = [row + by_id[row[key].strip()] for row in rows]']
  const keyIn = (name: string) => (key === undefined ? [] : [`${name} = rows[0].index(${quoted(key)})`])
  const lines = [
    ...rowsIn(labels.name, other),
    ...keyIn('label_key'),
    `labels = rows${other.hasHeader ? '[1:]' : ''}`,
    ...rowsIn(predictions.name, dialect),
    ...keyIn('key'),
    ...withoutNames(dialect),
    ...join,
  ]
  return { lines, dialect, modules: [...new Set([dialect, other].flatMap(modulesFor))] }
}

const separators = ['|', ';', ',']

/** Several labels in one cell, with what stands between them in the first rows. */
function tags({ preview }: Run, label: number): string[] {
  const separator = separators.find((each) => preview.some((row) => row[label]?.includes(each))) ?? '|'
  return [
    `sets = [{label(tag) for tag in row[${label}].split(${quoted(separator)}) if tag.strip()} for row in rows]`,
    'y = torch.tensor([[int(c in tags) for c in range(len(names))] for tags in sets])',
  ]
}

/** The columns of the truth in the order of the scores. */
function inOrder(labels: { column: string; index: number }[], { mapping: { task, classNames } }: Report): number[] {
  const named = classNames.map((name) => labels.find(({ column }) => column === name || column.endsWith(`_${name}`))?.index)
  const isByName = /by name/.test(task.evidence) && named.every((index) => index !== undefined)
  return isByName ? (named as number[]) : labels.map(({ index }) => index)
}

function truthOf(run: Run, labels: { column: string; index: number }[]): string[] | undefined {
  const { report } = run
  const [label, ...others] = labels
  if (!label) return undefined
  if (others.length > 0) {
    const targets = `torch.tensor([[score(row[i]) for i in ${list(inOrder(labels, report))}] for row in rows], dtype=torch.float64)`
    if (report.task === 'multiLabel') return [`y = ${targets}`]
    return /one-hot/.test(report.mapping.task.evidence) ? [`y = ${targets}.argmax(dim=1)`] : undefined
  }
  return report.task === 'multiLabel' ? tags(run, label.index) : [`y = torch.tensor([label(row[${label.index}]) for row in rows])`]
}

/** Statements that leave `x`, scores as float64 [N, C] or [N], `y`, labels [N] or [N, C], and `w`, weights [N], where there are any. */
function readDelimited(run: Run): string[] | undefined {
  const { report } = run
  const table = tableOf(run)
  const { columns, classNames } = report.mapping
  const ofRole = (role: string) => columns.filter((column) => column.role === role)
  const scores = ofRole('score').map(({ index }) => index)
  const truth = truthOf(run, ofRole('label'))
  if (!table || !truth || scores.length === 0 || report.leftOut.rows > 0) return undefined
  const [weight] = ofRole('weight')
  const number = table.dialect.isComma ? `float(cell.replace(",", "."))` : 'float(cell)'
  return [
    'import csv',
    ...table.modules.map((name) => `import ${name}`),
    'import torch',
    'import torch.nn.functional as F',
    '',
    ...table.lines,
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
    ...truth,
    `x = torch.tensor([[score(row[i]) for i in ${list(scores)}] for row in rows], dtype=torch.float64)${report.task === 'binary' ? '[:, 0]' : ''}`,
    ...(weight ? [`w = torch.tensor([score(row[${weight.index}]) for row in rows], dtype=torch.float64)`] : []),
  ]
}

/** The same from two .npy files, scores and labels. */
function readPair({ files, report }: Run): string[] | undefined {
  const [predictions, labels] = files
  const areArrays = files.length === 2 && files.every(({ name }) => /\.npy$/i.test(name))
  if (!areArrays || !predictions || !labels || report.leftOut.rows > 0) return undefined
  const flat =
    report.task === 'multiLabel' ? [] : [`x, y = x.reshape(${report.task === 'binary' ? '-1' : '-1, x.shape[-1]'}), y.reshape(-1)`]
  return [
    'import numpy',
    'import torch',
    'import torch.nn.functional as F',
    '',
    `x = torch.from_numpy(numpy.load(${quoted(predictions.name)})).double()`,
    `y = torch.from_numpy(numpy.load(${quoted(labels.name)})).long()`,
    ...flat,
  ]
}

/** The same from a .npz file with an array of scores and one of labels. */
function readArrays(run: Run): string[] | undefined {
  if (run.files.length !== 1 || !/\.npz$/i.test(run.name) || run.report.leftOut.rows > 0) return undefined
  const { columns } = run.report.mapping
  if (columns.some(({ role }) => role === 'weight')) return undefined
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

interface Terms {
  isBinary: boolean
  isMultiLabel: boolean
  hasWeights: boolean
  reduction: Reduction
}

/** Terms of rows or elements, summed or divided by what they weigh. `w` are the weights of the rows. */
function reduced(terms: string, { hasWeights, reduction }: Terms, factor?: string): string {
  const weight = [factor, ...(hasWeights ? ['w'] : [])].filter(Boolean).join(' * ')
  if (!weight) return `(${terms}).${reduction}()`
  const sum = `(${weight} * (${terms})).sum()`
  return reduction === 'sum' ? sum : `${sum} / (${weight}).sum()`
}

/** A loss as an expression. */
function expression({ name, parameters }: LossResult, how: Terms): string {
  const { gamma, alpha, bins, momentum = 0, labelSmoothing, weight } = parameters
  const terms = how.isBinary || how.isMultiLabel ? 'bce' : 'nll'
  if (name === 'softmaxFocalLoss') return reduced(`(1 - torch.exp(-nll)) ** ${gamma} * nll`, how)
  if (name === 'sigmoidFocalLoss') {
    const factor = alpha === -1 ? '' : ` * (${alpha} * t + (1 - ${alpha}) * (1 - t))`
    return reduced(`bce * (t * (1 - p) + (1 - t) * p) ** ${gamma}${factor}`, how)
  }
  if (name === 'ghmcLoss') return `ghmc(${bins})${momentum === 0 ? '' : ` / (1 - ${momentum})`}`
  // A mean over the labels of a row is one term.
  if (name === 'multiLabelSoftMarginLoss' && how.reduction === 'sum') return `${reduced('bce', how)} / bce.shape[1]`
  if (typeof labelSmoothing === 'number') return reduced(`(1 - ${labelSmoothing}) * nll - ${labelSmoothing} * logp.mean(dim=1)`, how)
  return reduced(terms, how, weight === undefined ? undefined : `(${weightTensor(weight)})[y]`)
}

/** Rows of weight 0 are left out of the bins; other weights change nothing in them. */
const ghmc = ({ hasWeights, reduction }: Terms) => [
  '',
  'def ghmc(bins):',
  '    g, loss = (p - t).abs().flatten(), bce.flatten()',
  ...(hasWeights ? ['    g, loss = g[w.flatten() > 0], loss[w.flatten() > 0]'] : []),
  '    index = (torch.bucketize(g.float(), torch.arange(bins + 1) / bins, right=True) - 1).clamp(0, bins - 1)',
  '    counts = torch.bincount(index, minlength=bins)',
  `    return (loss / counts[index]).sum()${reduction === 'mean' ? ' / (counts > 0).sum()' : ''}`,
]

const isSoftBinary = ({ mapping }: Report) => /the probability of class 1/.test(mapping.task.evidence)

export function python(run: Run, reduction: Reduction): string | undefined {
  const { report, settings } = run
  // Like probabilities of the classes, labels that are that of class 1 are not read by a script.
  const read = isSoftBinary(report) ? undefined : (readDelimited(run) ?? readArrays(run) ?? readPair(run))
  if (!read) return undefined
  const isMultiLabel = report.task === 'multiLabel'
  const hasWeights = report.mapping.columns.some(({ role }) => role === 'weight')
  const how: Terms = { isBinary: report.task === 'binary', isMultiLabel, hasWeights, reduction }
  const ignored = settings.ignoreIndex ?? -100
  const counted = hasWeights ? ['x', 'y', 'w'] : ['x', 'y']
  const counts = report.ignored > 0 ? [`${counted.join(', ')} = ${counted.map((name) => `${name}[y != ${ignored}]`).join(', ')}`] : []
  const printed = report.losses.map((loss) => `print(${quoted(loss.key)}, (${expression(loss, how)}).item())`)
  const needs = (lines: string[], is: (loss: LossResult) => boolean) => (report.losses.some(is) ? lines : [])
  const lines = [
    ...read,
    ...counts,
    ...(hasWeights && isMultiLabel ? ['w = w.unsqueeze(1).expand_as(x)'] : []),
    ...prepared(report, settings),
    ...needs(effective, ({ parameters }) => parameters.weight === 'effective'),
    ...needs(ghmc(how), ({ name }) => name === 'ghmcLoss'),
    '',
    ...printed,
  ]
  return `${lines.join('\n')}\n`
}
