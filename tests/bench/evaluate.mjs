// Files to losses: a text file of labels and ten float logits, and the same rows as NPY, JSON Lines and Parquet, from bytes in the page cache to the
// report.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensurePackages } from '../../wasm/tools/setup.mjs'
import { chromiumContenders } from './evaluate/chromium.mjs'
import { makeFiles } from './evaluate/files.mjs'
import { losskitContenders } from './evaluate/losskit.mjs'
import { openPandas } from './evaluate/pandas.mjs'
import { interleave, timed } from './measure.mjs'

export const name = 'evaluate'

/** Bytes of the text file. */
const sizes = [1e8, 1e9]
/** Of the text where JSON Lines and Parquet are written too: the writer of Parquet holds all of it in memory. */
const mostForAll = 1e8
const peerFolder = 'tests/bench'

const isWanted = (wanted, text) => wanted === undefined || wanted.some((part) => text.includes(part))

/** Those who read the text files and the JSON Lines; `open` gets what is to be closed. */
async function peersOf({ csv, doubles, jsonl }, { peers, where }, open) {
  const found = { text: [], doubles: [], json: [] }
  if (!peers) return found
  if (where.includes('node')) {
    const { jsonContenders, peerContenders } = await import('./evaluate/peers.mjs')
    found.text.push(...peerContenders(csv.path))
    if (doubles) found.doubles.push(...peerContenders(doubles.path))
    if (jsonl) found.json.push(...jsonContenders(jsonl.path))
  }
  if (where.includes('native')) {
    for (const [file, contenders] of [
      [csv, found.text],
      [doubles, found.doubles],
    ]) {
      const [pandas] = file ? await openPandas(file.path) : []
      if (!pandas) continue
      open.push(pandas)
      contenders.push(pandas.contender)
    }
  }
  return found
}

/** All must come to the same loss before any is timed. */
async function checkValues(contenders) {
  const expected = await contenders[0].evaluate()
  for (const { contender, evaluate } of contenders.slice(1)) {
    const value = await evaluate()
    // The files of peers are read as double or summed in float.
    if (value !== undefined && !(Math.abs(value - expected) < 1e-5 * expected))
      throw new Error(`${contender}: ${value} in place of ${expected}`)
  }
}

const clocked = ({ evaluate }) => ({
  run: async () => {
    const begin = performance.now()
    await evaluate()
    return performance.now() - begin
  },
})

async function measureCase(operation, bytes, contenders, options, show) {
  const wanted = contenders.filter(({ contender }) => isWanted(options.contender, contender))
  if (wanted.length === 0) return
  await checkValues(wanted)
  const times = await interleave(wanted.map(clocked), { ...options, least: 3 })
  show(
    wanted.map(({ contender, version, place }, i) => ({
      group: name,
      operation,
      shape: String(bytes),
      place,
      contender,
      version,
      ...timed(times[i]),
    })),
  )
}

async function measureSize(bytes, options, show) {
  const folder = mkdtempSync(join(tmpdir(), 'losskit-bench-'))
  const open = []
  try {
    const files = await makeFiles(folder, bytes, options.peers && bytes <= mostForAll)
    const { text, doubles, json, npy, parquet } = await losskitContenders(files, options)
    const peers = await peersOf(files, options, open)
    const inPage = options.where.includes('chromium') ? await chromiumContenders(files.csv.path) : undefined
    if (inPage) open.push(inPage)
    const cases = [
      ['CSV to losses, bytes', files.csv.bytes, [...text, ...peers.text]],
      ['CSV of doubles to losses, bytes', files.doubles?.bytes, [...doubles, ...peers.doubles]],
      ['NPY and labels to losses, bytes', files.npy.bytes + files.labels.bytes, npy],
      ['JSON Lines to losses, bytes', files.jsonl?.bytes, [...json, ...peers.json]],
      ['Parquet to losses, bytes', files.parquet?.bytes, parquet],
      ['CSV to losses in the page, bytes', files.csv.bytes, inPage?.contenders ?? []],
    ]
    for (const [operation, size, contenders] of cases.filter(([operation]) => isWanted(options.only, operation))) {
      await measureCase(operation, size, contenders, options, show)
    }
  } finally {
    for (const each of open) await each.close()
    rmSync(folder, { recursive: true })
  }
}

export async function run(options, show) {
  if (options.peers) await ensurePackages(peerFolder)
  for (const bytes of sizes.filter((size) => isWanted(options.shape, String(size)))) await measureSize(bytes, options, show)
}
