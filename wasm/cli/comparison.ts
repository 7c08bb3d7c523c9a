// --compare: several runs on the same rows.
import { compare } from '../evaluate/compare.js'
import type { Comparison, Disagreement, RunPair } from '../evaluate/comparison.js'
import type { EvaluateOptions } from '../evaluate/options.js'
import type { DiskFile } from './file.js'
import { number } from './layout.js'
import { openPath } from './outcome.js'
import { ProgressBar } from './progressBar.js'
import type { Section } from './sections.js'

/** `labels` is the path of a file with the labels of all runs, where they are not in those of the predictions. */
export async function compareFiles(
  paths: readonly string[],
  labels: string | undefined,
  options: EvaluateOptions,
  signal: AbortSignal,
): Promise<Comparison> {
  const files: DiskFile[] = []
  const opened = async (path: string) => {
    const file = await openPath(path, signal)
    files.push(file)
    return file
  }
  const bar = new ProgressBar(`${paths.length} files`, process.stderr)
  try {
    const labelsFile = labels === undefined ? undefined : await opened(labels)
    const runs: DiskFile[] = []
    for (const path of paths) runs.push(await opened(path))
    return await compare(runs, { ...options, labels: labelsFile, signal, onProgress: (progress) => bar.show(progress) })
  } finally {
    bar.clear()
    for (const file of files) await file.close()
  }
}

const nameOf = ({ reports }: Comparison, run: number | null): string => (run === null ? '-' : reports[run].files[0].name)

const signed = (value: number | null): string => (value !== null && value > 0 ? `+${number(value)}` : number(value))

const pairRow = (comparison: Comparison, { a, b, key, difference, low, high }: RunPair): string[] => [
  nameOf(comparison, a),
  nameOf(comparison, b),
  key,
  signed(difference),
  `${signed(low)} to ${signed(high)}`,
]

function classSection(comparison: Comparison, { a, b, key, perClass }: RunPair): Section {
  return {
    title: `${key} by class, ${nameOf(comparison, a)} minus ${nameOf(comparison, b)}`,
    head: ['Class', 'Difference', 'Better'],
    rows: perClass.map(({ name, difference, winner }) => [name, signed(difference), nameOf(comparison, winner)]),
    left: [0, 2],
  }
}

const disagreementRow = ({ row, label, runs }: Disagreement): string[] => [
  String(row),
  label,
  ...runs.flatMap(({ predicted, loss }) => [predicted, number(loss)]),
]

/** Differences are means of the first minus means of the second, with their 95 % intervals. */
export function comparisonSections(comparison: Comparison, wanted: { byClass: boolean; hardest: boolean }): Section[] {
  const { pairs, disagreements, reports } = comparison
  const sections: Section[] = [
    {
      head: ['Run', 'Minus', 'Measure', 'Difference', '95 % interval'],
      rows: pairs.map((pair) => pairRow(comparison, pair)),
      left: [0, 1, 2, 4],
    },
  ]
  if (wanted.byClass) sections.push(...pairs.map((pair) => classSection(comparison, pair)))
  if (wanted.hardest) {
    sections.push({
      title: 'Rows they disagree on',
      head: ['Row', 'Label', ...reports.flatMap(({ files }) => [files[0].name, 'Loss'])],
      rows: disagreements.map(disagreementRow),
      left: [1, ...reports.map((_, run) => 2 + 2 * run)],
    })
  }
  return sections.filter(({ rows }) => rows.length > 0)
}
