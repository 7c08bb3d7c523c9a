// What the page draws with. Fetched with the first picture that comes into sight.
export { areaY, axisX, axisY, barX, cell, dot, gridX, gridY, lineY, link, plot, rectY, ruleX, ruleY, text } from '@observablehq/plot'
