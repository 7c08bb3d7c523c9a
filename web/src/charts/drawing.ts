// From a chart's description to one SVG, and to where its items lie in it.
import type { Plot, PlotOptions } from '@observablehq/plot'
import type { Chart, Place, Plotting, Size } from './chart'

interface Box {
  x: number
  y: number
  width: number
  height: number
}

export interface Drawing {
  svg: SVGSVGElement
  /** Of each item, in pixels. */
  boxes: Box[]
}

const svgSpace = 'http://www.w3.org/2000/svg'

type Panel = { svg: SVGSVGElement & Plot; options: PlotOptions; top: number }

/** Drawn where no style sheet may be added: the library writes one into the picture, which the page's policy refuses; the page has its own. */
const elsewhere = document.implementation.createHTMLDocument('')

function panelOf(plotting: Plotting, options: PlotOptions, size: Size): SVGSVGElement & Plot {
  const svg = plotting.plot({ ...options, width: size.width, document: elsewhere, figure: false } as PlotOptions) as SVGSVGElement & Plot
  svg.querySelector('style')?.remove()
  // The picture as a whole has a name, and its values are read by the keys: names of groups of marks help nobody.
  for (const named of [svg, ...svg.querySelectorAll('[aria-label], [aria-description]')]) {
    named.removeAttribute('aria-label')
    named.removeAttribute('aria-description')
  }
  svg.removeAttribute('font-family')
  svg.removeAttribute('font-size')
  svg.removeAttribute('class')
  svg.setAttribute('overflow', 'visible')
  return svg
}

function interval(panel: Panel, name: 'x' | 'y', place: Place['x'], whole: [number, number]): [number, number] {
  const scale = panel.svg.scale(name)
  if (place === undefined || !scale) return whole
  if (typeof place === 'string') {
    const from = scale.apply(place) as number
    return [from, from + (scale.bandwidth ?? 0)]
  }
  const ends = place.map((value) => scale.apply(value) as number)
  return [Math.min(...ends), Math.max(...ends)]
}

function boxOf(panels: Panel[], place: Place, { width }: Size, height: number): Box {
  const [first] = panels
  const last = panels.at(-1)
  if (!first || !last) return { x: 0, y: 0, width: 0, height: 0 }
  const { marginLeft = 40, marginRight = 20, marginTop = 20 } = first.options
  const bottom = height - (last.options.marginBottom ?? 30)
  const [left, right] = interval(first, 'x', place.x, [marginLeft, width - marginRight])
  const [top, low] = interval(first, 'y', place.y, [marginTop, bottom])
  return { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, low - top) }
}

export function drawingOf<Item>(chart: Chart<Item>, plotting: Plotting, size: Size): Drawing {
  const whole = document.createElementNS(svgSpace, 'svg')
  const panels: Panel[] = []
  let height = 0
  for (const options of chart.draw(plotting, size)) {
    const svg = panelOf(plotting, options, size)
    svg.setAttribute('y', String(height))
    panels.push({ svg, options, top: height })
    height += Number(svg.getAttribute('height'))
    whole.append(document.adoptNode(svg))
  }
  const attributes = { width: size.width, height, viewBox: `0 0 ${size.width} ${height}`, role: 'img', 'aria-label': chart.heading }
  for (const [name, value] of Object.entries(attributes)) whole.setAttribute(name, String(value))
  return { svg: whole, boxes: chart.items.map((item) => boxOf(panels, chart.place(item), size, height)) }
}
