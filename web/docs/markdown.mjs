// Markdown to HTML that a strict policy allows: no inline style, formulas as MathML, plots as SVG.
import MarkdownIt from 'markdown-it'
import temml from 'temml'

const withoutStyles = (html) => html.replaceAll(/ style="[^"]*"/g, '')

const formula = (text) => withoutStyles(temml.renderToString(text, { displayMode: true, throwOnError: true }))

const slug = (text) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')

function draw(plots, name) {
  const plot = plots[name]
  if (!plot) throw new Error(`no plot '${name}'; there are: ${Object.keys(plots).join(', ')}`)
  return plot()
}

/** Tables wider than a phone scroll on their own. */
function addTables(rules) {
  rules.table_open = () => '<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n'
  rules.table_close = () => '</table></div>\n'
  for (const cell of ['th_open', 'td_open']) {
    rules[cell] = (tokens, i, options, _env, self) => {
      const token = tokens[i]
      const isRight = token.attrGet('style')?.includes('right')
      token.attrs = isRight ? [['class', 'right']] : []
      return self.renderToken(tokens, i, options)
    }
  }
}

/** Headings can be linked to; links to other Markdown files lead to their pages. */
function addLinks(rules) {
  rules.heading_open = (tokens, i, options, _env, self) => {
    tokens[i].attrSet('id', slug(tokens[i + 1].content))
    return self.renderToken(tokens, i, options)
  }
  rules.link_open = (tokens, i, options, _env, self) => {
    const address = tokens[i].attrGet('href')
    if (!/^[a-z]+:/.test(address)) tokens[i].attrSet('href', address.replace(/\.md(?=#|$)/, '.html'))
    return self.renderToken(tokens, i, options)
  }
}

/** Fences: `math` holds TeX, `plot` the name of a plot. */
function addFences(rules, plots) {
  const plain = rules.fence
  rules.fence = (tokens, i, options, env, self) => {
    const { info, content } = tokens[i]
    if (info === 'math') return `<div class="formula" role="group" aria-label="Formula" tabindex="0">${formula(content)}</div>\n`
    if (info === 'plot') return draw(plots, content.trim())
    return plain(tokens, i, options, env, self).replace('<pre>', '<pre tabindex="0">')
  }
}

/** A function from Markdown to HTML; `plots` are functions that give HTML. */
export function markdown(plots) {
  const parser = new MarkdownIt({ typographer: false, linkify: false, html: false })
  addTables(parser.renderer.rules)
  addLinks(parser.renderer.rules)
  addFences(parser.renderer.rules, plots)
  return (text) => parser.render(text)
}
