// The documentation: web/docs/*.md as pages in build/site/docs that need no JavaScript and keep the page's policy.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contents } from './contents.mjs'
import { markdown } from './markdown.mjs'
import { plots } from './plots.mjs'

const source = fileURLToPath(new URL('.', import.meta.url))
const styles = ['../src/styles/base.css', 'docs.css']

const pageOf = (file) => file.replace(/\.md$/, '.html')

/** The first heading is the page's title. */
function titleOf(text, file) {
  const title = /^# (.+)$/m.exec(text)?.[1]
  if (!title) throw new Error(`${file} has no heading of the first level`)
  return title.replaceAll('`', '')
}

/** `hasApi`: whether there are pages of the API to link to. */
function navigation(current, titles, hasApi) {
  const link = (file) => {
    const here = file === current ? ' aria-current="page"' : ''
    return `<li><a href="${relative(dirname(current), pageOf(file))}"${here}>${titles.get(file)}</a></li>`
  }
  const sections = contents.map(({ heading, files }) => `<p class="small-heading">${heading}</p>\n<ul>${files.map(link).join('')}</ul>`)
  const api = `<p class="small-heading">Reference</p>\n<ul><li><a href="${relative(dirname(current), '../api/index.html')}">API</a></li></ul>`
  return `<nav aria-label="Documentation">\n${[...sections, ...(hasApi ? [api] : [])].join('\n')}\n</nav>`
}

const page = ({ file, title, body, titles, hasApi }) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta
      http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
    >
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <title>${title} · Losskit</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${relative(dirname(file), 'docs.css')}">
  </head>
  <body>
    <a class="skip" href="#text">Skip to the text</a>
    <header><a class="brand" href="${relative(dirname(file), '../index.html')}">Losskit</a> <span class="quiet">documentation</span></header>
    <div class="columns">
      ${navigation(file, titles, hasApi)}
      <main id="text" class="text">
${body}
      </main>
    </div>
  </body>
</html>
`

/** Every Markdown file below the folder must be in the contents, or nobody would find it. */
function checkContents(files) {
  const there = readdirSync(source, { recursive: true }).filter((name) => name.endsWith('.md'))
  const lost = there.filter((name) => !files.includes(name))
  if (lost.length > 0) throw new Error(`not in web/docs/contents.mjs: ${lost.join(', ')}`)
}

/** Writes the pages into `target`, with a link to the API's pages where they stand beside it; `nn` draws the plots. */
export async function buildDocs(target, nn) {
  const files = contents.flatMap((section) => section.files)
  checkContents(files)
  const texts = new Map(files.map((file) => [file, readFileSync(join(source, file), 'utf8')]))
  const titles = new Map([...texts].map(([file, text]) => [file, titleOf(text, file)]))
  const render = markdown(plots(nn))
  const hasApi = existsSync(join(target, '../api/index.html'))
  for (const [file, text] of texts) {
    const path = join(target, pageOf(file))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, page({ file, title: titles.get(file), body: render(text), titles, hasApi }))
  }
  for (const name of readdirSync(source).filter((name) => name.endsWith('.json'))) cpSync(join(source, name), join(target, name))
  writeFileSync(join(target, 'docs.css'), styles.map((name) => readFileSync(join(source, name), 'utf8')).join('\n'))
}
