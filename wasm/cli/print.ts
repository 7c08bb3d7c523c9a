// Reports as text: for a terminal, as Markdown, as JSON.
import type { Comparison } from '../evaluate/comparison.js'
import type { Report } from '../evaluate/report.js'
import { aligned } from './layout.js'
import { type Section, sectionsOf, summary, type Wanted } from './sections.js'

/** A section with a title is indented below it and needs no head: what its columns are shows. */
function textOf({ title, head, rows, left }: Section): string {
  if (title === undefined) return aligned([head, ...rows], left).join('\n')
  const isList = left.length === head.length
  return [title, ...aligned(isList ? rows : [head, ...rows], left).map((line) => `  ${line}`)].join('\n')
}

/** Sections alone. */
export const sectionsText = (sections: Section[]): string => `${sections.map(textOf).join('\n\n')}\n`
export const sectionsMarkdown = (sections: Section[]): string => `${sections.map(markdownOf).join('\n\n')}\n`

export const printed = (report: Report, wanted: Wanted): string =>
  `${[summary(report), ...sectionsOf(report, wanted).map(textOf)].join('\n\n')}\n`

const cell = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ')
const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`

function markdownOf({ title, head, rows, left }: Section): string {
  const rule = head.map((_, column) => (left.includes(column) ? ':--' : '--:'))
  const table = [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
  return title === undefined ? table : `### ${title}\n\n${table}`
}

export const toMarkdown = (report: Report, wanted: Wanted): string =>
  `${[`## ${summary(report)}`, ...sectionsOf(report, wanted).map(markdownOf)].join('\n\n')}\n`

/** JSON knows no infinite numbers and would make null of them. */
export const toJson = (reports: Report | Report[] | Comparison): string =>
  `${JSON.stringify(reports, (_, value) => (value === Number.POSITIVE_INFINITY ? 'Infinity' : value), 2)}\n`
