// A line for each loss: recall of the rare class after each epoch, as SVG.
const width = 640
const height = 360
const margin = { top: 40, right: 130, bottom: 40, left: 48 }
const colours = ['#6b7280', '#2563eb', '#d97706', '#059669']

const scale = (from, to, last) => (value) => from + ((to - from) * value) / last

const text = (x, y, content, attributes = '') => `<text x="${x}" y="${y}" ${attributes}>${content}</text>`

/** `runs`: [{ name, recall: [one per epoch] }]; recall from 0 to 1. */
export function chart(title, runs) {
  const epochs = runs[0].recall.length
  const x = scale(margin.left, width - margin.right, epochs - 1)
  const y = scale(height - margin.bottom, margin.top, 1)
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (value) =>
      `<path d="M${margin.left} ${y(value)}H${width - margin.right}" stroke="#d1d5db"/>` +
      text(margin.left - 6, y(value) + 4, `${value * 100} %`, 'text-anchor="end"'),
  )
  const ticks = Array.from({ length: epochs }, (_, i) => text(x(i), height - margin.bottom + 18, i + 1, 'text-anchor="middle"'))
  const lines = runs.map(({ name, recall }, i) => {
    const points = recall.map((value, epoch) => `${x(epoch).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
    const legend = text(width - margin.right + 12, margin.top + 20 * i + 4, name, `fill="${colours[i]}"`)
    return `<polyline points="${points}" fill="none" stroke="${colours[i]}" stroke-width="2"/>${legend}`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(margin.left, 22, title, 'font-size="14"'),
    ...grid,
    ...ticks,
    text((margin.left + width - margin.right) / 2, height - 4, 'epoch', 'text-anchor="middle"'),
    ...lines,
    '</svg>\n',
  ].join('\n')
}
