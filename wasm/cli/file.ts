// A file on disk as a source for `evaluate`.
import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import type { FileSource } from '../evaluate/file.js'

export interface DiskFile extends FileSource {
  close(): Promise<void>
}

/** Fewer bytes than asked for only where the file ends. */
async function readBytes(handle: FileHandle, start: number, end: number, room?: ArrayBuffer): Promise<Uint8Array> {
  const fits = room !== undefined && room.byteLength >= end - start
  const bytes = fits ? new Uint8Array(room, 0, end - start) : new Uint8Array(end - start)
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

export async function openFile(path: string): Promise<DiskFile> {
  const handle = await open(path)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' })
    return {
      name: basename(path),
      size: stat.size,
      givesAway: true,
      descriptor: handle.fd,
      read: (start, end, room) => readBytes(handle, start, end, room),
      version: async () => {
        const { size, mtimeMs } = await handle.stat()
        return `${size} ${mtimeMs}`
      },
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}
