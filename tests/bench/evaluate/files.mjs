// The rows that are evaluated, in each format: a label from 0 to 9 and the logits of a model that is right on most rows.
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { classes, makePredictions, npyHeader } from '../predictions.mjs'
import { writeParquet } from './parquet.mjs'

/** Of a row of text, in the mean. */
const rowBytes = 98.5
const blockRows = 100_000

/** The fewest digits that read back as the same float. */
function shortest(value) {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return String(Number(text))
  }
  return String(Number(value.toPrecision(9)))
}

/** The block with its classes moved on by `turn`: no row is like another before the block has gone round. */
function turned({ labels, logits }, turn) {
  const others = new Float32Array(logits.length)
  for (let i = 0; i < logits.length; i++) others[i - (i % classes) + ((i + turn) % classes)] = logits[i]
  return { labels: labels.map((label) => (label + turn) % classes), logits: others }
}

/**
 * The text of each turn of the block, by what writes a row of it: its cells are written once, as making them takes longer than evaluating them.
 */
function turnedTexts({ labels, logits }, cellOf) {
  const cells = Array.from(labels, (_, row) => Array.from(logits.subarray(row * classes, (row + 1) * classes), cellOf))
  const turnedCells = (row, turn) => cells[row].slice(classes - turn).concat(cells[row].slice(0, classes - turn))
  return (turn, line) => Buffer.from(cells.map((_, row) => line((labels[row] + turn) % classes, turnedCells(row, turn))).join(''))
}

const csvLine = (label, cells) => `${label},${cells.join(',')}\n`
/** Of the float as a double, as pandas and Python write it: mostly 17 digits. */
const asDouble = (value) => String(value)
/** As Python's json writes it. */
const jsonLine = (label, cells) => `{"label": ${label}, "logits": [${cells.join(', ')}]}\n`

const bytesOf = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)

/** Writes about `bytes` of text and the same rows as NPY and, where wanted, as text of doubles, JSON Lines and Parquet, and gives each file's path and size. */
export async function makeFiles(folder, bytes, withAll) {
  const rows = Math.round(bytes / rowBytes / blockRows) * blockRows
  const names = {
    csv: 'logits.csv',
    npy: 'logits.npy',
    labels: 'labels.npy',
    ...(withAll && { doubles: 'doubles.csv', jsonl: 'logits.jsonl' }),
  }
  const files = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, { path: join(folder, name), bytes: 0 }]))
  const handles = Object.fromEntries(await Promise.all(Object.entries(files).map(async ([key, { path }]) => [key, await open(path, 'w')])))
  const write = async (key, data) => {
    const buffer = Buffer.isBuffer(data) ? data : Buffer.from(data)
    await handles[key].writeFile(buffer)
    files[key].bytes += buffer.length
  }
  const header = `label,${Array.from({ length: classes }, (_, c) => `logit_${c}`).join(',')}\n`
  await write('csv', header)
  if (withAll) await write('doubles', header)
  await write('npy', npyHeader('<f4', [rows, classes]))
  await write('labels', npyHeader('<i4', [rows]))
  const block = makePredictions(blockRows)
  const textOf = turnedTexts(block, shortest)
  const doublesOf = withAll && turnedTexts(block, asDouble)
  for (let turn = 0; turn < rows / blockRows; turn++) {
    const { labels, logits } = turned(block, turn % classes)
    await write('csv', textOf(turn % classes, csvLine))
    if (withAll) await write('doubles', doublesOf(turn % classes, csvLine))
    if (withAll) await write('jsonl', textOf(turn % classes, jsonLine))
    await write('npy', bytesOf(logits))
    await write('labels', bytesOf(labels))
  }
  for (const handle of Object.values(handles)) await handle.close()
  if (!withAll) return files
  const parquet = join(folder, 'logits.parquet')
  await writeParquet(
    parquet,
    Array.from({ length: rows / blockRows }, (_, turn) => turned(block, turn % classes)),
  )
  return { ...files, parquet: { path: parquet, bytes: (await stat(parquet)).size } }
}
