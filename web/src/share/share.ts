// The result for others: as text to paste, as a page that needs nothing else. Numbers as shown, with all their digits where a program reads them.
import type { Report } from 'losskit/evaluate'
import { pictureText } from '../charts/picture'
import { integer, percent, significant } from '../format/number'
import { labelOf, parameterWords } from '../losses/families'
import { languageNow, text } from '../text/text'

export const json = (report: Report) => `${JSON.stringify(report, null, 2)}\n`

interface Table {
  heading: string
  head: string[]
  rows: string[][]
  /** How many columns at the left are words. */
  words: number
}

function tablesOf(report: Report): Table[] {
  const { losses, classes } = report
  const keys = losses.filter(({ key }) => classes.some((each) => key in each.losses))
  const shownLosses: Table = {
    heading: text.losses.heading,
    head: [text.losses.columns[0] ?? '', text.losses.parameters, text.losses.columns[2] ?? ''],
    rows: losses.map(({ key, title, parameters, mean }) => [text.lossTitle(key, title), parameterWords({ parameters }), significant(mean)]),
    words: 2,
  }
  const shownClasses: Table = {
    heading: text.classes.heading[report.task],
    head: [text.classes.name, text.classes.count, text.classes.share, text.classes.recall, ...keys.map((loss) => labelOf(losses, loss))],
    rows: classes.map(({ name, count, share, accuracy, losses }) => [
      name,
      integer(count),
      percent(share),
      percent(accuracy),
      ...keys.map(({ key }) => significant(losses[key] ?? null, 4)),
    ]),
    words: 1,
  }
  return [shownLosses, shownClasses]
}

const factsOf = (report: Report) =>
  [
    text.tasks[report.task],
    text.scoreKinds[report.mapping.scores.kind],
    text.rows(report.rows),
    report.ignored > 0 ? text.result.ignored(report.ignored) : '',
    report.leftOut.rows > 0 ? text.result.leftOut(report.leftOut.rows) : '',
    `${text.result.accuracy} ${percent(report.accuracy)}`,
  ].filter(Boolean)

const cellOf = (words: string) => words.replaceAll('|', '\\|').replaceAll('\n', ' ')

function markdownTable({ heading, head, rows, words }: Table): string {
  const line = (cells: string[]) => `| ${cells.map(cellOf).join(' | ')} |`
  const rule = line(head.map((_, index) => (index < words ? '---' : '---:')))
  return [`## ${heading}`, '', line(head), rule, ...rows.map(line), ''].join('\n')
}

export function markdown(report: Report, name: string): string {
  return [
    `# ${cellOf(name)}`,
    '',
    `${factsOf(report).join(' · ')}`,
    '',
    ...tablesOf(report).map(markdownTable),
    text.share.madeBy,
    '',
  ].join('\n')
}

const escaped = (words: string) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

function htmlTable({ heading, head, rows, words }: Table): string {
  const cell = (tag: string) => (content: string, index: number) =>
    `<${tag}${index < words ? '' : ' class="n"'}>${escaped(content)}</${tag}>`
  const line = (tag: string, cells: string[]) => `<tr>${cells.map(cell(tag)).join('')}</tr>`
  const body = rows.map((row) => line('td', row)).join('\n')
  return `<h2>${escaped(heading)}</h2>\n<div class="t"><table>\n<thead>${line('th', head)}</thead>\n<tbody>\n${body}\n</tbody></table></div>`
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;font-variant-numeric:tabular-nums}
h1{overflow-wrap:anywhere}table{border-collapse:collapse;width:100%}th,td{padding:.4rem .8rem;border-bottom:1px solid #ddd;text-align:left}
.n{text-align:right;white-space:nowrap}.t{overflow-x:auto}svg{max-width:100%;height:auto}.q{color:#596168}`

/** The pictures that are drawn on the page at this moment. */
function picturesOf(): string {
  const figures = [...document.querySelectorAll<HTMLElement>('.result figure')]
  return figures
    .map((figure) => {
      const svg = figure.querySelector<SVGSVGElement>('.drawn > svg')
      const heading = svg?.getAttribute('aria-label')
      return svg && heading ? `<h2>${escaped(heading)}</h2>\n${pictureText(svg)}` : ''
    })
    .join('\n')
}

/** One file with everything in it: no script, nothing to fetch. The report itself is in it too, for programs. */
export function html(report: Report, name: string): string {
  const data = JSON.stringify(report).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="${languageNow()}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(name)}</h1>
<p>${escaped(factsOf(report).join(' · '))}</p>
${tablesOf(report).map(htmlTable).join('\n')}
${picturesOf()}
<p class="q">${escaped(text.share.madeBy)}</p>
<script type="application/json" id="losskit-report">${data}</script>
</body>
</html>
`
}
