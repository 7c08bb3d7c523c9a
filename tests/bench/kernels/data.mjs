// The inputs, written once as files that every contender reads: scores in float, targets as class indices in int32 or as floats 0 and 1.
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { operations, shapeOf } from './operations.mjs'

/** Numbers that look like logits, the same in every run: normal with standard deviation 3. */
function logits(count) {
  let state = 12345
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  const values = new Float32Array(count)
  for (let i = 0; i < count; i++) values[i] = 3 * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  return values
}

/** Without a pattern that a branch predictor could learn. */
const scatter = (i) => Math.imul(i + 1, 2654435761) >>> 13

function writeOnce(path, bytes, make) {
  if (existsSync(path) && statSync(path).size === bytes) return
  writeFileSync(path, make())
}

/** Writes the files of a case below `folder` and returns their names in it. */
export function writeData(folder, operation, shape) {
  mkdirSync(folder, { recursive: true })
  const { isBinary } = operations[operation]
  const [rows, classes = 1] = shapeOf(shape)
  const scores = `${rows}x${classes}-scores.f32`
  const target = `${rows}x${classes}-target.${isBinary ? 'f32' : 'i32'}`
  writeOnce(join(folder, scores), 4 * rows * classes, () => logits(rows * classes))
  writeOnce(join(folder, target), 4 * rows, () =>
    isBinary
      ? Float32Array.from({ length: rows }, (_, i) => scatter(i) & 1)
      : Int32Array.from({ length: rows }, (_, i) => scatter(i) % classes),
  )
  return { rows, classes, scores, target }
}
