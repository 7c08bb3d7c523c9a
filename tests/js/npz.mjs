// Arrays of a stored (not deflated) .npz, for tests.
import { readFileSync } from 'node:fs'

const types = { '<f4': Float32Array, '<f8': Float64Array, '<i8': BigInt64Array, '<i4': Int32Array, '|u1': Uint8Array, '|i1': Int8Array }

function readNpy(bytes) {
  const headerLength = bytes.readUInt16LE(8)
  const header = bytes.toString('latin1', 10, 10 + headerLength)
  const type = types[/'descr': '([^']+)'/.exec(header)[1]]
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)[1]
    .split(',')
    .filter((n) => n.trim() !== '')
    .map(Number)
  const body = Uint8Array.from(bytes.subarray(10 + headerLength))
  return { data: new type(body.buffer), shape }
}

/** { name: { data, shape } } */
export function readNpz(path) {
  const bytes = readFileSync(path)
  const arrays = {}
  for (let at = 0; bytes.readUInt32LE(at) === 0x04034b50; ) {
    if (bytes.readUInt16LE(at + 8) !== 0) throw new Error(`${path}: deflated`)
    const size = bytes.readUInt32LE(at + 22)
    const nameLength = bytes.readUInt16LE(at + 26)
    const start = at + 30 + nameLength + bytes.readUInt16LE(at + 28)
    const name = bytes.toString('utf8', at + 30, at + 30 + nameLength).replace(/\.npy$/, '')
    arrays[name] = readNpy(bytes.subarray(start, start + size))
    at = start + size
  }
  return arrays
}
