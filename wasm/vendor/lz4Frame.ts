// LZ4 frames (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md): no library reads those whose blocks refer to earlier ones, as
// Arrow writes them.

const magic = 0x184d2204
const isStored = 0x80000000
const leastMatch = 4
const broken = () => new Error('the LZ4 data are broken')

/** Fewer bytes are copied one by one. */
const leastCopied = 32

/** Unpacks a block to the end of what is unpacked already; returns where it ends. */
function unpackBlock(block: Uint8Array, out: Uint8Array, begin: number): number {
  let at = 0
  let end = begin
  while (at < block.length) {
    const token = block[at++]
    let literals = token >> 4
    // Lengths of 15 and more go on in bytes of 255.
    for (let byte = literals === 15 ? 255 : 0; byte === 255; literals += byte) byte = block[at++]
    const behind = at + literals
    if (!(behind <= block.length && end + literals <= out.length)) throw broken()
    if (literals < leastCopied) {
      while (at < behind) out[end++] = block[at++]
    } else {
      out.set(block.subarray(at, behind), end)
      at = behind
      end += literals
    }
    // The last sequence has no match.
    if (at === block.length) return end
    const offset = block[at] | (block[at + 1] << 8)
    at += 2
    let match = token & 15
    for (let byte = match === 15 ? 255 : 0; byte === 255; match += byte) byte = block[at++]
    match += leastMatch
    const stop = end + match
    if (!(offset > 0 && offset <= end && stop <= out.length)) throw broken()
    if (match >= leastCopied && match <= offset) {
      out.copyWithin(end, end - offset, stop - offset)
      end = stop
    } else {
      // A match may reach into itself.
      for (; end < stop; end++) out[end] = out[end - offset]
    }
  }
  return end
}

export function unpackLz4Frame(frame: Uint8Array, length: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (view.getUint32(0, true) !== magic) throw new Error('the LZ4 data have no frame')
  const flags = view.getUint8(4)
  const checksumBytes = (flags & 0x10) === 0 ? 0 : 4
  // Behind flags and block size: perhaps the content's size, perhaps a dictionary's number, a checksum.
  let at = 6 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4) + 1
  const out = new Uint8Array(length)
  let end = 0
  while (end < length) {
    const size = view.getUint32(at, true)
    const block = frame.subarray(at + 4, at + 4 + (size & ~isStored))
    if (size === 0 || block.length < (size & ~isStored)) throw broken()
    at += 4 + block.length + checksumBytes
    if ((size & isStored) === 0) {
      end = unpackBlock(block, out, end)
    } else {
      if (end + block.length > length) throw broken()
      out.set(block, end)
      end += block.length
    }
  }
  return out
}
