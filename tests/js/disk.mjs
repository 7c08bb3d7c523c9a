// Files on disk, which workers read by themselves.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

const folder = mkdtempSync(join(tmpdir(), 'losskit-disk-'))
after(() => rmSync(folder, { recursive: true }))

let files = 0

/** Calls `use` with the file as a source that has a descriptor, and its path. */
export async function onDisk(file, use) {
  const path = join(folder, `file ${++files}`)
  writeFileSync(path, await file.bytes())
  const descriptor = openSync(path)
  const read = async (start, end) => {
    const bytes = new Uint8Array(end - start)
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, start))
  }
  try {
    return await use({ name: file.name, size: file.size, givesAway: true, descriptor, read }, path)
  } finally {
    closeSync(descriptor)
    rmSync(path)
  }
}
