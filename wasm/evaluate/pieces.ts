// How a file is divided between threads that read it by themselves.

/** With two threads pieces of 1 MB take a tenth longer, for all that is said of them. */
const pieceBytes = 2 << 20
const leastPieceBytes = 1 << 18
/** So many and more of what is left of a file. */
const endPieces = 8

/**
 * Where the pieces of so many units of `unitBytes` end, in units; `mostBytes` of a piece where that is said. Smaller ones towards the end, so that
 * several threads end together.
 */
export function* pieceEnds(units: number, unitBytes: number, mostBytes = pieceBytes): Generator<number> {
  for (let end = 0; end < units; ) {
    const most = Math.max(Math.ceil(((units - end) * unitBytes) / endPieces), leastPieceBytes)
    end = Math.min(end + Math.max(Math.floor(Math.min(mostBytes, most) / Math.max(unitBytes, 1)), 1), units)
    yield end
  }
}
