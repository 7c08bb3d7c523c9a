// The standard input as a file: it is read more than once, so it goes into a temporary one.
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type DiskFile, openFile } from './file.js'

export async function openStandardInput(signal: AbortSignal): Promise<DiskFile> {
  const folder = await mkdtemp(join(tmpdir(), 'losskit-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'input')
    await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }), { signal })
    const file = await openFile(path)
    const close = async () => {
      await file.close()
      await remove()
    }
    return { ...file, name: 'standard input', close }
  } catch (error) {
    await remove()
    throw signal.aborted ? signal.reason : error
  }
}
