// A file that another thread of Node has opened.
import { endedAt, unread } from './file.js'
import type { FilePiece } from './table.js'

/** Plain data. */
export interface OpenedFile {
  name: string
  size: number
  descriptor: number
}

/** Reads all bytes of a piece into the room, which has as many. */
export function readOpened(file: OpenedFile, { begin, end }: FilePiece, room: Uint8Array): void {
  const { readSync } = process.getBuiltinModule('node:fs')
  for (let at = begin; at < end; ) {
    let read = 0
    try {
      read = readSync(file.descriptor, room, at - begin, end - at, at)
    } catch (error) {
      throw unread(file, begin, end, error)
    }
    if (read === 0) throw endedAt(file, at)
    at += read
  }
}
