// A file of lines in pieces that are cut anywhere: what is read here and given to others, or where others find it.
import type { LineForm } from './lineForm.js'
import { type Content, inPieces, type OwnRange } from './packed.js'
import { pieceEnds } from './pieces.js'
import type { FilePiece, LinePieces } from './table.js'
import type { Counts } from './workers/readTask.js'

const unpackedBytes = 1 << 20

/** Where the rows begin in the content, the lines in front of them, and how they are written. */
export interface LinesOf {
  content: Content
  begin: number
  before: number
  form: LineForm
  /** Of a piece, where that was said. */
  rangeBytes?: number
}

async function* given({ content, begin, rangeBytes }: LinesOf, rooms: ArrayBuffer[]): AsyncGenerator<OwnRange> {
  const ranges = content.ranges(begin, rooms)
  if (content.isPacked) {
    yield* inPieces(ranges, rangeBytes ?? unpackedBytes)
    return
  }
  for await (const { bytes, end } of ranges) {
    yield { bytes: content.file.givesAway ? (bytes as OwnRange['bytes']) : bytes.slice(), end }
  }
}

function* places({ content, begin, rangeBytes }: LinesOf): Generator<FilePiece> {
  let last = begin
  for (const end of pieceEnds(content.file.size - begin, 1, rangeBytes)) {
    yield { begin: last, end: begin + end }
    last = begin + end
  }
}

/** `finish` is called when all has been read. */
export function linePieces(lines: LinesOf, finish: (counts: Counts) => void): LinePieces {
  const { descriptor } = lines.content
  const rooms: ArrayBuffer[] = []
  return {
    form: lines.form,
    arePacked: lines.content.isPacked,
    before: lines.before,
    all: () => given(lines, rooms),
    elsewhere: descriptor === undefined ? undefined : { descriptor, pieces: () => places(lines) },
    giveBack: (room) => rooms.push(room),
    finish,
  }
}
