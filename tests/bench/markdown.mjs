// The figures of every group as a page of the documentation.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../wasm/tools/run.mjs'
import { documents } from './documents.mjs'
import { mergeResults } from './results.mjs'

const json = join(root, 'web/docs/speed.json')
const page = join(root, 'web/docs/speed.md')

const introduction = ({ processor, cores, memory, system }) => `# Speed

Measured by \`npm run bench\` on ${processor}, ${cores} cores, ${memory}, ${system}; one thread. Medians in milliseconds of interleaved
repeats: every contender once, then every one again. Before anything is timed, all results are compared; the figures are in
[speed.json](speed.json).
`

/** Merges the results into the documentation's figures and writes its page anew. */
export function saveDocument(machine, results) {
  const all = mergeResults(json, machine, results)
  const sections = documents.map(({ group, write }) => write(all.results.filter((one) => one.group === group))).filter(Boolean)
  const text = [introduction(machine), ...sections].join('\n')
  if (!existsSync(page) || readFileSync(page, 'utf8') !== text) writeFileSync(page, text)
}

/** A Markdown table of rows of cells, the first row its head; columns after the first to the right. */
export function markdownTable([head, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}
