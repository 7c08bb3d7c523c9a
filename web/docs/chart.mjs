// Line charts as SVG whose looks are in docs.css, with a legend below it.
import { scaleLinear } from 'd3-scale'

const width = 640
const height = 300
const margin = { top: 12, right: 12, bottom: 44, left: 52 }

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const rounded = (number) => Number(number.toFixed(2))

const text = (x, y, content, anchor, extra = '') =>
  `<text x="${rounded(x)}" y="${rounded(y)}" text-anchor="${anchor}"${extra}>${escaped(content)}</text>`

/** The parts of a line inside the chart; where it leaves the range, it ends. */
function path(points, x, y) {
  const [low, high] = y.domain()
  let isDrawing = false
  return points
    .map(([px, py]) => {
      const isInside = py >= low && py <= high
      const command = isInside ? `${isDrawing ? 'L' : 'M'}${rounded(x(px))} ${rounded(y(py))}` : ''
      isDrawing = isInside
      return command
    })
    .join('')
}

function axes(x, y, { xLabel, yLabel }) {
  const bottom = height - margin.bottom
  const horizontal = y.ticks(5).map((tick) => {
    const grid = `<path class="grid" d="M${margin.left} ${rounded(y(tick))}H${width - margin.right}"/>`
    return grid + text(margin.left - 8, y(tick) + 4, y.tickFormat(5)(tick), 'end')
  })
  const vertical = x.ticks(8).map((tick) => text(x(tick), bottom + 18, x.tickFormat(8)(tick), 'middle'))
  const middle = (margin.top + bottom) / 2
  return [
    ...horizontal,
    ...vertical,
    text((margin.left + width - margin.right) / 2, height - 6, xLabel, 'middle', ' class="axis"'),
    text(14, middle, yLabel, 'middle', ` class="axis" transform="rotate(-90 14 ${middle})"`),
  ].join('\n')
}

/**
 * A figure. `lines`: [{ name, points: [[x, y], …] }], at most five; `x`, `y`: the ranges; `title` says in one sentence what is to be seen.
 */
export function chart({ title, xLabel, yLabel, x, y, lines }) {
  const horizontal = scaleLinear(x, [margin.left, width - margin.right])
  const vertical = scaleLinear(y, [height - margin.bottom, margin.top])
  const paths = lines.map(({ points }, i) => `<path class="line line-${i}" d="${path(points, horizontal, vertical)}"/>`)
  const legend = lines.map(
    ({ name }, i) =>
      `<li><svg class="key" viewBox="0 0 28 8" aria-hidden="true"><path class="line line-${i}" d="M0 4H28"/></svg> ${escaped(name)}</li>`,
  )
  return `<figure>
<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
${axes(horizontal, vertical, { xLabel, yLabel })}
${paths.join('\n')}
</svg>
<figcaption>${escaped(title)}<ul class="legend">${legend.join('')}</ul></figcaption>
</figure>
`
}
