// The result for others: as text to paste, as a page that needs nothing else. Numbers as shown, with all their digits where a program reads them.
import type { EvaluationSettings, Report } from 'losskit/evaluate'
import { pictureText } from '../charts/picture'
import { integer, percent, short, significant } from '../format/number'
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

/** What changes every loss, where it is not as usual. */
function settingWords({ temperature = 1, ignoreIndex = -100, renormalise, eps = 0 }: EvaluationSettings): string[] {
  const { names } = text.losses
  return [
    temperature === 1 ? '' : `${names.temperature} ${short(temperature)}`,
    ignoreIndex === -100 ? '' : `${names.ignoreIndex} ${ignoreIndex}`,
    renormalise ? text.losses.renormalise : '',
    eps === 0 ? '' : `${names.eps} ${short(eps)}`,
  ]
}

const factsOf = (report: Report, settings: EvaluationSettings) =>
  [
    text.tasks[report.task],
    text.scoreKinds[report.mapping.scores.kind],
    text.rows(report.rows),
    report.ignored > 0 ? text.result.ignored(report.ignored) : '',
    report.leftOut.rows > 0 ? text.result.leftOut(report.leftOut.rows) : '',
    `${text.result.accuracy} ${percent(report.accuracy)}`,
    ...settingWords(settings),
  ].filter(Boolean)

const cellOf = (words: string) => words.replaceAll('|', '\\|').replaceAll('\n', ' ')

function markdownTable({ heading, head, rows, words }: Table): string {
  const line = (cells: string[]) => `| ${cells.map(cellOf).join(' | ')} |`
  const rule = line(head.map((_, index) => (index < words ? '---' : '---:')))
  return [`## ${heading}`, '', line(head), rule, ...rows.map(line), ''].join('\n')
}

export function markdown(report: Report, name: string, settings: EvaluationSettings): string {
  return [
    `# ${cellOf(name)}`,
    '',
    `${factsOf(report, settings).join(' · ')}`,
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

const style = `body{background:var(--paper);color:var(--ink);font:1rem/1.55 var(--sans);max-width:64rem;margin:3rem auto;padding:0 1rem;font-variant-numeric:tabular-nums}
h1,h2{line-height:1.2;letter-spacing:-.02em;font-weight:640}h1{margin:0;overflow-wrap:anywhere}h2{margin:3rem 0 1rem;font-size:1.375rem}
table{border-collapse:collapse;width:100%}th,td{padding:.375rem .75rem;border-bottom:1px solid var(--line);text-align:left}
th{color:var(--quiet);font-size:.875rem;font-weight:500}th:first-child,td:first-child{padding-left:0;font-weight:600}th:last-child,td:last-child{padding-right:0}
.n{text-align:right;white-space:nowrap}.t{overflow-x:auto}svg{display:block;max-width:100%;height:auto}.q{color:var(--quiet)}
.f{margin:2rem 0 0}.f b{display:block;color:var(--accent);font-size:3.5rem;font-weight:640;line-height:1.1;letter-spacing:-.03em}
@media screen and (max-width:40rem){svg{max-width:none}}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}svg,tr{break-inside:avoid}}`

/** The page's colours, light and dark, as its own style sheet has them. */
const palette = () =>
  [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .map(({ cssText }) => cssText)
    .filter((rule) => rule.includes('--paper:'))
    .join('\n')

const colours = ['paper', 'raised', 'ink', 'quiet', 'line', 'control', 'accent', 'on-accent', 'tint', 'fault']

/** Colours as they are drawn at this moment to the names they have in both palettes. */
function named(picture: string): string {
  const probe = document.body.appendChild(document.createElement('i'))
  const values = colours.map((name) => {
    probe.style.color = `var(--${name})`
    return [getComputedStyle(probe).color, `var(--${name})`] as const
  })
  probe.remove()
  return values.reduce((changed, [value, name]) => changed.replaceAll(`"${value}"`, `"${name}"`), picture)
}

/** The pictures that are drawn on the page at this moment. */
function picturesOf(): string {
  const figures = [...document.querySelectorAll<HTMLElement>('.result figure')]
  return figures
    .map((figure) => {
      const svg = figure.querySelector<SVGSVGElement>('.drawn > svg')
      const heading = svg?.getAttribute('aria-label')
      return svg && heading ? `<h2>${escaped(heading)}</h2>\n<div class="t">${named(pictureText(svg))}</div>` : ''
    })
    .join('\n')
}

function firstLoss({ losses: [loss] }: Report): string {
  return loss ? `<p class="f">${escaped(text.lossTitle(loss.key, loss.title))}<b>${significant(loss.mean)}</b></p>` : ''
}

/** One file with everything in it: no script, nothing to fetch. The report itself is in it too, for programs. */
export function html(report: Report, name: string, settings: EvaluationSettings): string {
  const data = JSON.stringify(report).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="${languageNow()}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}</title>
<style>${palette()}
${style}</style>
</head>
<body>
<h1>${escaped(name)}</h1>
<p class="q">${escaped(factsOf(report, settings).join(' · '))}</p>
${firstLoss(report)}
${tablesOf(report).map(htmlTable).join('\n')}
${picturesOf()}
<p class="q">${escaped(text.share.madeBy)}</p>
<script type="application/json" id="losskit-report">${data}</script>
</body>
</html>
`
}
