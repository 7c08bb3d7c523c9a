// The cross entropy of predictions in many files, as an Apache Beam pipeline; here on its direct runner, in this process.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import beam from 'apache-beam'
import directRunner from 'apache-beam/runners/direct_runner'
import serialization from 'apache-beam/serialization'
import { lossOfShards } from './lossOfShards.js'

/** Deals the rows of a file out to several, each with the header. */
function shardsOf(path, count, folder) {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  return Array.from({ length: count }, (_, shard) => {
    const rows = lines.filter((_, i) => i % count === shard)
    const name = join(folder, `part-${shard}.csv`)
    writeFileSync(name, `${[header, ...rows].join('\n')}\n`)
    return name
  })
}

const itself = (element) => element
const print = ({ loss }) => console.log(`cross entropy ${loss.mean} of ${loss.rows} rows`)
serialization.requireForSerialization('losskit-example-beam-main', { itself, print })

const folder = mkdtempSync(join(tmpdir(), 'losskit-beam-'))
const shards = shardsOf(fileURLToPath(new URL('../data/digits_logits.csv', import.meta.url)), 7, folder)
await directRunner.directRunner().run((root) =>
  root
    .apply(beam.create(shards))
    .apply(beam.groupGlobally().combining(itself, lossOfShards, 'loss'))
    .map(print),
)
rmSync(folder, { recursive: true })
