// Writes zip archives (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), as NumPy's savez and savez_compressed do.
import { crc32, deflateRawSync } from 'node:zlib'

/** Little-endian numbers of so many bytes each. */
const fields = (...pairs) =>
  Buffer.concat(
    pairs.map(([value, size]) => {
      const bytes = Buffer.alloc(size)
      bytes.writeUIntLE(value, 0, size)
      return bytes
    }),
  )

/** `members`: bytes by their names. */
export function zip(members, isDeflated) {
  const files = []
  const directory = []
  let end = 0
  for (const [name, bytes] of Object.entries(members)) {
    const packed = isDeflated ? deflateRawSync(bytes) : bytes
    const about = fields(
      [20, 2],
      [0, 2],
      [isDeflated ? 8 : 0, 2],
      [0, 4],
      [crc32(bytes), 4],
      [packed.length, 4],
      [bytes.length, 4],
      [name.length, 2],
    )
    const file = Buffer.concat([fields([0x04034b50, 4]), about, fields([0, 2]), Buffer.from(name), packed])
    directory.push(fields([0x02014b50, 4], [20, 2]), about, fields([0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [end, 4]), Buffer.from(name))
    files.push(file)
    end += file.length
  }
  const index = Buffer.concat(directory)
  const count = Object.keys(members).length
  const last = fields([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [index.length, 4], [end, 4], [0, 2])
  return Buffer.concat([...files, index, last])
}
