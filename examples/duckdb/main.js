// The cross entropy of predictions in many files, read by DuckDB: one state per shard, kept in a table as bytes, and merged into one loss.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { blobValue, DuckDBInstance } from '@duckdb/node-api'
import { load } from 'losskit'

const nn = await load({ variant: 'simd' })
const criterion = nn.crossEntropyLoss()
const logits = Array.from({ length: 10 }, (_, i) => `logit_${i}`)

/** Deals the rows of a file out to several, each with the header. */
function writeShards(path, count, folder) {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  for (let shard = 0; shard < count; shard++) {
    const rows = lines.filter((_, i) => i % count === shard)
    writeFileSync(join(folder, `part-${shard}.csv`), `${[header, ...rows].join('\n')}\n`)
  }
}

/** Columns of one chunk as a tensor of rows. */
function toRows(columns) {
  const rows = columns[0].length
  const data = new Float32Array(rows * columns.length)
  for (const [c, column] of columns.entries()) for (let r = 0; r < rows; r++) data[r * columns.length + c] = column[r]
  return { data, shape: [rows, columns.length] }
}

/** The loss's state of one shard, worked chunk by chunk as DuckDB reads it. */
async function stateOf(connection, path) {
  // As FLOAT, rounded once: by way of DOUBLE a number would be rounded twice.
  const types = logits.map((name) => `'${name}': 'FLOAT'`).join(', ')
  const result = await connection.stream(`SELECT label, ${logits.join(', ')} FROM read_csv('${path}', types = {${types}})`)
  const accumulator = criterion.accumulator()
  for (let chunk = await result.fetchChunk(); chunk?.rowCount > 0; chunk = await result.fetchChunk()) {
    const [labels, ...scores] = chunk.getColumns()
    accumulator.update(toRows(scores), labels)
  }
  const state = accumulator.toBytes()
  accumulator.dispose()
  return state
}

const folder = mkdtempSync(join(tmpdir(), 'losskit-duckdb-'))
writeShards(fileURLToPath(new URL('../data/digits_logits.csv', import.meta.url)), 7, folder)
const instance = await DuckDBInstance.create(':memory:')
const connection = await instance.connect()

await connection.run('CREATE TABLE states (shard VARCHAR, state BLOB)')
const shards = (await connection.runAndReadAll(`SELECT file FROM glob('${folder}/*.csv')`)).getRows().flat()
for (const shard of shards) {
  await connection.run('INSERT INTO states VALUES ($1, $2)', [shard, blobValue(await stateOf(connection, shard))])
}

const total = criterion.accumulator()
const states = await connection.runAndReadAll('SELECT state FROM states')
for (const [{ bytes }] of states.getRows()) total.merge(criterion.accumulator(bytes))
const { mean, rows } = total.result()
console.log(`cross entropy ${mean} of ${rows} rows in ${states.currentRowCount} shards`)

connection.closeSync()
rmSync(folder, { recursive: true })
