// The same numbers elsewhere: a command, a module, a script for PyTorch. Each is complete and runs beside the file.
import type { Reduction } from '../app/reduction'
import type { Run } from '../app/session'
import type { Settings } from '../evaluation/protocol'
import { python } from './python'

export type SnippetKind = 'command' | 'javascript' | 'python'

interface Snippet {
  kind: SnippetKind
  content: string
}

const isSet = ([, value]: [string, unknown]) => value !== undefined

/** What is set, without what is unset, in the order of the page's controls. */
const chosen = (settings: Settings): [string, unknown][] => Object.entries(settings).filter(isSet)

const flagOf = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** Safe in a POSIX shell: within single quotes only a single quote is special. */
const shellWord = (word: string) => (/^[\w./:=@%+-][\w./:=@%+,-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

const valueWord = (value: unknown) => shellWord(Array.isArray(value) ? value.join(',') : String(value ?? ''))

/** As the command's own flags and words are. */
const flags: Record<string, (value: unknown) => string> = {
  classNames: (names) => `--classes ${valueWord(names)}`,
  missing: (what) => `--missing ${what === 'leaveOut' ? 'leave-out' : what}`,
  renormalise: (is) => (is ? '--renormalise' : ''),
}

const flagFor = ([name, value]: [string, unknown]) => flags[name]?.(value) ?? `${flagOf(name)} ${valueWord(value)}`

/** The command prints means; its report as JSON has the sums too. */
function command({ files, settings }: Run, reduction: Reduction): string {
  const [predictions, labels] = files.map(({ name }) => shellWord(name))
  const words = [
    'npx losskit',
    predictions,
    labels && `--labels ${labels}`,
    ...chosen(settings).map(flagFor),
    reduction === 'sum' && '--json',
  ]
  return words.filter(Boolean).join(' ')
}

const quoted = (word: string) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  return Array.isArray(value) ? `[${value.map(literal).join(', ')}]` : String(value)
}

function javascript({ files, settings }: Run, reduction: Reduction): string {
  const options = chosen(settings).map(([name, value]) => `${name}: ${literal(value)}`)
  const [predictions, labels] = files.map(({ name }) => `await open(${quoted(name)})`)
  const all = labels ? [`labels: ${labels}`, ...options] : options
  return `import { readFile } from 'node:fs/promises'
import { evaluate } from 'losskit/evaluate'

const open = async (name) => new File([await readFile(name)], name)
const report = await evaluate(${predictions}, {${all.length > 0 ? ` ${all.join(', ')} ` : ''}})
for (const { key, ${reduction} } of report.losses) console.log(key, ${reduction})
console.log('accuracy', report.accuracy)
`
}

export function snippetsOf(run: Run, reduction: Reduction): Snippet[] {
  const script = python(run, reduction)
  return [
    { kind: 'command', content: command(run, reduction) },
    { kind: 'javascript', content: javascript(run, reduction) },
    ...(script ? [{ kind: 'python' as const, content: script }] : []),
  ]
}
