// A picture of the page as a file that looks the same elsewhere: the style sheet's values become attributes.

/** What the page's pictures are styled by. All of it is inherited, so only what differs from the parent is written. */
const properties = [
  'fill',
  'opacity',
  'fill-opacity',
  'stroke',
  'stroke-opacity',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'stroke-linecap',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'text-anchor',
  'dominant-baseline',
]

const border = 16

function copyStyle(from: Element, to: Element, inherited?: CSSStyleDeclaration) {
  const style = getComputedStyle(from)
  for (const property of properties) {
    const value = style.getPropertyValue(property)
    if (value === inherited?.getPropertyValue(property)) to.removeAttribute(property)
    else to.setAttribute(property, value)
  }
  to.removeAttribute('class')
  for (const [index, child] of Array.from(from.children).entries()) copyStyle(child, to.children[index] as Element, style)
}

function addBackground(svg: SVGSVGElement, width: number, height: number) {
  const size = { width: String(width + 2 * border), height: String(height + 2 * border) }
  const background = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  const fill = getComputedStyle(document.body).backgroundColor
  for (const [name, value] of Object.entries({ x: String(-border), y: String(-border), ...size, fill }))
    background.setAttribute(name, value)
  svg.prepend(background)
  for (const [name, value] of Object.entries(size)) svg.setAttribute(name, value)
  svg.setAttribute('viewBox', `${-border} ${-border} ${size.width} ${size.height}`)
}

export function pictureText(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement
  copyStyle(svg, copy)
  addBackground(copy, svg.width.baseVal.value, svg.height.baseVal.value)
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return new XMLSerializer().serializeToString(copy)
}

// Chromium's toBlob waits up to a second for the page to be idle before the few milliseconds of its work.
const blobOf = (dataUrl: string) => {
  const bytes = Uint8Array.from(atob(dataUrl.slice(dataUrl.indexOf(',') + 1)), (character) => character.charCodeAt(0))
  return new Blob([bytes], { type: 'image/png' })
}

/** Dots per CSS pixel: sharp on paper and on dense screens. */
const density = 2

export async function pngOf(svg: SVGSVGElement): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([pictureText(svg)], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = address
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = density * image.naturalWidth
    canvas.height = density * image.naturalHeight
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    return blobOf(canvas.toDataURL('image/png'))
  } finally {
    URL.revokeObjectURL(address)
  }
}
