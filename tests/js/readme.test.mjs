// What the README shows is what comes out.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const blocks = [...readFileSync(`${root}/README.md`, 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
const after = (index) => blocks[index + 1][2]
const node = (args) => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })

it('prints what the README says the JavaScript prints', () => {
  const at = blocks.findIndex(([, language]) => language === 'js')
  assert.equal(node(['--input-type=module', '--eval', blocks[at][2]]), after(at))
})

it('prints what the README says the command prints', () => {
  const at = blocks.findIndex(([, , text]) => text.includes('npx losskit'))
  assert.ok(node(['dist/cli/main.js', 'examples/data/digits_logits.csv']).startsWith(after(at)))
})
