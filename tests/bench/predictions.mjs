// Predictions to measure with: a label from 0 to 9 and the logits of a model that is right on most rows.

export const classes = 10

/** Park and Miller's generator, as numbers from 0 to 1. */
function makeRandom(seed) {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

/** { labels: [rows], logits: [rows, classes] }, the same on every run. */
export function makePredictions(rows) {
  const random = makeRandom(7)
  const labels = new Int32Array(rows)
  const logits = new Float32Array(rows * classes)
  for (let row = 0; row < rows; row++) {
    labels[row] = Math.floor(random() * classes)
    for (let c = 0; c < classes; c++) logits[row * classes + c] = (random() + random() + random() - 1.5) * 4 + (c === labels[row] ? 3 : 0)
  }
  return { labels, logits }
}

/** What stands before the numbers of an NPY file. */
export function npyHeader(descr, shape) {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`
  const header = Buffer.alloc(Math.ceil((11 + text.length) / 64) * 64, ' ')
  header.write('\x93NUMPY\x01\x00', 0, 'latin1')
  header.writeUInt16LE(header.length - 10, 8)
  header.write(text, 10, 'latin1')
  header.write('\n', header.length - 1)
  return header
}
