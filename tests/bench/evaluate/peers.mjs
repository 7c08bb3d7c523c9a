// Readers of CSV in JavaScript, and JSON.parse, each with the plain loop for the loss. Both read in pieces: a string holds half a gigabyte at most.
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import Papa from 'papaparse'
import { inferSchema, initParser } from 'udsv'
import { crossEntropy } from './loss.mjs'

const highWaterMark = 1 << 20

const versionOf = (name) => JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version

async function withUdsv(path) {
  const loss = crossEntropy()
  let parser
  for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark })) {
    parser ??= initParser(inferSchema(chunk))
    parser.chunk(chunk, parser.typedArrs, loss.add)
  }
  parser.end()
  return loss.mean()
}

function withPapaParse(path) {
  const loss = crossEntropy()
  let isFirst = true
  return new Promise((resolve, reject) => {
    Papa.parse(createReadStream(path, { encoding: 'latin1', highWaterMark }), {
      dynamicTyping: true,
      skipEmptyLines: true,
      chunk: ({ data }) => {
        for (const row of isFirst ? data.slice(1) : data) loss.add(row)
        isFirst = false
      },
      complete: () => resolve(loss.mean()),
      error: reject,
    })
  })
}

async function withJsonParse(path) {
  const loss = crossEntropy()
  for await (const line of createInterface({ input: createReadStream(path, { highWaterMark }) })) {
    const { label, logits } = JSON.parse(line)
    loss.add([label, ...logits])
  }
  return loss.mean()
}

export const jsonContenders = (path) => [
  { contender: 'JSON.parse and a loop', version: process.versions.node, place: 'Node', evaluate: () => withJsonParse(path) },
]

export const peerContenders = (path) => [
  { contender: 'uDSV and a loop', version: versionOf('udsv'), place: 'Node', evaluate: () => withUdsv(path) },
  { contender: 'PapaParse and a loop', version: versionOf('papaparse'), place: 'Node', evaluate: () => withPapaParse(path) },
]
