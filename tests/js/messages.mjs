// Messages of the package for people: all that its source can say, and what stands in a result without them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../../wasm', import.meta.url))

/** The template that begins at a place of a program, as its code: words with {0}, {1}, … in the places of the values; and the templates in them. */
function codeAt(program, begin) {
  let code = ''
  let values = 0
  let at = begin
  while (program[at] !== '`') {
    if (program.startsWith('${', at)) {
      let depth = 1
      for (at += 2; depth > 0; at++) depth += { '{': 1, '}': -1 }[program[at]] ?? 0
      code += `{${values++}}`
    } else {
      if (program[at] === '\\') at++
      code += program[at++]
    }
  }
  return code
}

/** The codes of all messages that the source of the package makes. */
export function allCodes() {
  const files = readdirSync(source, { recursive: true }).filter((name) => name.endsWith('.ts') && !name.startsWith('module'))
  const programs = files.map((name) => readFileSync(join(source, name), 'utf8'))
  return new Set(programs.flatMap((program) => [...program.matchAll(/\bsay`/g)].map(({ index }) => codeAt(program, index + 'say`'.length))))
}

/** A report, or a part of it, without the codes of its words. */
export const unsaid = (value) => JSON.parse(JSON.stringify(value, (key, part) => (key === 'said' ? undefined : part)))

/** What a message says in English. */
export const english = ({ code, values }) =>
  code.replace(/\{(\d+)\}/g, (_, i) => (typeof values[i] === 'object' ? english(values[i]) : String(values[i])))
